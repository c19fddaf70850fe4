import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256Hex } from '../../src/lib/digest.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import {
  type RecordedLedger,
  type ReplayResult,
  replayAll,
  sharedLedger,
  tampered,
} from '../support/recorded-ledger.ts';
import { sharedTemporaryFolder } from '../support/temporary-database.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Where a decision is stored, and how to find one row of block 20 there: a set with another before and behind it. */
const BLOCK = 20;
const BLOCK_BEHIND = 30;
const METRICS = `(select id from emission_metrics where weight_set_block = ${BLOCK})`;
const ROWS = {
  weight_submissions: `block = ${BLOCK}`,
  emission_metrics: `weight_set_block = ${BLOCK}`,
  weight_allocation_history: `emission_metrics_id = ${METRICS} and miner_uid = 3`,
  ledger_entries: `block = ${BLOCK}`,
  ledger_inputs: `emission_metrics_id = ${METRICS}`,
} as const;

/** Columns that say what became of a decision, or when its row was written; every other one is part of the decision. */
const NOT_DECIDED: Readonly<Record<string, string>> = {
  'weight_submissions.state': 'how far the submission came',
  'weight_submissions.updated_time': 'when that was',
  'weight_submissions.extrinsic_hash': 'what the chain calls it',
  'weight_submissions.failure_reason': 'why it failed',
  'weight_submissions.failure_message': 'why it failed',
  'weight_submissions.failure_action': 'what follows',
  'weight_submissions.failure_retry_block': 'what follows',
  'weight_submissions.phases_json': 'how long each phase took',
  'emission_metrics.created_at': 'when the row was written',
};

/**
 * Fields that nothing else in the database speaks of, and rules that made no difference at this block: another value of
 * them gives the same decision, so that only the digest in the entry behind shows the change.
 */
const WITHOUT_EFFECT: readonly string[] = [
  '$.emission_config_digest',
  '$.metagraph_block',
  '$.metagraph_hash',
  '$.neuron_count',
  '$.policy.categories[0].min_memory_mib',
  '$.policy.categories[1].min_memory_mib',
  '$.policy.categories[2].min_memory_mib',
  '$.policy.positive_floor',
  '$.rules.cutoff_ms',
  '$.rules.executor_ttl_ms',
  '$.rules.now_ms',
  '$.rules.require_active_axon',
  '$.catalogue[0]',
];
const ENTRY_TEXT = `select entry_json from ledger_entries where block = ${BLOCK}`;

type Table = keyof typeof ROWS;

const ledgerOf = sharedLedger();
/** Of the schema as it is, so that each column is a test. */
const columns = await columnsOfSchema(join(sharedTemporaryFolder(), 'empty.db'));

async function replayed(database?: string): Promise<ReplayResult> {
  return replayAll(await ledgerOf(), database);
}

/** The first set that does not hold after a change. */
async function brokenBy(change: (handle: BetterSqlite3.Database) => void) {
  const ledger = await ledgerOf();
  return (await replayAll(ledger, tampered(ledger, change))).first_broken;
}

describe('a ledger that nobody touched', () => {
  it('has a set that pays, one with a weight of zero, a failed one, another configuration, and one that burns all', async () => {
    const ledger = await ledgerOf();
    expect(
      ledger.sets.map(({ block, state, emissionConfigVersion }) => [
        block,
        state,
        emissionConfigVersion,
      ]),
    ).toEqual([
      [10, 'verified', 1],
      [20, 'verified', 1],
      [30, 'failed', 1],
      [31, 'verified', 2],
      [41, 'verified', 2],
    ]);
    expect(ledger.sets.at(-1)?.burn.percentage).toBe(100);
    const handle = new BetterSqlite3(ledger.database, { readonly: true });
    onTestFinished(() => void handle.close());
    const unpaid = `select miner_uid, allocated_weight from weight_allocation_history
      where weight_set_block = ${BLOCK} and exclusion_reason is null and basis = 0`;
    expect(handle.prepare(unpaid).all()).toEqual([{ miner_uid: 8, allocated_weight: 0 }]);
  });

  it('holds in a process that has nothing but the file', async () => {
    const ledger = await ledgerOf();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        ...['--import', 'tsx', MAIN, 'weights', 'replay', '--all'],
        ...['--config', ledger.config, '--database', ledger.database],
      ],
      { env: { PATH: process.env.PATH }, encoding: 'utf8' },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: '5 of 5 weight sets hold, from block 10 to 41\n',
      stderr: '',
    });
  });

  it('holds again when everything is changed that is no part of a decision', async () => {
    const { holds } = await replayed(
      tampered(await ledgerOf(), (handle) => {
        for (const name of Object.keys(NOT_DECIDED)) {
          const [table = '', column = ''] = name.split('.');
          handle.exec(`update ${table} set ${column} = 'another'`);
        }
      }),
    );
    expect(holds).toBe(true);
  });
});

describe('a value that somebody changed', () => {
  it.each(columns.filter(({ name }) => NOT_DECIDED[name] === undefined))(
    'is found in $name, and its set is named',
    async ({ table, column }) => {
      const broken = await brokenBy((handle) => {
        const place = `${table} where rowid = (select rowid from ${table} where ${ROWS[table]} limit 1)`;
        const value = handle.prepare(`select ${column} from ${place}`).pluck().get();
        const { changes } = handle
          .prepare(
            `update ${table} set ${column} = ?
           where rowid = (select rowid from ${table} where ${ROWS[table]} limit 1)`,
          )
          .run(another(value));
        expect(changes).toBe(1);
      });
      expect(broken?.block).toBe(BLOCK);
      expect(broken?.findings.length).toBeGreaterThan(0);
    },
  );

  it('is found in every field of the entry, even under a digest that fits again', async () => {
    const foundBehind: string[] = [];
    for (const path of entryFields(await ledgerOf())) {
      const broken = await brokenBy((handle) => {
        const text = String(handle.prepare(ENTRY_TEXT).pluck().get());
        const changed = withAnother(text, path);
        handle
          .prepare(`update ledger_entries set entry_json = ?, digest = ? where block = ${BLOCK}`)
          .run(changed, sha256Hex(changed));
      });
      expect([path, broken?.block]).toBeOneOf([
        [path, BLOCK],
        [path, BLOCK_BEHIND],
      ]);
      if (broken?.block === BLOCK_BEHIND) foundBehind.push(path);
    }
    expect(foundBehind).toEqual(WITHOUT_EFFECT);
  });

  it('names a column for every exception', () => {
    const names = columns.map(({ name }) => name);
    expect(Object.keys(NOT_DECIDED).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is found in the line of a miner, packed again', async () => {
    const broken = await brokenBy((handle) => {
      const lines = handle
        .prepare<[], Buffer>(`select lines from ledger_inputs where ${ROWS.ledger_inputs}`)
        .pluck()
        .get();
      const text = inflateRawSync(lines ?? Buffer.alloc(0)).toString();
      const changed = text.replace(',500000,', ',510000,');
      expect(changed).not.toBe(text);
      handle
        .prepare(`update ledger_inputs set lines = ? where ${ROWS.ledger_inputs}`)
        .run(deflateRawSync(Buffer.from(changed)));
    });
    expect(broken?.block).toBe(BLOCK);
    expect(broken?.findings.map(({ where }) => where)).toContain('input_digest');
  });
});

describe('rows that somebody took away, added or swapped', () => {
  it.each(Object.keys(ROWS) as Table[])('are missed in %s', async (table) => {
    const broken = await brokenBy((handle) => {
      const sql = `delete from ${table}
        where rowid = (select rowid from ${table} where ${ROWS[table]} limit 1)`;
      expect(handle.prepare(sql).run().changes).toBe(1);
    });
    expect(broken?.block).toBe(BLOCK);
  });

  it.each([
    ['weight_allocation_history', 'miner_uid', 99],
    ['ledger_inputs', 'first_uid', 99],
    ['emission_metrics', 'total_miners', 99],
  ] as const)('are noticed in %s', async (table, column, value) => {
    const broken = await brokenBy((handle) => copyRow(handle, table, { [column]: value }));
    expect(broken?.block).toBe(BLOCK);
  });

  it('are noticed when a weight set without an entry stands among the others', async () => {
    const broken = await brokenBy((handle) => copyRow(handle, 'weight_submissions', { block: 25 }));
    expect(broken).toEqual({
      block: 25,
      findings: [
        { where: 'ledger_entries', message: 'the weight set has no entry, but older ones have' },
      ],
    });
  });

  it('are noticed when two pairs changed places', async () => {
    const broken = await brokenBy((handle) => {
      const ids = handle
        .prepare<[], number>(
          `select id from weight_allocation_history
           where emission_metrics_id = ${METRICS} order by id desc limit 2`,
        )
        .pluck()
        .all();
      const move = handle.prepare('update weight_allocation_history set id = ? where id = ?');
      move.run(-1, ids[0]);
      move.run(ids[0], ids[1]);
      move.run(ids[1], -1);
    });
    expect(broken?.block).toBe(BLOCK);
    expect(broken?.findings.map(({ where }) => where)).toContain('pairs_digest');
  });

  it('are noticed when two entries changed places', async () => {
    const broken = await brokenBy((handle) => {
      const move = handle.prepare('update ledger_entries set block = ? where block = ?');
      move.run(-1, 20);
      move.run(20, 30);
      move.run(30, -1);
    });
    expect(broken?.block).toBe(BLOCK);
  });
});

async function columnsOfSchema(file: string) {
  const database = await SqliteDatabase.open({ file });
  await database.close();
  const handle = new BetterSqlite3(file, { readonly: true });
  try {
    return (Object.keys(ROWS) as Table[]).flatMap((table) =>
      handle
        .prepare<[], string>(`select name from pragma_table_info('${table}')`)
        .pluck()
        .all()
        .map((column) => ({ table, column, name: `${table}.${column}` })),
    );
  } finally {
    handle.close();
  }
}

/** Another value of the same kind. */
function another(value: unknown): unknown {
  if (value === null) return 'STALE';
  if (typeof value === 'number') return value + 1_000;
  if (Buffer.isBuffer(value)) return Buffer.from(value.map((byte) => byte ^ 1));
  const text = String(value);
  const digit = /[0-8](?=\D*$)/.exec(text);
  if (digit === null) return `${text}1`;
  return `${text.slice(0, digit.index)}9${text.slice(digit.index + 1)}`;
}

function copyRow(
  handle: BetterSqlite3.Database,
  table: Table,
  values: Readonly<Record<string, unknown>>,
): void {
  const row = {
    ...(handle.prepare(`select * from ${table} where ${ROWS[table]}`).get() as object),
    ...values,
  } as Record<string, unknown>;
  if (table !== 'ledger_inputs') delete row.id;
  const names = Object.keys(row);
  handle
    .prepare(`insert into ${table} (${names}) values (${names.map(() => '?')})`)
    .run(...Object.values(row));
}

/** Every path to a plain value in the entry of the block. */
function entryFields({ database }: RecordedLedger): string[] {
  const handle = new BetterSqlite3(database, { readonly: true });
  try {
    return handle
      .prepare<[], string>(
        `select fullkey from ledger_entries, json_tree(entry_json)
         where block = ${BLOCK} and atom is not null and fullkey not like '$.catalogue[%'`,
      )
      .pluck()
      .all()
      .concat('$.catalogue[0]')
      .map((path) => path.replaceAll('"', ''));
  } finally {
    handle.close();
  }
}

/** Canonical text stays canonical: only the value at the path becomes another one. */
function withAnother(text: string, path: string): string {
  const document: unknown = JSON.parse(text);
  const keys = path.slice(1).match(/[^.[\]]+/g) ?? [];
  const last = keys.at(-1) ?? '';
  const parent = Object(keys.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], document));
  const value: unknown = parent[last];
  expect(parent).toHaveProperty(last);
  parent[last] = typeof value === 'boolean' ? !value : another(value);
  return JSON.stringify(document);
}
