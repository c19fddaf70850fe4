import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const TYPESCRIPT = ['--import', 'tsx'];

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line of Assay in a process of its own, to its end. */
export function cliProcess(args: readonly string[]): Promise<Finished> {
  return finished(spawn(process.execPath, [...TYPESCRIPT, MAIN, ...args], surroundings()));
}

/** As `cliProcess`, but no file that it writes may become larger, as on a disk that is full then. */
export function cliProcessWithLimit(args: readonly string[], kib: number): Promise<Finished> {
  const command = `ulimit -f ${kib}; exec "$0" "$@"`;
  const run = [process.execPath, ...TYPESCRIPT, MAIN, ...args];
  return finished(spawn('bash', ['-c', command, ...run], surroundings()));
}

/** Starts a script of `processes/` that runs until it is killed, and waits for its first output. */
export async function scriptProcess(name: string, args: readonly string[]): Promise<ChildProcess> {
  const script = fileURLToPath(new URL(`processes/${name}`, import.meta.url));
  const child = spawn(process.execPath, [...TYPESCRIPT, script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.resume();
  return child;
}

/** Kills a process and waits until it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function surroundings(): SpawnOptions {
  return { env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'pipe'] };
}

async function finished(child: ChildProcess): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => {
    stdout += String(text);
  });
  child.stderr?.on('data', (text) => {
    stderr += String(text);
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
