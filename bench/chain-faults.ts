/**
 * Seeded runs of weight setter, adapter, WebSocket and node under faults and crashes, `--runs=N` of them, 1,000 by default,
 * shared between two processes: how many submissions were made twice, and how often anything else was wrong. A run that
 * was wrong is printed with its seed and what happened in it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FaultRunMessage, FaultRunSeeds } from './chain-fault-runs.ts';
import { printFigure } from './figure.ts';

const RUNS = 1_000;
const PROCESSES = 2;
/** Of what a process complains of, the end. */
const COMPLAINT_MAX = 4_000;

const asked = process.argv.find((argument) => argument.startsWith('--runs='));
const runs = asked === undefined ? RUNS : Number(asked.slice('--runs='.length));
const results: FaultRunMessage[] = [];
const startedMs = performance.now();
await Promise.all(Array.from({ length: PROCESSES }, (_, first) => runSeeds(first)));
report((performance.now() - startedMs) / results.length);

async function runSeeds(first: number): Promise<void> {
  const script = fileURLToPath(new URL('chain-fault-runs.js', import.meta.url));
  const seeds: FaultRunSeeds = { first, step: PROCESSES, end: runs };
  // The library logs every connection that breaks.
  const child: ChildProcess = fork(script, [JSON.stringify(seeds)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr?.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-COMPLAINT_MAX);
  });
  child.on('message', (message: FaultRunMessage) => {
    results.push(message);
    if (message.broken.length > 0) printBroken(message);
  });
  const [exitCode] = await once(child, 'exit');
  if (exitCode !== 0)
    throw new Error(`the process of the runs ended with ${exitCode}: ${complaint}`);
}

function printBroken({ seed, broken, trace }: FaultRunMessage): void {
  process.stderr.write(`seed ${seed}: ${broken.join('; ')}\n  ${trace.join('\n  ')}\n`);
}

function report(msPerRun: number): void {
  const ends = new Map<string, number>();
  for (const end of results.flatMap((result) => result.ends))
    ends.set(end, (ends.get(end) ?? 0) + 1);
  const sum = (count: (result: FaultRunMessage) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const broken = results.flatMap((result) => result.broken);
  const duplicates = broken.filter((text) => /twice/.test(text)).length;
  const name = `chain_faults.${results.length}_runs`;
  printFigure({ name: `${name}.duplicate_submissions`, unit: 'submissions', values: [duplicates] });
  printFigure({ name: `${name}.broken_invariants`, unit: 'invariants', values: [broken.length] });
  printFigure({
    name: `${name}.faults`,
    unit: 'faults',
    values: [sum(({ faultCount }) => faultCount)],
  });
  printFigure({
    name: `${name}.crashes`,
    unit: 'crashes',
    values: [sum(({ crashCount }) => crashCount)],
  });
  printFigure({
    name: `${name}.submissions`,
    unit: 'submissions',
    values: [sum((each) => each.submissionCount)],
  });
  for (const [end, count] of [...ends].sort(([, a], [, b]) => b - a)) {
    printFigure({ name: `${name}.ended_as.${end}`, unit: 'sets', values: [count] });
  }
  printFigure({ name: `${name}.duration`, unit: 'ms/run', values: [msPerRun] });
}
