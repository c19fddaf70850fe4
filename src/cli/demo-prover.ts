import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CliExit } from './exit-codes.ts';

/** What the prover process is told. */
interface DemoProverOptions {
  readonly address: string;
  readonly seed: number;
  readonly miners: number;
  /** How many rounds to report, 0 for until stopped. */
  readonly rounds: number;
  /** After how many rounds `firstRoundsDone` resolves. */
  readonly firstRounds: number;
  readonly signal: AbortSignal;
  readonly talk: (text: string) => void;
}

/** The provers of the demo, in a process of their own. */
export interface DemoProver {
  /** Resolves when the first rounds are acknowledged, or when the process was stopped before. */
  readonly firstRoundsDone: Promise<void>;
  /** Rejects when the process ends before it was to; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
}

const ROUND_INTERVAL = '2s';

/** Starts `assay prover` from the same build, or from the sources when those are what runs. */
export function startDemoProver(options: DemoProverOptions): DemoProver {
  const { address, seed, miners, rounds, firstRounds, signal, talk } = options;
  const child = spawn(
    process.execPath,
    [
      ...loaderArguments(),
      mainModule(),
      'prover',
      '--json',
      ...['--address', address],
      ...['--seed', String(seed)],
      ...['--miners', String(miners)],
      ...['--rounds', String(rounds)],
      ...['--warm-up', String(firstRounds)],
      ...['--interval', ROUND_INTERVAL],
      '--while-stdin-open',
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const stop = () => child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  child.stderr.on('data', (chunk) => talk(String(chunk)));
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(null));
  });
  const ended = exited.then(() => signal.removeEventListener('abort', stop));
  const failed = exited.then((code) => {
    const isDone = rounds > 0 && code === 0;
    if (isDone || signal.aborted) return new Promise<never>(() => undefined);
    throw new CliExit('failed', `the prover process ended by itself with code ${code}`);
  });
  const acknowledged = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if ((JSON.parse(line) as { round: number }).round >= firstRounds) resolve();
    });
  });
  return { firstRoundsDone: Promise.race([acknowledged, ended]), failed, ended };
}

function mainModule(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../main.${extension}`, import.meta.url));
}

function loaderArguments(): string[] {
  return import.meta.url.endsWith('.ts') ? ['--import', 'tsx'] : [];
}
