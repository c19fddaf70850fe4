import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WeightDecision } from '../../src/actors/ports.ts';
import { packText, unpackLines } from '../../src/lib/packed-lines.ts';
import { HistoryWriter } from '../../src/store/history-writer.ts';
import { checkDatabase } from '../../src/store/sqlite-check.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import {
  decisionRows,
  pairsOfDecision,
  record,
  rowsOf,
  severalChunks,
  writeAll,
  writtenCount,
} from '../support/pending-history.ts';
import { queryPlans } from '../support/query-plans.ts';
import { sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

const ALL_ROWS = Number.MAX_SAFE_INTEGER;

let decision: WeightDecision;

beforeAll(async () => {
  decision = await severalChunks();
});

describe('what is pending', () => {
  it('is found through its keys and never sorted', async () => {
    const database = await temporaryDatabase();
    const plans = await queryPlans(database, () => new HistoryWriter(database));
    expect(plans.length).toBeGreaterThan(5);
    // Whether anything is pending is seen by looking at all of it, which is nearly always nothing.
    expect(plans.flat().filter((step) => /^SCAN (?!CONSTANT)|TEMP B-TREE/.test(step))).toEqual([
      'SCAN pending_weight_history USING COVERING INDEX sqlite_autoindex_pending_weight_history_1',
    ]);
    const all = plans.flat().join('; ');
    expect(all).toContain(
      'pending_weight_history USING INDEX sqlite_autoindex_pending_weight_history_1 (emission_metrics_id=? AND first_pair<?)',
    );
    expect(all).toContain('idx_weight_history_metrics (emission_metrics_id=?)');
  });

  it('takes no lock when there is nothing', async () => {
    const database = await temporaryDatabase({ busyTimeoutMs: 20 });
    locked(database);
    expect(new HistoryWriter(database).writeNext()).toBe(0);
  });
});

describe('rows that cannot be written', () => {
  it.each([1, 3])('because the disk is full stay pending, after %d chunks', async (count) => {
    const [database, whole] = await pendingAfter(count, await severalChunks(1_000, 2_600));
    const before = await decisionRows(database);
    const [{ page_count: pages }] = await database.query.raw('pragma page_count');
    await database.query.raw(`pragma max_page_count = ${pages}`);
    const writer = new HistoryWriter(database);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(() => writer.writeNext()).toThrow(
        expect.objectContaining({ code: 'store_unavailable' }),
      );
      expect(await decisionRows(database)).toEqual(before);
    }
    await database.query.raw('pragma max_page_count = 1000000');
    expect(writer.writeNext()).toBeGreaterThan(0);
    writeAll(database);
    expect(await decisionRows(database)).toEqual(whole);
  });

  it('because another process has the lock stay pending', async () => {
    const [database, whole] = await pendingAfter(2);
    const before = await decisionRows(database);
    const other = locked(database);
    const writer = new HistoryWriter(database);
    expect(() => writer.writeNext()).toThrow(
      expect.objectContaining({ code: 'store_unavailable' }),
    );
    other.exec('rollback');
    expect(await decisionRows(database)).toEqual(before);
    writeAll(database);
    expect(await decisionRows(database)).toEqual(whole);
  });
});

interface Damage {
  readonly it: string;
  /** Chunks that are written before. */
  readonly written: number;
  readonly sql: string;
  readonly message: string;
}

const OF_LAST = 'where first_pair = (select max(first_pair) from pending_weight_history)';
const LAST_KEY = '1/105';

const DAMAGES: readonly Damage[] = [
  {
    it: 'lacks the end of its lines',
    written: 0,
    sql: `update pending_weight_history set lines = substr(lines, 1, length(lines) - 9) ${OF_LAST}`,
    message: `the row ${LAST_KEY} of pending_weight_history is damaged: the packed lines are damaged`,
  },
  {
    it: 'has a line that is no pair',
    written: 0,
    sql: `update pending_weight_history set lines = packed(replace(unpacked(lines), '"NO_', '"NO')) ${OF_LAST}`,
    message: `the row ${LAST_KEY} of pending_weight_history is damaged: the reason is not a known one`,
  },
  {
    it: 'has another form of a line',
    written: 0,
    sql: `update pending_weight_history set lines = packed(replace(unpacked(lines), ',null', ', null')) ${OF_LAST}`,
    message: `the row ${LAST_KEY} of pending_weight_history is damaged: the line has more than a pair or another form`,
  },
  {
    it: 'has another number of lines',
    written: 0,
    sql: `update pending_weight_history set line_count = 99 ${OF_LAST}`,
    message:
      'the row 1 of pending_weight_history is damaged: no chunk comes before the rows that are written',
  },
  {
    it: 'is missing at the end, before any row is written',
    written: 0,
    sql: `delete from pending_weight_history ${OF_LAST}`,
    message:
      'the row 1 of pending_weight_history is damaged: no chunk comes before the rows that are written',
  },
  {
    it: 'is missing before the rows that are written',
    written: 2,
    sql: 'delete from pending_weight_history where first_pair < 60',
    message:
      'the row 1 of pending_weight_history is damaged: no chunk comes before the rows that are written',
  },
  {
    it: 'is missing while another one is farther ahead',
    written: 2,
    sql: 'delete from pending_weight_history where first_pair between 40 and 60',
    message:
      'the row 1 of pending_weight_history is damaged: no chunk comes before the rows that are written',
  },
  {
    it: 'does not begin where the rows that are written begin',
    written: 2,
    sql: 'update pending_weight_history set first_uid = first_uid + 1 where first_pair between 60 and 90',
    message:
      'the row 1 of pending_weight_history is damaged: no chunk comes before the rows that are written',
  },
];

describe('a chunk that is damaged', () => {
  it.each(DAMAGES)(
    'because it $it is refused by name, and nothing more is written or lost',
    async ({ written, sql, message }) => {
      const [database, whole] = await pendingAfter(written);
      const intact = await rowsOf(database, 'pending_weight_history');
      changeIn(database, sql);
      const damaged = await decisionRows(database);
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const writer = new HistoryWriter(database);
        expect(() => writer.writeNext()).toThrow(
          expect.objectContaining({
            code: 'store_unusable',
            message,
            details: expect.objectContaining({
              metadata: { table: 'pending_weight_history', key: expect.stringMatching(/^1/) },
            }),
          }),
        );
        // Time does not mend it: until the next start it is passed over.
        expect(writer.writeNext()).toBe(0);
        expect(await decisionRows(database)).toEqual(damaged);
      }
      await database.query('pending_weight_history').delete();
      await database.query('pending_weight_history').insert(intact);
      writeAll(database);
      expect(await decisionRows(database)).toEqual(whole);
    },
  );

  it('is refused to readers as well, and found by an audit', async () => {
    const [database] = await pendingAfter(0);
    changeIn(
      database,
      `update pending_weight_history set lines = packed(replace(unpacked(lines), '[', '{'))`,
    );
    const { ledger } = sqliteStores(database);
    const damaged = {
      code: 'store_unusable',
      message: expect.stringContaining('the row 1/0 of pending_weight_history is damaged'),
    };
    await expect(ledger.contentAt(1_000)).rejects.toMatchObject(damaged);
    const { uid } = pairsOfDecision(decision)[0] ?? expect.fail('there is a pair');
    changeIn(database, `update pending_weight_history set line_count = line_count + 1`);
    await expect(ledger.pairsAt(1_000, uid)).rejects.toMatchObject(damaged);
    const signal = new AbortController().signal;
    const { lines } = await checkDatabase({ database: database.file, isReplaying: true, signal });
    const failed = lines.filter(({ verdict }) => verdict === 'failed');
    expect(failed).toEqual([
      {
        name: 'ledger digests',
        verdict: 'failed',
        detail: expect.stringContaining('pairs_digest: the pairs are not those of the entry'),
      },
      {
        name: 'ledger replay',
        verdict: 'failed',
        detail: expect.stringContaining('the row 1/0 of pending_weight_history is damaged'),
      },
    ]);
  });

  it('holds up none of the decisions after it, and hides no other set from the list', async () => {
    const [database] = await pendingAfter(0);
    await record(database, await severalChunks(1_360));
    changeIn(
      database,
      'delete from pending_weight_history where emission_metrics_id = 1 and first_pair = 105',
    );
    const writer = new HistoryWriter(database);
    expect(() => writer.writeNext()).toThrow('no chunk comes before the rows that are written');
    while (writer.writeNext() > 0);
    const listed = await sqliteStores(database).weightHistory.pairs({ limit: 1_000 });
    expect(new Set(listed.map(({ block }) => block))).toEqual(new Set([1_360]));
    expect(listed).toHaveLength(pairsOfDecision(decision).length);
  });

  it('waits as long as the input lacks the miner of a pair', async () => {
    const [database, whole] = await pendingAfter(0);
    const inputs = await rowsOf(database, 'ledger_inputs');
    changeIn(
      database,
      `update ledger_inputs set lines = packed('[1,"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",0]' || char(10))`,
    );
    expect(() => new HistoryWriter(database).writeNext()).toThrow(
      expect.objectContaining({
        code: 'store_unusable',
        message: expect.stringMatching(
          'of ledger_inputs is damaged: it has no line of a miner with pairs',
        ),
      }),
    );
    await database.query('ledger_inputs').delete();
    await database.query('ledger_inputs').insert(inputs);
    writeAll(database);
    expect(await decisionRows(database)).toEqual(whole);
  });

  it('of metrics without their scores is refused by name', async () => {
    const [database] = await pendingAfter(1);
    changeIn(database, `update emission_metrics set category_distributions_json = 'x'`);
    expect(() => new HistoryWriter(database).writeNext()).toThrow(
      expect.objectContaining({
        code: 'store_unusable',
        message: expect.stringContaining('the row 1 of emission_metrics is damaged'),
      }),
    );
    expect(await rowsOf(database, 'pending_weight_history')).toHaveLength(5);
  });
});

/** A decision of which so many chunks are written, and the rows that there are when all are. */
async function pendingAfter(
  count: number,
  pending = decision,
): Promise<[SqliteDatabase, Awaited<ReturnType<typeof decisionRows>>]> {
  const whole = await temporaryDatabase();
  await record(whole, pending, ALL_ROWS);
  const database = await temporaryDatabase({ busyTimeoutMs: 20 });
  await record(database, pending);
  const writer = new HistoryWriter(database);
  for (let chunk = 0; chunk < count; chunk += 1) writer.writeNext();
  expect(await writtenCount(database, 1_000)).toBeLessThan(pairsOfDecision(pending).length);
  return [database, await decisionRows(whole)];
}

function connectionTo({ file }: SqliteDatabase): Database.Database {
  const connection = new Database(file);
  onTestFinished(() => void connection.close());
  return connection;
}

function locked(database: SqliteDatabase): Database.Database {
  const other = connectionTo(database);
  other.exec('begin immediate');
  return other;
}

function changeIn(database: SqliteDatabase, sql: string): void {
  const connection = connectionTo(database);
  connection.pragma('ignore_check_constraints = on');
  connection.function('unpacked', (lines) => `${unpackLines(lines as Buffer).join('\n')}\n`);
  connection.function('packed', (text) => packText(Buffer.from(String(text))));
  expect(connection.prepare(sql).run().changes).toBeGreaterThan(0);
  connection.close();
}
