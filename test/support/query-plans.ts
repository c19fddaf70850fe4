import { vi } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';

/** The plan of every statement that `prepare` makes of a database, as SQLite explains it. */
export async function queryPlans(
  database: SqliteDatabase,
  prepare: () => unknown,
): Promise<readonly string[][]> {
  const prepared = vi.spyOn(SqliteDatabase.prototype, 'statement');
  prepare();
  const sources = prepared.mock.results.map(({ value }) => String(value.source));
  prepared.mockRestore();
  const plans: string[][] = [];
  for (const source of sources) {
    const unbound = source.replaceAll('?', "'1'");
    const steps: readonly { detail: string }[] = await database.query.raw(
      `explain query plan ${unbound}`,
    );
    plans.push(steps.map(({ detail }) => detail));
  }
  return plans;
}
