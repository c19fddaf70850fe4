import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import {
  type DecisionLines,
  decisionLines,
  HISTORY_ROWS_MAX,
} from '../../src/store/decision-lines.ts';
import { toTransferred } from '../../src/store/decision-transfer.ts';
import { SetThreads, type SetThreadsOptions } from '../../src/store/set-threads.ts';
import { SqliteWrites } from '../../src/store/sqlite-writes.ts';
import { ThreadedLines } from '../../src/store/threaded-lines.ts';
import { writtenWeightSets } from '../../src/store/written-stores.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import {
  DECISION_TABLES,
  PENDING_SUBNET,
  pairsOfDecision,
  rowsOf,
} from '../support/pending-history.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';

const DYING = new URL('../support/workers/dying-weight-set.worker.ts', import.meta.url);
const HANGING = new URL('../support/workers/hanging-weight-set.worker.ts', import.meta.url);

let large: WeightDecision;

beforeAll(async () => {
  large = await decidedIn({ profiles: sampleMiners(5_000) });
});

describe('the lines of a large decision by threads', () => {
  it.each([
    { threads: 1, chunksPerTask: 32 },
    { threads: 1, chunksPerTask: 2 },
    { threads: 2, chunksPerTask: 2 },
    { threads: 2, chunksPerTask: 5 },
  ])('are those of the calling thread, to the byte: %o', async ({ threads, chunksPerTask }) => {
    const { source, lines } = setting({ threads }, { chunksPerTask });
    source.keep(source.start());
    const written = await lines.of(await toTransferred(large));
    expect(pairsOfDecision(large).length).toBeGreaterThan(HISTORY_ROWS_MAX);
    const expected = await decisionLines(large, HISTORY_ROWS_MAX);
    expect(written && digestOf(written)).toBe(digestOf(expected));
    expect(expected.chunks.length).toBeGreaterThan(5);
  });

  it('leave the rows that the decision leaves without them', async () => {
    const { source, lines } = setting();
    source.keep(source.start());
    const decision = await toTransferred(large);
    const written = await lines.of(decision);
    expect(written).toBeDefined();
    const digests = [];
    for (const given of [written, undefined]) {
      const database = await temporaryDatabase();
      await new SqliteWrites({ ...PENDING_SUBNET, database }).recordWeightSet(decision, given);
      const tables = [...DECISION_TABLES, 'pending_weight_history'];
      const rows = await Promise.all(tables.map((table) => rowsOf(database, table)));
      expect(rows.at(-1)).not.toHaveLength(0);
      digests.push(sha256Hex(JSON.stringify(rows)));
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it('are left to whoever writes them when no thread is kept, and the next set has threads again', async () => {
    const { source, lines } = setting();
    expect(await lines.of(await toTransferred(large))).toBeUndefined();
    source.keep(source.start());
    expect(await lines.of(await toTransferred(large))).toBeDefined();
    expect(await lines.of(await toTransferred(large))).toBeUndefined();
  });

  it('are left to whoever writes them when a thread dies, which is told', async () => {
    const { source, lines, failures } = setting({ workerUrl: DYING });
    source.keep(source.start());
    expect(await lines.of(await toTransferred(large))).toBeUndefined();
    expect(failures).toHaveLength(1);
  });

  it('are left to whoever writes them when a thread does not answer, which is told', async () => {
    const { source, lines, failures } = setting({ workerUrl: HANGING }, { timeoutMs: 500 });
    source.keep(source.start());
    expect(await lines.of(await toTransferred(large))).toBeUndefined();
    expect(failures).toMatchObject([{ message: expect.stringMatching(/^no answer in \d/) }]);
  });

  it('are left to whoever writes them when the threads are ended meanwhile, which is no failure', async () => {
    const { source, lines, failures } = setting();
    source.keep(source.start());
    const written = lines.of(await toTransferred(large));
    source.close();
    expect(await written).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('are left to whoever writes them when a pair belongs to nobody, who refuses the decision', async () => {
    const decision = { ...large, basis: { ...large.basis, holders: [Buffer.from('\n\n')] } };
    const rule = 'every pair belongs to a miner of the input';
    const { source, lines, failures } = setting();
    source.keep(source.start());
    const transferred = await toTransferred(decision);
    expect(await lines.of(transferred)).toBeUndefined();
    expect(failures).toMatchObject([{ message: rule }]);
    const database = await temporaryDatabase();
    const writes = new SqliteWrites({ ...PENDING_SUBNET, database });
    await expect(writes.recordWeightSet(transferred)).rejects.toThrow(rule);
    expect(await rowsOf(database, 'weight_submissions')).toEqual([]);
  });
});

describe('the lines of a small decision', () => {
  it('are left to whoever writes it, and its threads end', async () => {
    const { source, lines } = setting();
    const threads = source.start();
    source.keep(threads);
    expect(await lines.of(await toTransferred(await decidedIn()))).toBeUndefined();
    await expectEnded(threads);
  });
});

describe('a recorded decision', () => {
  it('is handed over with its lines where there are any', async () => {
    const { source, lines } = setting();
    source.keep(source.start());
    const handedOver: (DecisionLines | undefined)[] = [];
    const sets = writtenWeightSets({} as Parameters<typeof writtenWeightSets>[0], {
      writes: {
        recordWeightSet: async (_, given) => void handedOver.push(given),
      } as Parameters<typeof writtenWeightSets>[1]['writes'],
      lines,
      onRecorded: () => undefined,
    });
    await sets.record(large);
    await sets.record(large);
    expect(handedOver.map((given) => given?.chunks.length)).toEqual([
      (await decisionLines(large, HISTORY_ROWS_MAX)).chunks.length,
      undefined,
    ]);
  });
});

describe('threads that are kept for the lines', () => {
  it('end when they are not asked in time', async () => {
    const { source } = setting({ keptMs: 0 });
    const threads = source.start();
    source.keep(threads);
    await setTimeout(5);
    expect(source.takeKept()).toBeUndefined();
    await expectEnded(threads);
  });

  it('end when those of the next set are kept', async () => {
    const { source } = setting();
    const [first, second] = [source.start(), source.start()];
    source.keep(first);
    source.keep(second);
    await expectEnded(first);
    expect(source.takeKept()).toBe(second);
    await second.close();
  });

  it('are not kept any more once all are ended', async () => {
    const { source } = setting();
    const threads = source.start();
    source.close();
    source.keep(threads);
    expect(source.takeKept()).toBeUndefined();
    await expectEnded(threads);
  });
});

/** Of all that they are: a difference between lists of thousands takes minutes to print. */
function digestOf(lines: DecisionLines): string {
  return sha256Hex(
    JSON.stringify(structuredClone(lines), (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
    ),
  );
}

function setting(
  options: Partial<SetThreadsOptions> = {},
  terms: { timeoutMs?: number; chunksPerTask?: number } = {},
) {
  const failures: unknown[] = [];
  const source = new SetThreads({ threads: 1, ...options });
  onTestFinished(() => source.close());
  const events = { workerReplaced: ({ error }: { error: unknown }) => failures.push(error) };
  return { source, lines: new ThreadedLines({ setThreads: source, events, ...terms }), failures };
}

async function expectEnded(threads: ReturnType<SetThreads['start']>): Promise<void> {
  await expect(threads.run('digest', [], { timeoutMs: 60_000 })).rejects.toThrow(
    'the threads are closed',
  );
}
