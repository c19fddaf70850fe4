import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Events, type Logger, silentLogger, type TraceLink } from '../../src/events.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteJournal, type SqliteJournalLimits } from '../../src/store/sqlite-journal.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import {
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import {
  inlineWrites,
  sqliteStores,
  temporaryDatabase,
  temporaryFolder,
} from '../support/temporary-database.ts';

const CHILD = fileURLToPath(new URL('../support/processes/committing-process.ts', import.meta.url));
/** A profile, an executor, a report and its result. */
const ROWS_PER_COMMIT = 4;

describe('the journal', () => {
  it('shares one transaction between the commits of one turn, by rising UID', async () => {
    const { journal, batches, rows } = await observed();
    await Promise.all([9, 3, 6].map((uid) => journal.commit(commitOf(uid))));
    expect(batches()).toEqual([{ commits: 3, reports: 3, rows: 3 * ROWS_PER_COMMIT }]);
    expect((await rows('verification_reports')).map((row) => row.miner_uid)).toEqual([3, 6, 9]);
  });

  it('keeps the order of the commits of one miner', async () => {
    const { journal, rows } = await observed();
    const commits = [1, 2, 3].map((revision) => commitOf(7, revision));
    const results = await Promise.all(commits.map((commit) => journal.commit(commit)));
    expect(results.map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
    expect(await rows('miner_gpu_profiles')).toMatchObject([{ revision: 3 }]);
  });

  it('closes a group before it exceeds the limit, unless one commit does', async () => {
    const { journal, batches } = await observed({ rowsPerTransactionMax: 2 * ROWS_PER_COMMIT });
    const many = Array.from({ length: 9 }, (_, index) =>
      sampleExecutor({ executorId: `executor-${index}` }),
    );
    const large = sampleCommit(sampleProfile({ uid: 4, executors: many }));
    await Promise.all([
      ...[1, 2, 3].map((uid) => journal.commit(commitOf(uid))),
      journal.commit(large),
      journal.commit(commitOf(5)),
    ]);
    expect(batches().map(({ commits, rows }) => [commits, rows])).toEqual([
      [2, 8],
      [1, 4],
      [1, 20],
      [1, 4],
    ]);
  });

  it('makes a large group in steps, between which others have their turn', async () => {
    const { journal, batches } = await observed();
    const commits = Array.from({ length: 400 }, (_, index) => journal.commit(commitOf(index)));
    let turnCount = 0;
    const count = () => {
      turnCount += 1;
      turn = setImmediate(count);
    };
    let turn = setImmediate(count);
    const closed = journal.close();
    const results = await Promise.all(commits);
    clearImmediate(turn);
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['committed']));
    // Telling 400 results takes two turns more than telling one.
    expect(turnCount).toBeGreaterThan(5);
    await closed;
    expect(batches().map((batch) => batch.commits)).toEqual([400]);
  });

  it('goes on after a group that could not be made', async () => {
    const { journal, rows } = await observed();
    const impossible = sampleCommit(sampleProfile({ uid: 100, updatedAtMs: -1 }));
    const commits = Array.from({ length: 150 }, (_, uid) =>
      journal.commit(uid === 100 ? impossible : commitOf(uid)),
    );
    const results = await Promise.allSettled(commits);
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(await rows('verification_reports')).toEqual([]);
    expect(await journal.commit(commitOf(1))).toEqual({ kind: 'committed' });
  });

  it('refuses what would make too many rows wait, and takes more once they are written', async () => {
    const { journal } = await observed({ rowsWaitingMax: 2 * ROWS_PER_COMMIT });
    const taken = [1, 2].map((uid) => journal.commit(commitOf(uid)));
    await expect(journal.commit(commitOf(3))).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { retryAfterMs: 1_000 },
    });
    await Promise.all(taken);
    expect(await journal.commit(commitOf(3))).toEqual({ kind: 'committed' });
  });

  it('links a batch to each stream that fed it once', async () => {
    const { journal, links } = await observed();
    const [a, b] = [link('a'), link('b')];
    await Promise.all([
      journal.commit({ ...commitOf(1), links: [a] }),
      journal.commit({ ...commitOf(2), links: [a, b] }),
    ]);
    expect(links()).toEqual([[a, b]]);
  });

  it('reports only what was committed', async () => {
    const { journal, batches } = await observed();
    await journal.commit(commitOf(1));
    expect(await journal.commit(commitOf(1))).toMatchObject({ kind: 'known_reports' });
    await Promise.all([journal.commit(commitOf(1)), journal.commit(commitOf(2))]);
    expect(batches().map(({ commits }) => commits)).toEqual([1, 1]);
  });

  it('fails a commit that breaks a constraint without its neighbours', async () => {
    const { journal, batches, profiles } = await observed();
    const broken = sampleCommit(sampleProfile({ uid: 2, score: 1.5 }));
    const results = await Promise.allSettled(
      [commitOf(1), broken, commitOf(3)].map((commit) => journal.commit(commit)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { reason } = results[1] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(AssertionError);
    expect(reason.message).toContain('valid_score');
    expect(batches()).toMatchObject([{ commits: 2 }]);
    expect(await profiles.count()).toBe(2);
  });

  it('fails a commit that names a report twice', async () => {
    const { journal, rows } = await observed();
    const reports = [sampleStoredReport(), sampleStoredReport()];
    const twice = sampleCommit(sampleProfile(), { reports });
    await expect(journal.commit(twice)).rejects.toThrow('a commit names a report twice');
    expect(await rows('verification_reports')).toEqual([]);
  });

  it('rejects every commit of a transaction that fails, logs it once and goes on', async () => {
    const { journal, batches, errors, database, profiles } = await observed();
    const other = new Database(database.file);
    onTestFinished(() => {
      other.close();
    });
    other.exec('begin immediate');
    const results = await Promise.allSettled([1, 2].map((uid) => journal.commit(commitOf(uid))));
    expect(results).toMatchObject([
      { reason: { code: 'store_unavailable' } },
      { reason: { code: 'store_unavailable' } },
    ]);
    expect(errors).toEqual(['journal failed and goes on']);
    expect(batches()).toEqual([]);
    other.exec('rollback');
    await journal.commit(commitOf(1));
    expect(await profiles.count()).toBe(1);
  });

  it('lets other work run between two transactions', async () => {
    const { journal } = await observed({ rowsPerTransactionMax: 1 });
    const order: string[] = [];
    const commits = [1, 2].map(async (uid) => {
      await journal.commit(commitOf(uid));
      order.push(`commit ${uid}`);
    });
    setImmediate(() => order.push('other work'));
    await Promise.all(commits);
    expect(order).toEqual(['commit 1', 'other work', 'commit 2']);
  });

  it('drains what it has taken and takes nothing once closed', async () => {
    const { journal, profiles } = await observed({ rowsPerTransactionMax: 1 });
    await journal.drain();
    const taken = [1, 2, 3].map((uid) => journal.commit(commitOf(uid)));
    const closed = journal.close();
    await expect(journal.commit(commitOf(4))).rejects.toMatchObject({ code: 'store_unavailable' });
    await closed;
    expect(await profiles.count()).toBe(3);
    await Promise.all(taken);
    await journal.drain();
  });

  it('lets one of two processes that start from the same revision win', async () => {
    const database = await temporaryDatabase();
    const second = await temporaryDatabase({ file: database.file });
    const [here, there] = [sqliteStores(database), sqliteStores(second)];
    await here.journal.commit(commitOf(7));
    const commits = ['here', 'there'].map((reportId) =>
      sampleCommit(sampleProfile({ revision: 2 }), {
        reports: [sampleStoredReport({ reportId })],
      }),
    );
    const [first, late] = commits;
    if (first === undefined || late === undefined) throw new Error('two commits');
    const results = await Promise.all([here.journal.commit(first), there.journal.commit(late)]);
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['committed', 'revision_conflict']);
    expect(await here.rows('verification_reports')).toHaveLength(2);
  });
});

describe('a process that is killed while it commits', () => {
  it('loses nothing that was acknowledged and leaves no half commit', async () => {
    const file = join(temporaryFolder(), 'assay.db');
    const acknowledged = await acknowledgedBeforeKill(file);
    const { profiles, rows } = sqliteStores(await temporaryDatabase({ file }));
    const reports = await rows('verification_reports');
    const results = await rows('miner_prover_results');
    const revisions = new Map<number, number>();
    for await (const batch of profiles.all()) {
      for (const { miner, revision, executors } of batch) {
        revisions.set(miner.uid, revision);
        expect(reports.filter((row) => row.miner_uid === miner.uid)).toHaveLength(revision);
        expect([...executors.values()].map((each) => each.networkBandwidthMbps)).toEqual(
          Array.from({ length: 3 }, () => revision),
        );
      }
    }
    expect(results).toHaveLength(3 * reports.length);
    for (const [uid, revision] of acknowledged) {
      expect(revisions.get(uid)).toBeGreaterThanOrEqual(revision);
    }
  });
});

/** The newest revision of each miner that the process said was committed, before it was killed in full run. */
async function acknowledgedBeforeKill(file: string): Promise<ReadonlyMap<number, number>> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const acknowledged = new Map<number, number>();
  let lines = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [uid, revision] = line.split(' ').map(Number);
    // A line that was cut off by the kill says nothing.
    if (uid !== undefined && revision !== undefined) acknowledged.set(uid, revision);
    lines += 1;
    if (lines === 2_000) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

function commitOf(uid: number, revision = 1) {
  return sampleCommit(sampleProfile({ uid, revision, hotkey: sampleHotkey(uid) }));
}

function link(name: string): TraceLink {
  return { traceId: name.repeat(32), spanId: name.repeat(16), traceFlags: 1 };
}

/** A journal with a look at its spans and log lines. */
async function observed(limits: Partial<SqliteJournalLimits> = {}) {
  const database: SqliteDatabase = await temporaryDatabase({ busyTimeoutMs: 20 });
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_, message) => errors.push(message) };
  const events = new Events({ logger, tracer: provider.getTracer('test') });
  const journal = new SqliteJournal({
    ...{ database, writes: inlineWrites(database) },
    ...{ events, clock: new ManualClock(), limits },
  });
  await settle();
  return {
    ...sqliteStores(database),
    database,
    journal,
    errors,
    batches: () =>
      exporter.getFinishedSpans().map(({ attributes }) => ({
        commits: attributes['assay.commits'],
        reports: attributes['assay.reports'],
        rows: attributes['db.operation.batch.size'],
      })),
    links: () =>
      exporter.getFinishedSpans().map(({ links }) => links.map(({ context }) => context)),
  };
}
