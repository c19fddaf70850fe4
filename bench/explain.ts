/**
 * Why a miner got its weight, asked of a running service over gRPC: `ExplainWeight` about the newest weight set of 256 and of
 * 65,530 miners, of another miner at each call, and a page of 100 pairs of the weight history, of all miners and of one. The
 * service has a process of its own. The ceiling, in turns with each call, is one that has nothing to find out: a health check.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientUnaryCall, credentials, type ServiceError } from '@grpc/grpc-js';
import { packages } from '../src/grpc/proto.ts';
import { decidedIn, sampleMiners } from '../test/support/decision-samples.ts';
import { percentile, printFigure } from './figure.ts';
import { MeasuredProcess } from './measured-process.ts';
import { openServiceStore, SAMPLE_SUBNET } from './service-store.ts';

/** Sets that a service holds, and how often it is asked. */
interface Case {
  readonly miners: number;
  readonly sets: number;
  readonly calls: number;
}

const CASES: readonly Case[] = [
  { miners: 256, sets: 200, calls: 500 },
  { miners: 65_530, sets: 1, calls: 200 },
];
const INTERVAL_BLOCKS = 360;
/** The first calls measure the compiler. */
const WARM_UP = 50;
const PAGE_SIZE = 100;
/** Spreads the questions over the miners. */
const STRIDE = 7_919;

type Reply = (error: ServiceError | null, answer?: object) => void;
type Call = (number: number, reply: Reply) => ClientUnaryCall;

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));

try {
  for (const each of CASES) await measure(each);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ miners, sets, calls }: Case): Promise<void> {
  const file = join(folder, `${miners}.db`);
  await recordSets(file, { miners, sets });
  const service = await MeasuredProcess.start('measured-service.js', {
    'server.listen': '127.0.0.1:0',
    'store.database': file,
    'chain.netuid': SAMPLE_SUBNET.netuid,
    'chain.dev.block_time': '1h',
    'emission.weight_set_interval_blocks': 1_000_000,
  });
  const channel = [service.address, credentials.createInsecure()] as const;
  const allocation = new packages.assay.v1.AllocationService(...channel);
  const health = new packages.grpc.health.v1.Health(...channel);
  const uidOf = (number: number) => 2 + ((number * STRIDE) % miners);
  const questions: Readonly<Record<string, Call>> = {
    explain_weight: (number, reply) =>
      allocation.ExplainWeight({ miner_uid: uidOf(number) }, reply),
    page_of_100_pairs: (_, reply) => allocation.ListWeightHistory({ page_size: PAGE_SIZE }, reply),
    page_of_100_pairs_of_a_miner: (number, reply) =>
      allocation.ListWeightHistory({ page_size: PAGE_SIZE, miner_uid: uidOf(number) }, reply),
  };
  const nothing: Call = (_, reply) => health.Check({ service: '' }, reply);
  for (const [question, call] of Object.entries(questions)) {
    const { times, ceilings } = await alternate({ call, nothing, calls });
    printPercentilesBeside(`explain.${miners}_miners.${question}`, times, ceilings);
  }
  allocation.close();
  health.close();
  await service.stop();
}

async function recordSets(file: string, { miners, sets }: Omit<Case, 'calls'>): Promise<void> {
  const store = await openServiceStore(file);
  const decision = await decidedIn({ profiles: sampleMiners(miners) });
  for (let number = 1; number <= sets; number += 1) {
    const block = INTERVAL_BLOCKS * number;
    await store.weightSets.record({ ...decision, set: { ...decision.set, block } });
  }
  await store.journal.close();
  await store.close();
}

async function alternate(asked: { call: Call; nothing: Call; calls: number }) {
  const times: number[] = [];
  const ceilings: number[] = [];
  for (let number = 0; number < WARM_UP + asked.calls; number += 1) {
    const ceilingMs = await answerMs(asked.nothing, number);
    const callMs = await answerMs(asked.call, number);
    if (number < WARM_UP) continue;
    times.push(callMs);
    ceilings.push(ceilingMs);
  }
  return { times, ceilings };
}

function answerMs(call: Call, number: number): Promise<number> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    call(number, (error) => {
      if (error === null) resolve(performance.now() - startedMs);
      else reject(error);
    });
  });
}

function printPercentilesBeside(
  name: string,
  times: readonly number[],
  ceilings: readonly number[],
): void {
  for (const percent of [50, 99]) {
    printFigure({
      name: `${name}.p${percent}`,
      unit: 'ms',
      values: [percentile(times, percent)],
      ceilings: [percentile(ceilings, percent)],
    });
  }
}
