import { withoutUrlKeys } from './shown-secrets.ts';

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** The file, `environment`, `flag`, `preset` or `default`. */
  readonly source: string;
  /** The key as its source spells it: `server.listen`, `ASSAY_SERVER__LISTEN`. Empty for the file as a whole. */
  readonly key: string;
  /** The value as text, shortened. */
  readonly value: string;
  readonly rule: string;
  /** The known key that is written most alike, for a key that is not known. */
  readonly nearest?: string;
  /** Where the file stops being TOML, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/**
 * `missing`: the named file is not there. `unreadable`: it is there and cannot be read. `malformed`: it is not TOML.
 * `invalid`: values break rules.
 */
type ConfigErrorKind = 'missing' | 'unreadable' | 'malformed' | 'invalid';

/** The configuration cannot be used; carries every problem at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly kind: ConfigErrorKind;
  readonly problems: readonly ConfigProblem[];

  constructor(kind: ConfigErrorKind, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(problems.map(describe).join('\n'), options);
    this.kind = kind;
    this.problems = problems;
  }
}

const VALUE_CHARACTERS_MAX = 64;

/** Any value as one line of text, as short as a message needs it, its URLs without what can be a key. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value, asJson) ?? String(value);
  return text.length <= VALUE_CHARACTERS_MAX ? text : `${text.slice(0, VALUE_CHARACTERS_MAX - 1)}…`;
}

function asJson(_key: string, value: unknown): unknown {
  const isBare =
    typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value));
  return isBare ? String(value) : withoutUrlKeys(value);
}

/** `assay.toml: server.listn = "x": is not a key; did you mean server.listen?` */
function describe({ source, key, value, rule, nearest, line, column }: ConfigProblem): string {
  const place = line === undefined ? source : `${source}:${line}:${column}`;
  const what = key === '' ? '' : `${key}${value === '' ? '' : ` = ${value}`}: `;
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `${place}: ${what}${rule}${hint}`;
}
