import { describe, expect, it } from 'vitest';
import { SqliteWeightHistory } from '../../src/store/sqlite-weight-history.ts';
import { queryPlans } from '../support/query-plans.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';

const LOOK_UPS = [
  'SEARCH m USING INTEGER PRIMARY KEY (rowid=?)',
  'SEARCH s USING INTEGER PRIMARY KEY (rowid=?)',
];

const PENDING_INDEX = 'sqlite_autoindex_pending_weight_history_1';

/** Whether rows are pending, the chunks of a decision, and the oldest block that has some. */
const PENDING_PLANS = [
  [`SEARCH pending_weight_history USING COVERING INDEX ${PENDING_INDEX} (emission_metrics_id=?)`],
  ...Array.from({ length: 3 }, () => [
    `SEARCH pending_weight_history USING INDEX ${PENDING_INDEX} (emission_metrics_id=?)`,
  ]),
  [`SEARCH p USING COVERING INDEX ${PENDING_INDEX} (emission_metrics_id>?)`, ...LOOK_UPS],
];

/** The rest of a block, and the blocks below it. */
function pairPlans(index: string, equal = '') {
  const search = `SEARCH h USING INDEX ${index} (${equal}weight_set_block`;
  return [
    [`${search}=? AND rowid<?)`, ...LOOK_UPS],
    [`${search}>? AND weight_set_block<?)`, ...LOOK_UPS],
  ];
}

describe('the weight history in SQLite', () => {
  it('is found through the index of its filter and never sorted, whatever the filters', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(
      database,
      () => new SqliteWeightHistory({ database, netuid: 39, mecid: 0 }),
    );
    const ofMiner = pairPlans('idx_weight_history_miner', 'miner_uid=? AND ');
    expect(plans).toEqual([
      ...PENDING_PLANS,
      [
        'SEARCH weight_submissions USING COVERING INDEX unique_weight_submission (netuid=? AND mecid=?)',
      ],
      [
        'SEARCH weight_submissions USING COVERING INDEX unique_weight_submission (netuid=? AND mecid=?)',
      ],
      [
        'SEARCH emission_metrics USING INDEX idx_emission_metrics_timestamp (timestamp>? AND timestamp<?)',
      ],
      [
        'SEARCH s USING INDEX unique_weight_submission (netuid=? AND mecid=? AND block>? AND block<?)',
        'SEARCH m USING INDEX idx_emission_metrics_submission (weight_submission_id=?)',
      ],
      ...pairPlans('idx_weight_history_block'),
      ...pairPlans('idx_weight_history_category', 'gpu_category=? AND '),
      ...ofMiner,
      ...ofMiner,
      ...ofMiner,
      ...ofMiner,
    ]);
  });
});
