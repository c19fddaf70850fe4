/** Makes `docs/api.md` from the comments in the protos. */

/** The part of a descriptor set as JSON that the page is made of. */
export interface ApiImage {
  readonly file: readonly ApiFile[];
}

interface ApiFile {
  readonly name: string;
  readonly package: string;
  readonly service?: readonly ApiService[];
  readonly messageType?: readonly ApiMessage[];
  readonly enumType?: readonly ApiEnum[];
  readonly sourceCodeInfo: {
    readonly location: readonly { readonly path?: number[]; readonly leadingComments?: string }[];
  };
}

interface ApiService {
  readonly name: string;
  readonly method: readonly ApiMethod[];
}

interface ApiMethod {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

interface ApiMessage {
  readonly name: string;
  readonly field?: readonly ApiField[];
  readonly nestedType?: readonly ApiMessage[];
  readonly options?: { readonly mapEntry?: boolean };
}

interface ApiField {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly proto3Optional?: boolean;
}

interface ApiEnum {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}

/** Field numbers in `descriptor.proto`, of which the paths of comments are made. */
const PATHS = { messages: 4, enums: 5, services: 6, methods: 2, fields: 2, values: 2 } as const;
const PACKAGE = 'assay.v1';

/** The page: every service first, then the messages and enums of each file. */
export function apiPage(image: ApiImage): string {
  const files = image.file.filter((file) => file.package === PACKAGE);
  return [
    '# API',
    '',
    `Package \`${PACKAGE}\`, made from the comments in \`proto/assay/v1/\` by \`npm run generate\`. Errors: [errors.md](errors.md).`,
    `Health (\`grpc.health.v1\`) and reflection (\`v1\`, \`v1alpha\`) are served beside it.`,
    '',
    '## Services',
    '',
    ...files.flatMap(servicesOf),
    '## Messages',
    '',
    ...files.flatMap(messagesOf),
    '## Enums',
    '',
    ...files.flatMap(enumsOf),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function servicesOf(file: ApiFile): string[] {
  return (file.service ?? []).flatMap((service, index) => {
    const path = [PATHS.services, index];
    return [
      `### ${service.name}`,
      comment(file, path),
      '',
      ...service.method.flatMap((method, methodIndex) => [
        `#### ${service.name}.${method.name}`,
        `\`${side(method.inputType, method.clientStreaming)}\` → \`${side(method.outputType, method.serverStreaming)}\``,
        '',
        comment(file, [...path, PATHS.methods, methodIndex]),
        '',
      ]),
    ];
  });
}

function messagesOf(file: ApiFile): string[] {
  return (file.messageType ?? []).flatMap((message, index) => {
    const path = [PATHS.messages, index];
    const rows = (message.field ?? []).map((field, fieldIndex) =>
      row([
        String(field.number),
        `\`${field.name}\``,
        `\`${typeOf(field, message)}\``,
        comment(file, [...path, PATHS.fields, fieldIndex]),
      ]),
    );
    const table = rows.length === 0 ? [] : ['| # | field | type | meaning |', '|---|---|---|---|'];
    const gap = rows.length === 0 ? [] : [''];
    return [`### ${message.name}`, comment(file, path), '', ...table, ...rows, ...gap];
  });
}

function enumsOf(file: ApiFile): string[] {
  return (file.enumType ?? []).flatMap((item, index) => {
    const path = [PATHS.enums, index];
    const rows = item.value.map((value, valueIndex) =>
      row([
        String(value.number ?? 0),
        `\`${value.name}\``,
        comment(file, [...path, PATHS.values, valueIndex]),
      ]),
    );
    const table = ['| # | value | meaning |', '|---|---|---|'];
    return [`### ${item.name}`, comment(file, path), '', ...table, ...rows, ''];
  });
}

function typeOf(field: ApiField, message: ApiMessage): string {
  const entry = (message.nestedType ?? []).find(
    ({ name, options }) => options?.mapEntry === true && field.typeName?.endsWith(`.${name}`),
  );
  if (entry !== undefined) {
    const [key, value] = (entry.field ?? []).map((part) => typeOf(part, entry));
    return `map<${key}, ${value}>`;
  }
  const type = shortType(field.typeName ?? field.type.replace('TYPE_', '').toLowerCase());
  if (field.label === 'LABEL_REPEATED') return `repeated ${type}`;
  return field.proto3Optional === true ? `optional ${type}` : type;
}

function side(type: string, isStream = false): string {
  return `${isStream ? 'stream ' : ''}${shortType(type)}`;
}

function shortType(type: string): string {
  return type.replace(`.${PACKAGE}.`, '').replace(/^\./, '');
}

function comment(file: ApiFile, path: readonly number[]): string {
  const key = path.join('.');
  const found = file.sourceCodeInfo.location.find((location) => location.path?.join('.') === key);
  return (found?.leadingComments ?? '').replace(/^ /gm, '').trim();
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/\n+/g, ' ').replaceAll('|', '\\|')).join(' | ')} |`;
}
