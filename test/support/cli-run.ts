import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { runCli } from '../../src/cli/program.ts';

export interface CliSurroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly isStderrTty?: boolean;
  /** What comes on stdin. */
  readonly input?: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** One run of the command line inside this process. */
export class CliRun {
  readonly exitCode: Promise<number>;
  isDone = false;
  readonly #stop = new AbortController();
  readonly #stdin = new EventEmitter();
  #stdout = '';
  #stderr = '';
  #wakers: (() => void)[] = [];

  constructor(args: readonly string[], surroundings: CliSurroundings = {}) {
    const { env = {}, isStderrTty = false, input = [] } = surroundings;
    this.exitCode = runCli(args, {
      stdout: (text) => {
        this.#stdout += text;
        this.#wake();
      },
      stderr: (text) => {
        this.#stderr += text;
        this.#wake();
      },
      env,
      isStderrTty,
      stdin: () => Readable.from(input),
      stdinEnd: () => once(this.#stdin, 'end').then(() => undefined),
      signal: this.#stop.signal,
    }).finally(() => {
      this.isDone = true;
      this.#wake();
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when the run has printed this on either of its outputs; the test's own time limit guards against never. */
  async printed(text: string | RegExp): Promise<void> {
    const has = (output: string) =>
      typeof text === 'string' ? output.includes(text) : text.test(output);
    while (!has(this.#stdout) && !has(this.#stderr)) {
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** Does what SIGINT does. */
  stop(): void {
    this.#stop.abort(new Error('stopped by the test'));
  }

  /** Ends its stdin. */
  endStdin(): void {
    this.#stdin.emit('end');
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

/** Runs a command line to its end. */
export async function cli(args: readonly string[], surroundings: CliSurroundings = {}) {
  const run = new CliRun(args, surroundings);
  const exitCode = await run.exitCode;
  return { exitCode, stdout: run.stdout, stderr: run.stderr };
}
