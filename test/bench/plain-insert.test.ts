import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { plainReports } from '../../bench/ingest-ceiling.ts';
import { PlainInsert } from '../../bench/plain-insert.ts';
import { batchParameters, batchStatement } from '../../bench/postgres-tables.ts';
import { storedRows } from '../../bench/stored-rows.ts';
import { sampleCommit, sampleProfile } from '../support/profile-samples.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const TABLES = [
  'verification_reports',
  'miner_prover_results',
  'miner_gpu_profiles',
  'miner_executors',
];
const commits = [1, 2, 3].map((uid) => sampleCommit(sampleProfile({ uid })));

async function inserted(file: string, reports: Parameters<PlainInsert['insert']>[0]) {
  const insert = await PlainInsert.open({ file, synchronous: 'normal' });
  const { rows } = insert.insert(reports, 2);
  insert.close();
  return rows;
}

function contentsOf(file: string) {
  const database = new Database(file, { readonly: true });
  const contents = TABLES.map((table) => database.prepare(`select * from ${table}`).all());
  database.close();
  return contents;
}

describe('the ceiling of ingest', () => {
  it('writes the rows of every commit: a report, its results, a profile and its executors', async () => {
    const file = join(temporaryFolder(), 'plain.db');
    expect(await inserted(file, commits.flatMap(plainReports))).toBe(12);
    expect(contentsOf(file).map((rows) => rows.length)).toEqual([3, 3, 3, 3]);
  });

  it('writes the same rows again from what is stored', async () => {
    const [first, second] = ['first.db', 'second.db'].map((name) => join(temporaryFolder(), name));
    await inserted(String(first), commits.flatMap(plainReports));
    const { reports, lastId } = storedRows(String(first), 0);
    expect(lastId).toBe(3);
    await inserted(String(second), reports);
    const [reportRows, resultRows] = contentsOf(String(first));
    expect(contentsOf(String(second)).slice(0, 2)).toEqual([reportRows, resultRows]);
    expect(contentsOf(String(second))[2]).toMatchObject([
      { miner_uid: 1, revision: 1 },
      { miner_uid: 2, revision: 2 },
      { miner_uid: 3, revision: 3 },
    ]);
  });

  it('goes on behind what was read before', async () => {
    const file = join(temporaryFolder(), 'plain.db');
    await inserted(file, commits.flatMap(plainReports));
    expect(storedRows(file, 2).reports).toHaveLength(1);
    expect(storedRows(file, 3)).toEqual({ reports: [], lastId: 3 });
  });
});

describe('the batch for PostgreSQL', () => {
  it('has a column of values for every parameter of its statement', () => {
    const parameters = batchParameters(commits.flatMap(plainReports), 10);
    const numbers = [...batchStatement().matchAll(/\$(\d+)::/g)].map(([, number]) =>
      Number(number),
    );
    expect(numbers).toEqual(parameters.map((_, index) => index + 1));
    expect(parameters[0]).toEqual([10, 11, 12]);
  });
});
