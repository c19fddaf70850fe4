import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';

/** Finds the files of a descriptor set by name and by the symbols that they define. */
export interface DescriptorIndex {
  /** Full names of every service, sorted. */
  readonly services: readonly string[];
  /** A file, serialized, after everything that it imports; undefined when there is none of that name. */
  filesByName(name: string): readonly Buffer[] | undefined;
  /** The same for the file that defines a service, method, message, enum or field. */
  filesBySymbol(symbol: string): readonly Buffer[] | undefined;
}

interface Named {
  readonly name: string;
}

interface MessageDescriptor extends Named {
  readonly field?: readonly Named[];
  readonly nestedType?: readonly MessageDescriptor[];
  readonly enumType?: readonly Named[];
}

interface FileDescriptor extends Named {
  readonly package?: string;
  readonly dependency?: readonly string[];
  readonly messageType?: readonly MessageDescriptor[];
  readonly enumType?: readonly Named[];
  readonly service?: readonly (Named & { readonly method?: readonly Named[] })[];
}

interface DescriptorTypes {
  readonly 'google.protobuf.FileDescriptorSet': MessageTypeDefinition<
    object,
    { readonly file: readonly FileDescriptor[] }
  >;
  readonly 'google.protobuf.FileDescriptorProto': MessageTypeDefinition<FileDescriptor, object>;
}

/** @param descriptorSet A serialized `FileDescriptorSet` that holds every file that its files import. */
export function indexDescriptors(descriptorSet: Buffer): DescriptorIndex {
  const types = loadSync('google/protobuf/descriptor.proto');
  const {
    'google.protobuf.FileDescriptorSet': setType,
    'google.protobuf.FileDescriptorProto': fileType,
  } = types as unknown as DescriptorTypes;
  const files = new Map(setType.deserialize(descriptorSet).file.map((file) => [file.name, file]));
  const fileOfSymbol = new Map(
    [...files.values()].flatMap((file) =>
      symbolsOf(file).map((symbol): [string, string] => [symbol, file.name]),
    ),
  );
  const filesByName = (name: string) => {
    if (!files.has(name)) return undefined;
    return [...withImports(name, files)].map((file) => fileType.serialize(file));
  };
  return {
    services: [...files.values()].flatMap(servicesOf).sort(),
    filesByName,
    filesBySymbol: (symbol) => filesByName(fileOfSymbol.get(symbol) ?? ''),
  };
}

/** Imports come before the files that need them, so that a client can add them one by one. */
function withImports(
  name: string,
  files: ReadonlyMap<string, FileDescriptor>,
  found = new Set<FileDescriptor>(),
): Set<FileDescriptor> {
  const file = files.get(name);
  if (file === undefined || found.has(file)) return found;
  for (const dependency of file.dependency ?? []) withImports(dependency, files, found);
  return found.add(file);
}

function servicesOf(file: FileDescriptor): string[] {
  return (file.service ?? []).map(({ name }) => within(file.package ?? '', name));
}

function symbolsOf(file: FileDescriptor): string[] {
  const scope = file.package ?? '';
  return [
    ...(file.messageType ?? []).flatMap((message) => messageSymbols(message, scope)),
    ...(file.enumType ?? []).map(({ name }) => within(scope, name)),
    ...(file.service ?? []).flatMap(({ name, method = [] }) => {
      const service = within(scope, name);
      return [service, ...method.map((rpc) => within(service, rpc.name))];
    }),
  ];
}

function messageSymbols(message: MessageDescriptor, scope: string): string[] {
  const own = within(scope, message.name);
  return [
    own,
    ...(message.field ?? []).map(({ name }) => within(own, name)),
    ...(message.enumType ?? []).map(({ name }) => within(own, name)),
    ...(message.nestedType ?? []).flatMap((nested) => messageSymbols(nested, own)),
  ];
}

function within(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
