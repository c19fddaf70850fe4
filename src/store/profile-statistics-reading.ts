import { type CategoryKey, compareCategories } from '../domain/gpu/catalogue.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import type { ProfileStatistics } from '../domain/profile.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

interface CategoryRow {
  readonly category: string;
  readonly count: number;
  readonly score: number;
}

/** Adding up all profiles at once would hold the event loop for 20 ms when every UID has one. */
const UIDS_PER_STEP = 8_192;

/** Adds up the profiles in steps; a profile that changes meanwhile counts as it was or as it is. */
export class ProfileStatisticsReading {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  async read(): Promise<ProfileStatistics> {
    const sums = new Map<string, { count: number; score: number }>();
    for (let afterUid = -1; afterUid < MINER_UID_MAX; afterUid += UIDS_PER_STEP) {
      const rows = this.#database.read(() =>
        this.#statements.sums.all(afterUid, afterUid + UIDS_PER_STEP),
      );
      for (const { category, count, score } of rows) {
        const sum = sums.get(category) ?? { count: 0, score: 0 };
        sums.set(category, { count: sum.count + count, score: sum.score + score });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { ...statisticsOf(sums), updatedAtMs: this.#database.read(() => this.#updatedAtMs()) };
  }

  #updatedAtMs(): number | undefined {
    const text = this.#statements.newest.get()?.newest ?? undefined;
    if (text === undefined) return undefined;
    return storedRow({ table: 'miner_gpu_profiles', key: 'changed last' }, () =>
      storedTimeMs('last_updated', text),
    );
  }
}

function statisticsOf(
  sums: ReadonlyMap<string, { count: number; score: number }>,
): Pick<ProfileStatistics, 'profileCount' | 'byCategory'> {
  let profileCount = 0;
  for (const { count } of sums.values()) profileCount += count;
  const byCategory = new Map(
    [...sums]
      .sort(([a], [b]) => compareCategories(a, b))
      .map(([category, { count, score }]) => [
        category as CategoryKey,
        { profileCount: count, averageScore: score / count },
      ]),
  );
  return { profileCount, byCategory };
}

function prepare(database: SqliteDatabase) {
  const profiles = () => database.query('miner_gpu_profiles');
  return {
    sums: database.statement<[afterUid: number, lastUid: number], CategoryRow>(
      profiles()
        .select({ category: 'primary_gpu_model' })
        .count({ count: '*' })
        .sum({ score: 'total_score' })
        .where('miner_uid', '>', 'after_uid')
        .where('miner_uid', '<=', 'last_uid')
        .groupBy('primary_gpu_model'),
      ['after_uid', 'last_uid'],
    ),
    newest: database.statement<[], { newest: string | null }>(
      profiles().max({ newest: 'last_updated' }),
      [],
    ),
  };
}
