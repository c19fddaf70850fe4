import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PopulationRequest } from '../../src/actors/ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { ExecutorGpus } from '../../src/domain/profile.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { SetThreads } from '../../src/store/set-threads.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteJournal } from '../../src/store/sqlite-journal.ts';
import { SqlitePopulationSource } from '../../src/store/sqlite-population-source.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ProfilePopulation } from '../support/profile-population.ts';
import {
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
} from '../support/profile-samples.ts';
import { inlineWrites, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleMetagraph, sampleNeuron } from '../support/weight-setter-samples.ts';

const HOUR_MS = 3_600_000;
const MINERS = 2_500;

describe('a population that a thread takes', () => {
  it('is the one that the calling thread takes, to the last byte of the lines', async () => {
    const { source, profiles, request } = await filled();
    const taken = await source.take(request);
    const inline = await new ProfilePopulation(profiles).take(request);
    expect(plain(taken.population)).toEqual(plain(inline.population));
    expect(taken.input).toEqual(inline.input);
    expect(taken.input.lineCount).toBe(MINERS);
    expect(new Set(inline.population.miners.standing).size).toBeGreaterThan(3);
  });

  it('is the same when there is one thread for all of it', async () => {
    const { source, request } = await filled();
    const alone = await filled({ threads: 1 });
    const [two, one] = [await source.take(request), await alone.source.take(request)];
    expect(one.input).toEqual(two.input);
    expect(plain(one.population)).toEqual(plain(two.population));
  });

  it('is the same where the rows of the profiles do not tell what their machines come to', async () => {
    const { source, database, profiles, request } = await filled();
    const emptied = database.query('miner_gpu_profiles').whereRaw('miner_uid % 3 > 0');
    await emptied.update({ counted_gpus_json: null, oldest_verified_time: null });
    const older = database.query('miner_gpu_profiles').where({ miner_uid: 3 });
    // As an older version leaves a profile that it changes.
    await older.update({ revision: 7, counted_gpus_json: '[]' });
    const inline = await new ProfilePopulation(profiles).take(request);
    expect((await source.take(request)).input).toEqual(inline.input);
  });

  it('is the same again when threads were started for it beforehand', async () => {
    const { source, request } = await filled({ startAfterMs: 0 });
    const first = await source.take(request);
    await setTimeout(1);
    const second = await source.take(request);
    expect(second.input).toEqual(first.input);
    expect(plain(second.population)).toEqual(plain(first.population));
  });

  it('is taken on the calling thread after all when the thread fails', async () => {
    const failures: unknown[] = [];
    const { source, request } = await filled({
      workerUrl: new URL('../support/workers/dying-weight-set.worker.ts', import.meta.url),
      workerReplaced: ({ error }) => failures.push(error),
    });
    expect((await source.take(request)).input.lineCount).toBe(MINERS);
    expect(failures).toHaveLength(1);
  });

  it.each([
    ['dies', 'dying-weight-set.worker.ts'],
    ['hangs', 'hanging-weight-set.worker.ts'],
    ['cannot be loaded', 'nowhere.worker.ts'],
  ])('is taken again and again, several at once, while every thread %s', async (_, file) => {
    const failures: unknown[] = [];
    const { source, request } = await filled({
      workerUrl: new URL(`../support/workers/${file}`, import.meta.url),
      takeTimeoutMs: 500,
      workerReplaced: ({ error }) => failures.push(error),
    });
    const taken = await Promise.all([source.take(request), source.take(request)]);
    taken.push(await source.take(request));
    expect(taken.map(({ input }) => input.lineCount)).toEqual([MINERS, MINERS, MINERS]);
    expect(failures).toHaveLength(3);
  });

  it('is refused for a preview when the thread fails, and when too many previews are under way', async () => {
    const { source, request } = await filled({
      workerUrl: new URL('../support/workers/dying-weight-set.worker.ts', import.meta.url),
      workerReplaced: () => undefined,
    });
    const preview = { ...request, isPreview: true };
    const taken = Promise.allSettled([1, 2, 3, 4].map(() => source.take(preview)));
    await expect(source.take(preview)).rejects.toMatchObject({
      code: 'compute_unavailable',
      message: '4 previews are being calculated already',
    });
    const weightSet = source.take(request);
    for (const each of await taken) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'compute_unavailable' } });
    }
    expect((await weightSet).input.lineCount).toBe(MINERS);
    await expect(source.take(preview)).rejects.toMatchObject({
      message: 'the population of the preview could not be read',
    });
  });

  it('is that of every miner although a machine of nobody is stored', async () => {
    const { source, database, request } = await filled();
    await database.query.raw('pragma foreign_keys = off');
    await database.query('miner_gpu_profiles').where({ miner_uid: 6 }).delete();
    const taken = await source.take(request);
    const inline = await new ProfilePopulation(new SqliteProfileStore(database)).take(request);
    expect(taken.input).toEqual(inline.input);
    expect(taken.input.lineCount).toBe(MINERS - 1);
  });

  it('is refused when the threads are ended meanwhile', async () => {
    const { source, setThreads, request } = await filled({
      workerUrl: new URL('../support/workers/hanging-weight-set.worker.ts', import.meta.url),
    });
    const taken = source.take(request);
    setThreads.close();
    await expect(taken).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('is refused once the threads are ended', async () => {
    const { source, setThreads, request } = await filled();
    setThreads.close();
    await expect(source.take(request)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('the threads that took a population', () => {
  it('are kept for the decision of a weight set', async () => {
    const { source, setThreads, request } = await filled();
    await source.take(request);
    const kept = setThreads.takeKept();
    expect(await kept?.run('digest', [], { timeoutMs: 60_000 })).toMatch(/^[0-9a-f]{64}$/);
    await kept?.close();
  });

  it('are not kept for a preview, nor where it was taken on the calling thread', async () => {
    const { source, setThreads, request } = await filled();
    await source.take({ ...request, isPreview: true });
    expect(setThreads.takeKept()).toBeUndefined();
    const inline = await filled({ inlineProfilesMax: MINERS });
    await inline.source.take(request);
    expect(inline.setThreads.takeKept()).toBeUndefined();
  });

  it('are not kept when they failed', async () => {
    const { source, setThreads, request } = await filled({
      workerUrl: new URL('../support/workers/dying-weight-set.worker.ts', import.meta.url),
      workerReplaced: () => undefined,
    });
    await source.take(request);
    expect(setThreads.takeKept()).toBeUndefined();
  });
});

describe('a population on the calling thread', () => {
  it('is the one that whole profiles give', async () => {
    const { source, profiles, request } = await filled({ inlineProfilesMax: MINERS });
    const [taken, expected] = [
      await source.take(request),
      await new ProfilePopulation(profiles).take(request),
    ];
    expect(taken).toEqual(expected);
  });
});

describe('a population in memory', () => {
  it('is taken on the calling thread, where alone it can be seen', async () => {
    const { source, request } = await filled({
      file: ':memory:',
      workerUrl: new URL('file:///nowhere.ts'),
      workerReplaced: () => {
        throw new Error('no thread is asked');
      },
    });
    expect((await source.take(request)).input.lineCount).toBe(MINERS);
  });
});

interface Setting {
  readonly threads?: number;
  readonly file?: string;
  readonly workerUrl?: URL;
  readonly takeTimeoutMs?: number;
  readonly startAfterMs?: number;
  readonly inlineProfilesMax?: number;
  readonly workerReplaced?: Events['workerReplaced'];
}

async function filled({
  file,
  workerReplaced,
  takeTimeoutMs,
  inlineProfilesMax,
  ...ofThreads
}: Setting = {}) {
  const database =
    file === undefined ? await temporaryDatabase() : await SqliteDatabase.open({ file });
  const clock = new ManualClock();
  const nowMs = clock.now();
  await fill(database, clock);
  const profiles = new SqliteProfileStore(database);
  const neurons = Array.from({ length: MINERS - 10 }, (_, uid) =>
    sampleNeuron(uid, {
      isAxonActive: uid % 5 !== 0,
      registeredAtBlock: uid % 7 === 0 ? 900 : 0,
    }),
  );
  const request: PopulationRequest = {
    metagraph: sampleMetagraph({ neurons }),
    rules: { nowMs, cutoffMs: HOUR_MS, executorTtlMs: 2 * HOUR_MS, requireActiveAxon: true },
  };
  const setThreads = new SetThreads({ threads: 2, ...ofThreads });
  onTestFinished(() => setThreads.close());
  const source = new SqlitePopulationSource({
    database,
    profiles,
    setThreads,
    events: { workerReplaced: workerReplaced ?? unexpected },
    ...(takeTimeoutMs === undefined ? {} : { takeTimeoutMs }),
    ...(inlineProfilesMax === undefined ? {} : { inlineProfilesMax }),
  });
  return { source, setThreads, database, profiles, request };
}

function unexpected(): never {
  throw new Error('the thread failed');
}

/** Miners with 0 to 3 machines, valid and not, fresh and expired, some with GPUs that are counted elsewhere too. */
async function fill(database: SqliteDatabase, clock: ManualClock): Promise<void> {
  const events = new Events({ logger: silentLogger });
  const journal = new SqliteJournal({ database, writes: inlineWrites(database), events, clock });
  const nowMs = clock.now();
  const commits = Array.from({ length: MINERS }, (_, uid) => {
    const executors = Array.from({ length: uid % 4 }, (_, number) =>
      sampleExecutor({
        executorId: `machine-${number}`,
        verifiedAtMs: nowMs - number * HOUR_MS,
        isValid: (uid + number) % 11 !== 0,
        gpus: [gpus(uid, number)],
      }),
    );
    return journal.commit(
      sampleCommit(
        sampleProfile({
          ...{ uid, hotkey: sampleHotkey(uid), registeredAtBlock: 0, executors },
          score: (uid % 100) / 99,
          lastObservedAtMs: nowMs - (uid % 3) * 0.7 * HOUR_MS,
        }),
      ),
    );
  });
  await Promise.all(commits);
}

function gpus(uid: number, number: number): ExecutorGpus {
  const uuids = uid % 2 === 0 ? ['shared'] : [];
  const category = (['H100', 'A100', 'OTHER'][number] ?? '') as CategoryKey;
  return { model: 'a card', category, count: 1 + number, memoryMib: 81_920, uuids };
}

function plain(population: { readonly miners: object; readonly gpus: object }) {
  const columns = (part: object) =>
    Object.fromEntries(Object.entries(part).map(([name, column]) => [name, Array.from(column)]));
  return { miners: columns(population.miners), gpus: columns(population.gpus) };
}
