import * as z from 'zod';
import { nearestKey } from './nearest-key.ts';
import { configShape } from './schema.ts';

/** Another spelling of a key, for files written for another program. */
interface KeyAlias {
  readonly key: string;
  readonly rule: string;
}

/** By the other spelling. */
export const KEY_ALIASES: ReadonlyMap<string, KeyAlias> = new Map([
  ['emission.burn_uid', { key: 'emission.burn_target', rule: 'is an integer from 0 to 65535' }],
  ['emission.weight_version_key', { key: 'chain.version_key', rule: 'is an integer from 0' }],
]);

/** Keys that somebody may look for, and why there are none. */
export const REFUSED_KEYS: ReadonlyMap<string, string> = new Map([
  [
    'wallet.password',
    "is no place for a password: it belongs in the file that wallet.password_file names, at the prompt, or in btcli's BT_PW_… variable",
  ],
]);

const sections = new Set<string>();
const types = new Map<string, z.ZodType>();
collect(configShape, '');

/** Every key with the type of its value, by dotted path, in the order of the schema. */
export const KEY_TYPES: ReadonlyMap<string, z.ZodType> = types;

/** Whether a dotted path is that of a table of keys. */
export function isSection(path: string): boolean {
  return sections.has(path);
}

/** The known key or section that is written most like an unknown one. */
export function nearestKnownKey(path: string): string | undefined {
  return nearestKey(path, [...types.keys(), ...KEY_ALIASES.keys(), ...sections]);
}

/** A path to print; parts that are not bare TOML keys are quoted, so that no two paths read the same. */
export function joinPath(parts: readonly string[]): string {
  return parts.map((part) => (/^[\w-]+$/.test(part) ? part : JSON.stringify(part))).join('.');
}

function collect(shape: z.ZodObject, prefix: string) {
  for (const [name, type] of Object.entries(shape.shape)) {
    const path = `${prefix}${name}`;
    if (type instanceof z.ZodObject) {
      sections.add(path);
      collect(type, `${path}.`);
    } else {
      types.set(path, type as z.ZodType);
    }
  }
}
