import type * as z from 'zod';
import { present } from '../lib/assert.ts';
import { type ConfigProblem, shownValue } from './config-error.ts';
import { KEY_ALIASES } from './keys.ts';
import type { Setting } from './layers.ts';

type Settings = ReadonlyMap<string, Setting>;

/** Says of a schema's issue which source wrote the value, under which key, and what it was. */
export function problemOf(issue: z.core.$ZodIssue, settings: Settings): ConfigProblem {
  const { text, nearest } = (issue.code === 'custom' ? issue.params : undefined) ?? {};
  const at = place(issue.path, settings);
  return {
    ...at,
    value: typeof text === 'string' ? printable(text) : at.value,
    rule: issue.message,
    ...(typeof nearest === 'string' ? { nearest } : {}),
  };
}

/** The setting that an issue is about; what is left of its path leads into the setting's own table. */
function place(
  path: readonly PropertyKey[],
  settings: Settings,
): Pick<ConfigProblem, 'source' | 'key' | 'value'> {
  const written = path.map(String).join('.');
  const canonical = KEY_ALIASES.get(written)?.key ?? written;
  const found = [...settings].find(([key]) => `${canonical}.`.startsWith(`${key}.`));
  const [key, { source, writtenAs, value }] = present(found, `a setting holds ${written}`);
  const inside = path.slice(key.split('.').length);
  const shown = inside.reduce<unknown>((at, part) => Object(at)[part], value);
  const rest = printable(canonical.slice(key.length));
  return { source, key: `${writtenAs}${rest}`, value: shownValue(shown) };
}

/** Control characters could rewrite what a terminal shows. */
function printable(text: string): string {
  return /\p{C}/u.test(text) ? JSON.stringify(text) : text;
}
