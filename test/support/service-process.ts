import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** What a process is started with. */
export interface ServiceSetting {
  /** The content of its configuration file. */
  readonly toml: string;
  readonly env?: Readonly<Record<string, string>>;
}

const STANDING_DEV_CHAIN: ServiceSetting = {
  toml: '[server]\nlisten = "127.0.0.1:0"\n[chain.dev]\nblock_time = "1h"\nminers = 8\n',
};

/** `assay start` in a process of its own, on a chain of eight miners that stands still unless it is told otherwise. */
export class ServiceProcess {
  readonly address: string;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #talk: string[];

  /** Starts over the database in this folder and resolves once it serves. */
  static async start(
    folder: string,
    { toml, env = {} }: ServiceSetting = STANDING_DEV_CHAIN,
  ): Promise<ServiceProcess> {
    const file = join(folder, 'assay.toml');
    writeFileSync(file, toml);
    const child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', MAIN, 'start', '--json'],
        ...['--config', file],
        ...['--database', join(folder, 'assay.db')],
      ],
      { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const talk: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => talk.push(line));
    const exited = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
    onTestFinished(() => void child.kill('SIGKILL'));
    const line = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
      exited.then(() => Promise.reject(new Error(`it did not start: ${talk.join('\n')}`))),
    ]);
    return new ServiceProcess({ child, exited, talk }, line);
  }

  private constructor(
    { child, exited, talk }: { child: ChildProcess; exited: Promise<Exit>; talk: string[] },
    line: string,
  ) {
    this.#child = child;
    this.#talk = talk;
    this.exited = exited;
    this.address = (JSON.parse(line) as { address: string }).address;
  }

  /** What it has logged, line by line. */
  get log(): readonly { readonly msg: string }[] {
    return this.#talk.map((line) => JSON.parse(line));
  }

  /** The same as it was written. */
  get talk(): string {
    return this.#talk.join('\n');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
