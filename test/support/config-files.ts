import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { ConfigError, type ConfigProblem } from '../../src/config/config-error.ts';
import { type ConfigSources, loadConfig } from '../../src/config/load-config.ts';
import { sharedTemporaryFolder } from './temporary-database.ts';

/** Configuration files in a shared temporary folder, with nothing else around them unless a test adds it. */
export class ConfigFiles {
  readonly folder = sharedTemporaryFolder();
  #count = 0;

  write(text: string): string {
    this.#count += 1;
    const file = join(this.folder, `${this.#count}.toml`);
    writeFileSync(file, text);
    return file;
  }

  load(text: string, sources: Partial<ConfigSources> = {}): Config {
    return loadConfig({ file: this.write(text), env: {}, ...sources });
  }

  /** Loads without any file. */
  loadNothing(sources: Partial<ConfigSources> = {}): Config {
    return loadConfig({ directory: this.folder, env: {}, ...sources });
  }

  problemsOf(text: string, sources: Partial<ConfigSources> = {}): readonly ConfigProblem[] {
    return configErrorOf(() => this.load(text, sources)).problems;
  }
}

/** The error that a configuration is refused with. */
export function configErrorOf(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
