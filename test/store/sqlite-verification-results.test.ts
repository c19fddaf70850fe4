import { describe, expect, it } from 'vitest';
import { SqliteVerificationResults } from '../../src/store/sqlite-verification-results.ts';
import { queryPlans } from '../support/query-plans.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';

const REPORT = 'SEARCH v USING INTEGER PRIMARY KEY (rowid=?)';

describe('verification results in SQLite', () => {
  it('are found through an index and never sorted, whatever the filters', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => new SqliteVerificationResults(database));
    const rest = 'verification_timestamp=? AND rowid<?';
    const below = 'verification_timestamp>? AND verification_timestamp<?';
    const byTime = 'SEARCH r USING INDEX idx_prover_results_timestamp';
    const byMiner = 'SEARCH r USING INDEX idx_prover_results_miner';
    const ofMiner = [
      [`${byMiner} (miner_uid=? AND ${rest})`, REPORT],
      [`${byMiner} (miner_uid=? AND ${below})`, REPORT],
    ];
    expect(plans).toEqual([
      [`${byTime} (${rest})`, REPORT],
      [`${byTime} (${below})`, REPORT],
      ...ofMiner,
      ...ofMiner,
    ]);
  });
});
