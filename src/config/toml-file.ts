import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { ConfigError } from './config-error.ts';

/** Read without being named, when it is there. */
export const DEFAULT_FILE = 'assay.toml';

/** Which file to read. */
export interface FileChoice {
  /** A file that must be there. */
  readonly file?: string;
  /** Where `assay.toml` is looked for; the working directory when absent. */
  readonly directory?: string;
}

/** A parsed file and the name to call it by. */
interface TomlFile {
  readonly name: string;
  readonly root: Readonly<Record<string, unknown>>;
}

/** @throws ConfigError `missing`, `unreadable` or `malformed`. */
export function readTomlFile({ file, directory = '.' }: FileChoice): TomlFile | undefined {
  const name = file ?? join(directory, DEFAULT_FILE);
  const text = readText(name, file !== undefined);
  return text === undefined ? undefined : { name, root: parseToml(text, name) };
}

/** @throws ConfigError `malformed`, with line and column. */
export function parseToml(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    return parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: 'asNeeded' });
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const { line, column, message } = cause;
    const why = message.split('\n')[0]?.replace(/^Invalid TOML document: /, '');
    const problem = { source: name, key: '', value: '', rule: `is not TOML: ${why}`, line, column };
    throw new ConfigError('malformed', [problem], { cause });
  }
}

function readText(name: string, isRequired: boolean): string | undefined {
  try {
    return readFileSync(name, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !isRequired) return undefined;
    const kind = code === 'ENOENT' ? 'missing' : 'unreadable';
    const rule =
      kind === 'missing' ? 'the file does not exist' : `the file cannot be read: ${code}`;
    throw new ConfigError(kind, [{ source: name, key: '', value: '', rule }], { cause });
  }
}
