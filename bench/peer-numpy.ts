/**
 * The allocation of 65,536 and of 1,000,000 miners with GPUs in two categories, inline, and the same with numpy in a process of
 * its own, in turns; the weights must be the same to the unit. The column `ceiling` has numpy's time.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AllocationPolicy } from '../src/domain/allocation.ts';
import { apportionUnits } from '../src/domain/apportion.ts';
import type { Population } from '../src/domain/population.ts';
import { scorePairs } from '../src/domain/score-pairs.ts';
import { projectRoot } from '../src/lib/project-root.ts';
import { random } from '../src/lib/random.ts';
import { policyOf, ruleOf } from '../test/support/populations.ts';
import { printFigure } from './figure.ts';

const RUNS = { 65536: 30, 1000000: 9 };
/** Debian's own first: it has the numpy of the package that the message below names. */
const INTERPRETERS = ['/usr/bin/python3', 'python3'];
const CATEGORIES = [1, 2];
const SHARES = [60, 40];
const TOTAL = 65_535;
const policy: AllocationPolicy = policyOf({
  burnUid: null,
  categories: CATEGORIES.map((category, index) => ruleOf(category, SHARES[index] as number)),
});

const numpy = INTERPRETERS.map(numpyOf).find((found) => found !== undefined);
if (numpy === undefined) {
  process.stderr.write('peer-numpy: numpy is not installed; apt-get install python3-numpy\n');
} else {
  process.stderr.write(
    `peer-numpy: numpy ${numpy.version}. Both score every pair and divide 65,535 units by largest remainder. Not equal: Assay ` +
      'also decides why pairs are excluded, states every pair and category, and proves its doubles exact where numpy uses 64-bit ' +
      'integers that overflow for larger totals; numpy runs compiled loops over whole columns.\n',
  );
  for (const [miners, runs] of Object.entries(RUNS)) {
    await measure(Number(miners), runs, numpy.interpreter);
  }
}

function numpyOf(interpreter: string) {
  const { stdout, status } = spawnSync(
    interpreter,
    ['-c', 'import numpy; print(numpy.__version__)'],
    { encoding: 'utf8' },
  );
  return status === 0 ? { interpreter, version: stdout.trim() } : undefined;
}

async function measure(miners: number, runs: number, interpreter: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  try {
    const population = populationOfSize(miners);
    writeColumns(folder, population);
    const script = join(projectRoot(), 'bench', 'peer-numpy.py');
    const told = JSON.stringify({ total: TOTAL, shares: SHARES, categories: CATEGORIES });
    const peer = spawn(interpreter, [script, folder, told], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { own, theirs, weights } = await alternate(population, runs, peer);
    const stored = readFileSync(join(folder, 'weights'));
    const counted = new BigInt64Array(stored.buffer, stored.byteOffset, miners);
    const differing = weights.findIndex((weight, uid) => BigInt(weight) !== counted[uid]);
    if (differing !== -1) throw new Error(`the weights of UID ${differing} differ`);
    const name = `peer_numpy.${miners}x${CATEGORIES.length}`;
    printFigure({ name, unit: 'ms', values: own, ceilings: theirs });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function alternate(population: Population, runs: number, peer: ChildProcess) {
  if (peer.stdin === null || peer.stdout === null) throw new Error('the peer has pipes');
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const own: number[] = [];
  const theirs: number[] = [];
  let weights: Float64Array = new Float64Array();
  for (let turn = 0; turn < 2 * runs; turn += 1) {
    const startedMs = performance.now();
    weights = apportionUnits(scorePairs(population, policy), policy).weightByUid;
    const ms = performance.now() - startedMs;
    peer.stdin.write('\n');
    const { value } = await answers.next();
    if (turn < runs) continue;
    own.push(ms);
    theirs.push(Number(value));
  }
  const ended = once(peer, 'close');
  peer.stdin.end();
  await ended;
  return { own, theirs, weights: weights.subarray(0, population.miners.uid.length) };
}

function writeColumns(folder: string, { miners, gpus }: Population): void {
  const { miner, category, count } = gpus;
  const columns = { uid: miners.uid, score_micros: miners.scoreMicros, miner, category, count };
  for (const [name, values] of Object.entries(columns)) writeFileSync(join(folder, name), values);
}

function populationOfSize(minerCount: number): Population {
  const values = random('peer-numpy', minerCount);
  const rows = minerCount * CATEGORIES.length;
  return {
    miners: {
      uid: Int32Array.from({ length: minerCount }, (_, uid) => uid),
      scoreMicros: Int32Array.from({ length: minerCount }, () => values.integer(0, 1_000_000)),
      standing: new Uint8Array(minerCount),
      primaryCategory: new Uint16Array(minerCount).fill(1),
    },
    gpus: {
      miner: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / CATEGORIES.length)),
      executor: Int32Array.from({ length: rows }, (_, row) => row),
      category: Uint16Array.from({ length: rows }, (_, row) => 1 + (row % CATEGORIES.length)),
      count: Int32Array.from({ length: rows }, () => values.integer(1, 8)),
      memoryMib: new Int32Array(rows).fill(81_920),
    },
  };
}
