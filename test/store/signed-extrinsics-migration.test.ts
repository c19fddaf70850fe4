import { describe, expect, it } from 'vitest';
import { migrationNames } from '../../migrations/index.ts';
import { schemaText } from '../../scripts/schema-text.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import {
  sampleCommitment,
  sampleDecision,
  sampleExtrinsic,
  sampleWeightSet,
} from '../support/weight-set-samples.ts';

const NAME = '0005-signed-extrinsics';
const FAILURE = { reason: 'NOT_REVEALED', message: 'x', action: { kind: 'retry_now' } } as const;

describe('the migration to signed extrinsics and back', () => {
  it('takes what was signed away, calls what was lost failed, and keeps everything else', async () => {
    const { database, weightSets } = await withSets();
    const [committed, lost] = [await weightSets.at(360), await weightSets.at(720)];
    const submissions = await rowsOf(database);
    await beforeIt(database);
    expect(await database.query.schema.hasTable('signed_extrinsics')).toBe(false);
    expect(await rowsOf(database)).toEqual(
      submissions.map((row) => (row.block === 720 ? { ...row, state: 'failed' } : row)),
    );
    await database.query.migrate.latest();
    const { extrinsic: _, ...unsigned } = { ...committed };
    expect(await weightSets.at(360)).toEqual(unsigned);
    expect(await weightSets.at(720)).toEqual({ ...lost, state: 'failed' });
    await weightSets.update(sampleWeightSet({ extrinsic: sampleExtrinsic() }));
    expect((await weightSets.at(360))?.extrinsic).toEqual(sampleExtrinsic());
  });

  it('leaves the rules of a weight set as they were before it', async () => {
    const { database } = await withSets();
    const after = await schemaText(database);
    await beforeIt(database);
    const before = await schemaText(database);
    for (const state of ['lost', 'verified']) {
      const broken = database.query('weight_submissions').where({ block: 720 }).update({ state });
      await expect(broken).rejects.toThrow('CHECK constraint failed');
    }
    await database.query.migrate.latest();
    expect(await schemaText(database)).toBe(after);
    await beforeIt(database);
    expect(await schemaText(database)).toBe(before);
  });
});

/** One set that was committed and one that was lost. */
async function withSets() {
  const database = await temporaryDatabase();
  const { weightSets } = sqliteStores(database);
  const extrinsic = sampleExtrinsic({ commitment: sampleCommitment() });
  for (const block of [360, 720]) await weightSets.record(sampleDecision({ block }));
  await weightSets.update(sampleWeightSet({ state: 'committed', extrinsic }));
  await weightSets.update(sampleWeightSet({ block: 720, state: 'lost', failure: FAILURE }));
  return { database, weightSets };
}

/** Undoes the migration, and those behind it. */
async function beforeIt({ query }: SqliteDatabase): Promise<void> {
  const undone = migrationNames.length - migrationNames.indexOf(NAME);
  for (let count = 0; count < undone; count += 1) await query.migrate.down();
}

function rowsOf({ query }: SqliteDatabase): Promise<Record<string, unknown>[]> {
  return query('weight_submissions').orderBy('id');
}
