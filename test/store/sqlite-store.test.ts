import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { MinerCommit, WeightDecision } from '../../src/actors/ports.ts';
import type { EmissionConfigVersion } from '../../src/domain/emission.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { CommitColumnsBuilder } from '../../src/store/commit-columns.ts';
import { SqliteStore } from '../../src/store/sqlite-store.ts';
import { WriterThread } from '../../src/store/writer-thread.ts';
import { readRows } from '../support/database-files.ts';
import { decidedIn } from '../support/decision-samples.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  DECISION_TABLES,
  decisionRows,
  pairsOfDecision,
  record,
  severalChunks,
} from '../support/pending-history.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import { temporaryDatabase, temporaryFolder } from '../support/temporary-database.ts';
import { sampleExtrinsic } from '../support/weight-set-samples.ts';

const SUBNET = { netuid: 39, mecid: 0 };

async function openStore({ file, archiveDir }: { file?: string; archiveDir?: string } = {}) {
  const path = file ?? join(temporaryFolder(), 'assay.db');
  const store = await SqliteStore.open({
    ...{
      file: path,
      synchronous: 'full',
      ...SUBNET,
      archiveDir,
      rowsWaitingMax: 100_000,
      setThreads: 1,
    },
    ...{ events: new Events({ logger: silentLogger }), clock: new ManualClock() },
  });
  onTestFinished(() => store.close().catch(() => undefined));
  return { store, path };
}

function commitOf(uid: number, revision = 1): MinerCommit {
  return sampleCommit(sampleProfile({ uid, revision, hotkey: sampleHotkey(uid) }));
}

describe('a store whose writes are on a thread of their own', () => {
  it('stores commits and reads them on this thread', async () => {
    const { store } = await openStore();
    const results = await Promise.all([1, 2, 3].map((uid) => store.journal.commit(commitOf(uid))));
    expect(results).toEqual(results.map(() => ({ kind: 'committed' })));
    const again = commitOf(2, 2);
    expect((await store.journal.commit(again)).kind).toBe('committed');
    expect(await store.profiles.get(minerUid(2))).toEqual(again.next);
    expect(await store.profiles.count()).toBe(3);
    expect(await store.verificationResults.page({ limit: 9 })).toHaveLength(4);
  });

  it('tells known reports, conflicts and revisions that go on as they are', async () => {
    const { store } = await openStore();
    const first = commitOf(7);
    await store.journal.commit(first);
    const [stored] = first.reports;
    expect(await store.journal.commit(first)).toEqual({
      kind: 'known_reports',
      digests: new Map([[expect.any(String), stored?.digest]]),
    });
    const reports = [sampleStoredReport({ uid: minerUid(7), reportId: 'another' })];
    const late = { ...commitOf(7, 9), reports };
    expect(await store.journal.commit(late)).toEqual({ kind: 'revision_conflict' });
    expect(await store.removers.profiles.delete(minerUid(7))).toEqual(first.next);
    const fresh = { ...commitOf(7), reports };
    expect(await store.journal.commit(fresh)).toEqual({ kind: 'committed', revision: 2 });
  });

  it('takes a group that is larger than its columns are at first', async () => {
    const { store } = await openStore();
    const executors = Array.from({ length: 4_000 }, (_, index) =>
      sampleExecutor({ executorId: `executor-${index}`, networkBandwidthMbps: index }),
    );
    const large = sampleCommit(sampleProfile({ uid: 5, executors }));
    expect((await store.journal.commit(large)).kind).toBe('committed');
    expect(await store.profiles.get(minerUid(5))).toEqual(large.next);
  });

  it('fails a broken commit as the bug that it is, and only that', async () => {
    const { store } = await openStore();
    const broken = sampleCommit(sampleProfile({ uid: 2, score: 1.5 }));
    const [good, bad] = await Promise.allSettled(
      [commitOf(1), broken].map((commit) => store.journal.commit(commit)),
    );
    expect(good?.status).toBe('fulfilled');
    const { reason } = bad as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(AssertionError);
    expect(await store.profiles.count()).toBe(1);
  });

  it('records weight sets and their changes', async () => {
    const { store } = await openStore();
    const decision = await decidedIn({ block: 360 });
    await store.weightSets.record(decision);
    expect(await store.weightSets.latest()).toEqual(decision.set);
    await expect(store.weightSets.record(decision)).rejects.toMatchObject({
      code: 'weight_set_in_progress',
    });
    const extrinsic = sampleExtrinsic();
    const changed = {
      ...decision.set,
      state: 'submitted',
      extrinsicHash: '0xab',
      extrinsic,
    } as const;
    await store.weightSets.update(changed);
    expect(await store.weightSets.at(360)).toEqual(changed);
    const failure = {
      reason: 'Refused',
      message: 'by the chain',
      action: { kind: 'stop' },
    } as const;
    await store.weightSets.update({ ...changed, state: 'failed', failure });
    expect(await store.weightSets.latestTaken()).toBeUndefined();
    expect(await store.weightSets.unfinished()).toEqual([]);
    expect(await store.weightSets.newestBlock()).toBe(360);
  });

  it('appends configurations, once each', async () => {
    const { store } = await openStore();
    const version: EmissionConfigVersion = {
      ...{ config: defaultEmissionConfig(), version: 1, digest: 'a'.repeat(64) },
      ...{ source: 'file', createdAtMs: SAMPLE_TIME_MS },
    };
    expect(await store.emissionConfigs.append(version)).toBe(true);
    expect(await store.emissionConfigs.append(version)).toBe(false);
    expect(await store.emissionConfigs.latest()).toEqual(version);
    expect(await store.emissionConfigs.at(version.version)).toEqual(version);
    expect(await store.emissionConfigs.page({ limit: 2 })).toEqual([version]);
    expect(await store.emissionConfigs.latestFromFile()).toBeDefined();
  });

  it('removes what is old, and archives entries first', async () => {
    const archiveDir = join(temporaryFolder(), 'archive');
    const { store } = await openStore({ archiveDir });
    await store.journal.commit(commitOf(1));
    for (const block of [360, 720]) {
      const decision = await decidedIn({ block });
      await store.weightSets.record(decision);
      await store.weightSets.update({ ...decision.set, state: 'verified' });
    }
    const { profiles, reports, ledger } = store.removers;
    const nowMs = SAMPLE_TIME_MS + 86_400_000;
    expect(await profiles.deleteOlderThan(nowMs, 10)).toBe(1);
    expect(await reports.deleteReceivedBefore(nowMs, 10)).toBe(1);
    expect(await ledger.deleteOldest({ decidedBeforeMs: nowMs, nowMs })).toBe(360);
    expect(await ledger.deleteOldest({ decidedBeforeMs: nowMs, nowMs })).toBeUndefined();
    expect(await ledger.sweep(1_000)).toBeGreaterThan(0);
    expect(readdirSync(archiveDir)).toEqual(['39-0-360.json']);
  });

  it('answers with store_unavailable while another process holds the lock, and goes on afterwards', async () => {
    const { store, path } = await openStore();
    await store.journal.commit(commitOf(1));
    const other = new Database(path);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    await expect(store.journal.commit(commitOf(2))).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { retryAfterMs: 1_000, metadata: { sqlite_code: 'SQLITE_BUSY' } },
    });
    other.exec('rollback');
    expect((await store.journal.commit(commitOf(2))).kind).toBe('committed');
  });

  it('moves the log into the file when it closes, and writes nothing more', async () => {
    const { store, path } = await openStore();
    await store.journal.commit(commitOf(1));
    await store.journal.close();
    await store.close();
    expect(readdirSync(join(path, '..'))).toEqual(['assay.db']);
    await expect(store.removers.profiles.delete(minerUid(1))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });

  it('writes on this thread when the database is in memory', async () => {
    const { store } = await openStore({ file: ':memory:' });
    expect((await store.journal.commit(commitOf(1))).kind).toBe('committed');
    const decision = await decidedIn({ block: 360 });
    await store.weightSets.record(decision);
    expect(await store.weightSets.latest()).toEqual(decision.set);
  });
});

describe('a decision of more than four thousand pairs', () => {
  it('is written by the thread, its rows after it', async () => {
    const [{ store, path }, large] = [await openStore(), await largeDecision()];
    await store.weightSets.record(large);
    expect(await store.weightSets.latest()).toEqual(large.set);
    expect((await store.ledger.contentAt(1_000))?.pairs).toEqual(pairsOfDecision(large));
    // Reports have their turns between the chunks.
    const committed = await Promise.all(
      [1, 2, 3].map((uid) => store.journal.commit(commitOf(uid))),
    );
    expect(committed.map(({ kind }) => kind)).toEqual(Array(3).fill('committed'));
    await expectWritten(path, large);
    expect(await store.weightHistory.pairs({ limit: 1 })).toMatchObject([{ block: 1_000 }]);
  });

  it('is completed after the next start when the store is closed right after it', async () => {
    const [{ store, path }, large] = [await openStore(), await largeDecision()];
    await store.weightSets.record(large);
    await store.close();
    const pending = readRows(path, 'select first_pair from pending_weight_history');
    expect(pending).toHaveLength(9);
    const written = readRows(path, 'select id from weight_allocation_history').length;
    expect(written).toBeLessThan(pairsOfDecision(large).length);
    const { store: reopened } = await openStore({ file: path });
    await expectWritten(path, large);
    expect((await reopened.ledger.contentAt(1_000))?.pairs).toEqual(pairsOfDecision(large));
    expect(await reopened.weightHistory.pairs({ limit: 1 })).toMatchObject([{ block: 1_000 }]);
  });

  it('is completed in memory as well, and whatever else waits has its turns meanwhile', async () => {
    const [{ store }, large] = [await openStore({ file: ':memory:' }), await largeDecision()];
    await store.weightSets.record(large);
    let turns = 0;
    while ((await store.weightHistory.pairs({ limit: 1 })).length === 0) {
      turns += 1;
      await setImmediate();
    }
    expect(turns).toBeGreaterThan(5);
    const rows = await store.weightHistory.pairs({ limit: 100_000 });
    expect(rows).toHaveLength(pairsOfDecision(large).length);
  });
});

async function largeDecision(): Promise<WeightDecision> {
  const large = await severalChunks(1_000, 2_600);
  expect(pairsOfDecision(large).length).toBeGreaterThan(4_000);
  return large;
}

/** Waits until nothing is pending: then the rows are those of the same decision that was written at once. */
async function expectWritten(path: string, decision: WeightDecision): Promise<void> {
  await vi.waitFor(
    () => expect(readRows(path, 'select 1 from pending_weight_history')).toEqual([]),
    { timeout: 20_000 },
  );
  const whole = await temporaryDatabase();
  await record(whole, decision, Number.MAX_SAFE_INTEGER);
  const expected = await decisionRows(whole);
  const found = await decisionRows(await temporaryDatabase({ file: path }));
  for (const table of DECISION_TABLES) expect(found[table], table).toEqual(expected[table]);
}

describe('a thread that dies', () => {
  it('fails what it had not answered as unavailable, and the next write has another', async () => {
    const { file } = await temporaryDatabase();
    const workerUrl = new URL('../support/workers/dying-once-store.worker.ts', import.meta.url);
    const lost: unknown[] = [];
    const onLost = (error: unknown) => void lost.push(error);
    const settings = { file, synchronous: 'normal', ...SUBNET } as const;
    const thread = new WriterThread(settings, { onLost, workerUrl });
    onTestFinished(() => thread.writes.close());
    const group = () => {
      const columns = new CommitColumnsBuilder();
      columns.add(commitOf(1));
      return columns.build();
    };
    await expect(thread.writes.writeGroup(group())).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { retryAfterMs: 1_000 },
    });
    expect(lost).toHaveLength(1);
    expect((await thread.writes.writeGroup(group())).exceptions.size).toBe(0);
  });
});
