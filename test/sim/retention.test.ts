/**
 * A validator that runs for months: reports, weight sets and cleanups by a manual clock, through the real stores and a
 * small retention. What is kept must not grow once the first retention period is over, and the ledger must verify always.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cleanup } from '../../src/actors/cleanup.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { GENESIS_DIGEST, type LedgerContent } from '../../src/domain/ledger/ledger-entry.ts';
import { replay } from '../../src/domain/ledger/replay.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { EntryArchive } from '../../src/store/entry-archive.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedger } from '../../src/store/sqlite-ledger.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { SqliteProfileRemover } from '../../src/store/sqlite-profile-remover.ts';
import { SqliteReportRemover } from '../../src/store/sqlite-report-remover.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import { sqliteStores, temporaryDatabase, temporaryFolder } from '../support/temporary-database.ts';

const DAY_MS = 86_400_000;
const SUBNET = { netuid: 39, mecid: 0 };
const DAYS = 120;
const SETS_PER_DAY = 3;
const LEDGER_DAYS = 20;
const REPORTS_DAYS = 10;
const TABLES = [
  'miner_gpu_profiles',
  'miner_executors',
  'verification_reports',
  'miner_prover_results',
  'weight_submissions',
  'emission_metrics',
  'weight_allocation_history',
  'ledger_entries',
  'ledger_inputs',
];

it('keeps a database of months as large as one of its retention, and its ledger whole', async () => {
  const service = await openService();
  const sizes: { rows: readonly number[]; pages: number }[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    await service.liveThrough(day);
    await service.cleanup.runOnce();
    sizes.push({
      rows: await rowCounts(service.database),
      pages: await pageCount(service.database),
    });
    expect(await brokenLinks(service.ledger)).toEqual([]);
    await service.clock.advance(DAY_MS);
  }
  const full = sizes[LEDGER_DAYS + 5];
  expect(full?.rows).toEqual([
    REPORTS_DAYS + 1,
    REPORTS_DAYS + 1,
    10 * (REPORTS_DAYS + 1),
    10 * (REPORTS_DAYS + 1),
    SETS_PER_DAY * (LEDGER_DAYS + 1),
    SETS_PER_DAY * (LEDGER_DAYS + 1),
    expect.any(Number),
    SETS_PER_DAY * (LEDGER_DAYS + 1),
    SETS_PER_DAY * (LEDGER_DAYS + 1),
  ]);
  const afterwards = sizes.slice(LEDGER_DAYS + 5);
  expect(afterwards.map(({ rows }) => rows)).toEqual(afterwards.map(() => full?.rows));
  const pages = afterwards.map((size) => size.pages);
  expect(Math.max(...pages)).toBeLessThanOrEqual((full?.pages ?? 0) * 1.02);
  const deleted = SETS_PER_DAY * (DAYS - LEDGER_DAYS - 1);
  expect(await service.ledger.anchor()).toMatchObject({ deletedCount: deleted });
  expect(readdirSync(service.archiveFolder)).toHaveLength(deleted);
  const oldest = (await service.ledger.anchor())?.digest ?? '';
  expect(await findingsOfKept(service.ledger, oldest)).toEqual([]);
});

async function openService() {
  const database = await temporaryDatabase();
  const stores = sqliteStores(database);
  const clock = new ManualClock(SAMPLE_TIME_MS);
  const archiveFolder = join(temporaryFolder(), 'archive');
  const cleanup = new Cleanup({
    profiles: new SqliteProfileRemover(database),
    reports: new SqliteReportRemover(database),
    ledger: new SqliteLedgerRemover({
      ...{ database, ...SUBNET },
      archive: new EntryArchive(archiveFolder),
    }),
    clock,
    chainTimeMs: () => clock.now(),
    events: new Events({ logger: silentLogger }),
    options: {
      resultsMs: REPORTS_DAYS * DAY_MS,
      profilesMs: REPORTS_DAYS * DAY_MS,
      ledgerMs: LEDGER_DAYS * DAY_MS,
      intervalMs: DAY_MS,
    },
  });
  const decision = await decidedIn({ profiles: sampleMiners(12) });
  return {
    ...{ database, clock, cleanup, archiveFolder },
    ledger: new SqliteLedger({ database, ...SUBNET }),
    /** One new miner with ten reports, and three weight sets, all of this day. */
    async liveThrough(day: number): Promise<void> {
      const nowMs = clock.now();
      await stores.journal.commit(
        sampleCommit(sampleProfile({ uid: day, updatedAtMs: nowMs }), {
          reports: Array.from({ length: 10 }, (_, index) =>
            sampleStoredReport({
              uid: minerUid(day),
              reportId: `report-${day}-${index}`,
              receivedAtMs: nowMs,
            }),
          ),
        }),
      );
      for (let number = 0; number < SETS_PER_DAY; number += 1) {
        const set = {
          ...decision.set,
          block: 1_000 + (day * SETS_PER_DAY + number) * 360,
          decidedAtMs: nowMs,
          updatedAtMs: nowMs,
        };
        await stores.weightSets.record({ ...decision, set });
        await stores.weightSets.update({ ...set, state: 'verified' });
      }
    },
  };
}

async function rowCounts({ query }: SqliteDatabase): Promise<readonly number[]> {
  const counts: number[] = [];
  for (const table of TABLES) {
    const [row] = await query(table).count({ count: '*' });
    counts.push(Number(row?.count));
  }
  return counts;
}

async function pageCount({ query }: SqliteDatabase): Promise<number> {
  const [row]: readonly { page_count: number }[] = await query.raw('pragma page_count');
  return row?.page_count ?? 0;
}

/** Entries that do not follow the one before, or the anchor. */
async function brokenLinks(ledger: SqliteLedger): Promise<readonly number[]> {
  let expected = (await ledger.anchor())?.digest ?? GENESIS_DIGEST;
  const broken: number[] = [];
  for await (const batch of ledger.links()) {
    for (const { block, digest, previousDigest } of batch) {
      if (previousDigest !== expected) broken.push(block);
      expected = digest;
    }
  }
  return broken;
}

/** What a replay of every entry that is left finds. */
async function findingsOfKept(ledger: SqliteLedger, anchor: string): Promise<readonly unknown[]> {
  let previousDigest = anchor;
  const found: unknown[] = [];
  for await (const batch of ledger.links()) {
    for (const { block, digest } of batch) {
      const content: LedgerContent | undefined = await ledger.contentAt(block);
      if (content === undefined) found.push(block);
      else found.push(...replay(content, { digestOf: sha256Hex, previousDigest }));
      previousDigest = digest;
    }
  }
  return found;
}
