/**
 * `npm run bench -- [NAME …] [--json] [--all] [options]`: runs benchmarks one after the other, each in a process of its own so
 * that none measures what another left in memory. Prints a table of each, or with `--json` one line per figure. Figures go
 * to stdout, everything else to stderr. The exit code is 1 when a benchmark failed and 2 when there is none of that name.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type BenchmarkRun, figureTable, readBenchmarkRun, readFigure } from './benchmark-run.ts';
import type { FigureLine } from './figure.ts';
import { SERVICE_FLAGS } from './service-flags.ts';

const run = readBenchmarkRun(process.argv.slice(2));
if ('refusal' in run) {
  process.stderr.write(`${run.refusal}\n`);
  process.exitCode = 2;
} else {
  process.exitCode = await runAll(run);
}

async function runAll({ names, leftOut, ...how }: BenchmarkRun): Promise<number> {
  const startedMs = performance.now();
  const failed: string[] = [];
  for (const name of names) if (!(await runOne(name, how))) failed.push(name);
  process.stderr.write(`all of it took ${secondsSince(startedMs)}\n`);
  if (leftOut.length > 0) process.stderr.write(`left out: ${leftOut.join(', ')}\n`);
  if (failed.length > 0) process.stderr.write(`failed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

async function runOne(
  name: string,
  { isJson, options }: Pick<BenchmarkRun, 'isJson' | 'options'>,
): Promise<boolean> {
  process.stderr.write(`${name} …\n`);
  const startedMs = performance.now();
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [...SERVICE_FLAGS, script, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const figures: FigureLine[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const figure = readFigure(line);
    if (figure === undefined) process.stderr.write(`${line}\n`);
    else if (isJson) process.stdout.write(`${line}\n`);
    else figures.push(figure);
  }
  const [exitCode, signal] = await ended;
  if (figures.length > 0) process.stdout.write(`${figureTable(figures)}\n`);
  const end = exitCode === 0 ? 'took' : `failed with ${exitCode ?? signal} after`;
  process.stderr.write(`${name} ${end} ${secondsSince(startedMs)}\n`);
  return exitCode === 0;
}

function secondsSince(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1_000).toFixed(1)} s`;
}
