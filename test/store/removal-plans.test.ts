import { describe, expect, it } from 'vitest';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { SqliteProfileRemover } from '../../src/store/sqlite-profile-remover.ts';
import { SqliteProfileStore } from '../../src/store/sqlite-profile-store.ts';
import { SqliteReportRemover } from '../../src/store/sqlite-report-remover.ts';
import { queryPlans } from '../support/query-plans.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';

describe('what is deleted', () => {
  it.each<[string, (database: SqliteDatabase) => unknown, string]>([
    [
      'profiles by their last change',
      (database) => new SqliteProfileRemover(database),
      'SEARCH miner_gpu_profiles USING INDEX idx_gpu_profiles_updated (last_updated<?)',
    ],
    [
      'reports by when they were received',
      (database) => new SqliteReportRemover(database),
      'SEARCH verification_reports USING COVERING INDEX idx_verification_reports_received (received_time<?)',
    ],
    [
      'weight sets by their block',
      ledgerRemover,
      'SEARCH s USING INDEX unique_weight_submission (netuid=? AND mecid=?)',
    ],
    [
      'rows without a weight set by their missing link',
      ledgerRemover,
      'SEARCH emission_metrics USING COVERING INDEX idx_emission_metrics_submission (weight_submission_id=?)',
    ],
  ])('is found through an index and never sorted: %s', async (_, prepare, step) => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => prepare(database));
    expect(plans.flat()).toContain(step);
    expect(plans.flat().filter((each) => /^SCAN (?!CONSTANT)|TEMP B-TREE/.test(each))).toEqual([]);
  });
});

describe('profiles that changed since a time', () => {
  it('are found through the index of times, in one category through its own', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => new SqliteProfileStore(database));
    expect(plans).toContainEqual([
      'SEARCH miner_gpu_profiles USING INTEGER PRIMARY KEY (rowid=?)',
      'LIST SUBQUERY 1',
      'SEARCH miner_gpu_profiles USING COVERING INDEX idx_gpu_profiles_updated (last_updated>?)',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
    expect(plans.flat().filter((step) => step.includes('idx_gpu_profiles_model'))).toEqual([
      'SEARCH miner_gpu_profiles USING INDEX idx_gpu_profiles_model (primary_gpu_model=? AND rowid>?)',
      'SEARCH miner_gpu_profiles USING INDEX idx_gpu_profiles_model (primary_gpu_model=? AND rowid>?)',
    ]);
  });

  it('add up by ranges of UIDs', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => new SqliteProfileStore(database));
    expect(plans.flat()).toContain(
      'SEARCH miner_gpu_profiles USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    );
  });
});

function ledgerRemover(database: SqliteDatabase) {
  return new SqliteLedgerRemover({ database, netuid: 39, mecid: 0 });
}
