/** A type definition as metadata holds it, in the shape that `@polkadot/types` encodes. */
type TypeDefinition = Readonly<Record<string, unknown>>;

interface PortableType {
  readonly id: number;
  readonly type: {
    readonly path: readonly string[];
    readonly params: readonly { readonly name: string; readonly type: number }[];
    readonly def: TypeDefinition;
    readonly docs: readonly string[];
  };
}

export interface Variant {
  readonly name: string;
  readonly index: number;
  /** `name: type, name: type`, or types alone. */
  readonly fields?: string;
}

const PRIMITIVES: Readonly<Record<string, string>> = {
  bool: 'Bool',
  str: 'Str',
  u8: 'U8',
  u16: 'U16',
  u32: 'U32',
  u64: 'U64',
  u128: 'U128',
};

/**
 * The types of a metadata, numbered as they are first named. Types are written as in Rust: `Vec<(u16,u16)>`,
 * `Option<AccountId32>`, `[u8;32]`, `Compact<u64>`; other names must have been declared.
 */
export class PortableTypes {
  readonly types: PortableType[] = [];
  readonly #ids = new Map<string, number>();

  /** A struct, `name: type` for each field, or a newtype of types alone; `parameters` as `name: type` too. */
  composite(path: string, fields: string, parameters = ''): number {
    return this.#declare(path, parameters, () => ({
      Composite: { fields: this.#fields(fields) },
    }));
  }

  variant(path: string, variants: readonly Variant[], parameters = ''): number {
    return this.#declare(path, parameters, () => ({
      Variant: { variants: this.#variants(variants) },
    }));
  }

  /** The number of a type. @throws Error for a name that was not declared. */
  id(notation: string): number {
    const name = notation.trim();
    return this.#ids.get(name) ?? this.#add(name, { path: [], ...this.#anonymous(name) });
  }

  #anonymous(name: string): Pick<PortableType['type'], 'def'> & Partial<PortableType['type']> {
    const primitive = PRIMITIVES[name];
    if (primitive !== undefined) return { def: { Primitive: primitive } };
    if (name.startsWith('Vec<')) return { def: { Sequence: { type: this.id(inside(name)) } } };
    if (name.startsWith('Compact<')) return { def: { Compact: { type: this.id(inside(name)) } } };
    if (name.startsWith('Option<')) return this.#option(inside(name));
    if (name.startsWith('(')) {
      return { def: { Tuple: topLevelParts(name.slice(1, -1)).map((part) => this.id(part)) } };
    }
    if (name.startsWith('[')) {
      const [type = '', len] = name.slice(1, -1).split(';');
      return { def: { Array: { len: Number(len), type: this.id(type) } } };
    }
    throw new Error(`type ${name} is not declared`);
  }

  #option(of: string) {
    const variants = [
      { name: 'None', index: 0 },
      { name: 'Some', index: 1, fields: of },
    ];
    const params = [{ name: 'T', type: this.id(of) }];
    return { path: ['Option'], params, def: { Variant: { variants: this.#variants(variants) } } };
  }

  #variants(variants: readonly Variant[]) {
    return variants.map(({ name, index, fields }) => ({
      name,
      index,
      fields: this.#fields(fields ?? ''),
      docs: [],
    }));
  }

  #fields(notation: string) {
    return topLevelParts(notation).map((part) => {
      const [, name = null, type = ''] = /^(?:(\w+): )?(.+)$/.exec(part) ?? [];
      return { name, type: this.id(type), typeName: type, docs: [] };
    });
  }

  /** Declares under the last part of the path; a type may name itself, so the number comes before the definition. */
  #declare(path: string, parameters: string, define: () => TypeDefinition): number {
    const parts = path.split('::');
    const id = this.#add(parts.at(-1) ?? path, { path: parts, def: {} });
    const params = this.#fields(parameters).map(({ name, type }) => ({ name: name ?? '', type }));
    this.types[id] = { id, type: { path: parts, params, def: define(), docs: [] } };
    return id;
  }

  #add(
    name: string,
    type: Pick<PortableType['type'], 'def'> & Partial<PortableType['type']>,
  ): number {
    const id = this.types.length;
    this.types.push({ id, type: { path: [], params: [], docs: [], ...type } });
    this.#ids.set(name, id);
    return id;
  }
}

function inside(name: string): string {
  return name.slice(name.indexOf('<') + 1, -1);
}

/** Splits at commas that are not within brackets. */
export function topLevelParts(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('<([{'.includes(character)) depth += 1;
    if ('>)]}'.includes(character)) depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}
