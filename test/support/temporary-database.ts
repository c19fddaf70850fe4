import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type {
  EmissionConfigStore,
  Journal,
  ProfileReader,
  WeightSetStore,
} from '../../src/actors/ports.ts';
import type {
  LedgerRemover,
  ProfileRemover,
  VerificationReportRemover,
  VerificationResultReader,
  WeightHistoryReader,
} from '../../src/actors/record-ports.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteEmissionConfigStore } from '../../src/store/sqlite-emission-config-store.ts';
import { SqliteJournal } from '../../src/store/sqlite-journal.ts';
import { SqliteLedger } from '../../src/store/sqlite-ledger.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { SqliteProfileRemover } from '../../src/store/sqlite-profile-remover.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import { SqliteReportRemover } from '../../src/store/sqlite-report-remover.ts';
import { SqliteVerificationResults } from '../../src/store/sqlite-verification-results.ts';
import { SqliteWeightHistory } from '../../src/store/sqlite-weight-history.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { SqliteWrites } from '../../src/store/sqlite-writes.ts';
import { ManualClock } from './manual-clock.ts';

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that goes when the last test of the file, or of the `describe` around the call, ends. */
export function sharedTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A migrated database in a file of its own; closed and removed when the test ends. */
export async function temporaryDatabase(
  options: { file?: string; busyTimeoutMs?: number } = {},
): Promise<SqliteDatabase> {
  const database = await SqliteDatabase.open({
    file: join(temporaryFolder(), 'assay.db'),
    ...options,
  });
  onTestFinished(() => database.close());
  return database;
}

/** Every store over one database, and a way to look at its rows from outside of them. */
export interface Stores {
  readonly journal: Journal;
  readonly profiles: ProfileReader;
  readonly emissionConfigs: EmissionConfigStore;
  readonly weightSets: WeightSetStore;
  readonly ledger: Pick<SqliteLedger, keyof SqliteLedger>;
  readonly weightHistory: WeightHistoryReader;
  readonly verificationResults: VerificationResultReader;
  readonly profileRemover: ProfileRemover;
  readonly reportRemover: VerificationReportRemover;
  readonly ledgerRemover: LedgerRemover;
  /** Every row of a table, in the order of its key. */
  rows(table: string): Promise<readonly Record<string, unknown>[]>;
  /** Writes a column of every row of a table. */
  overwrite(table: string, values: Record<string, unknown>): Promise<void>;
}

/** Years after every sample. */
export const REMOVAL_TIME_MS = Date.UTC(2030, 0, 1);

/** A database that the contract holds for. */
export interface TestedDatabase {
  readonly name: string;
  open(): Promise<Stores>;
}

export const TESTED_DATABASES: readonly TestedDatabase[] = [
  { name: 'SQLite', open: async () => sqliteStores(await temporaryDatabase()) },
];

/** What the stores write on this thread. */
export function inlineWrites(database: SqliteDatabase): SqliteWrites {
  return new SqliteWrites({ database, netuid: 39, mecid: 0 });
}

export function sqliteStores(database: SqliteDatabase): Stores {
  const events = new Events({ logger: silentLogger });
  return {
    journal: new SqliteJournal({
      ...{ database, writes: inlineWrites(database) },
      ...{ events, clock: new ManualClock() },
    }),
    profiles: new SqliteProfileStore(database),
    emissionConfigs: new SqliteEmissionConfigStore(database),
    weightSets: new SqliteWeightSetStore({ database, netuid: 39, mecid: 0 }),
    ledger: new SqliteLedger({ database, netuid: 39, mecid: 0 }),
    weightHistory: new SqliteWeightHistory({ database, netuid: 39, mecid: 0 }),
    verificationResults: new SqliteVerificationResults(database),
    profileRemover: new SqliteProfileRemover(database),
    reportRemover: new SqliteReportRemover(database),
    ledgerRemover: new SqliteLedgerRemover({ database, netuid: 39, mecid: 0 }),
    rows: (table) => database.query(table).orderBy(1),
    overwrite: (table, values) => database.query(table).update(values),
  };
}
