import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliRun, cli } from '../support/cli-run.ts';
import { change, emptyFile, filledFile } from '../support/database-files.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const TOML = '[emission]\nburn_uid = 0\ngpu_allocations = { H100 = 60, A100 = 40 }\n';

interface Checked {
  readonly exitCode: number;
  readonly stderr: string;
  /** `verdict detail` by name. */
  readonly lines: Readonly<Record<string, string>>;
}

async function check(database: string, ...more: readonly string[]): Promise<Checked> {
  const args = ['db', 'check', '--json', '--database', database, ...more];
  const { exitCode, stdout, stderr } = await cli(args);
  const { holds, checks } = JSON.parse(stdout);
  expect(holds).toBe(exitCode === 0);
  return {
    exitCode,
    stderr,
    lines: Object.fromEntries(
      checks.map(({ name, verdict, detail }: Record<string, string>) => [
        name,
        `${verdict} ${detail}`,
      ]),
    ),
  };
}

/** A service that has set weights three times. */
async function served(): Promise<RunningService> {
  const service = await RunningService.start({ toml: TOML });
  const prover = service.prover();
  await prover.deliver(service.report(2, { score: 0.5 }), service.report(3, { gpus: [[A100, 8]] }));
  for (let sets = 0; sets < 3; sets += 1) await service.nextSet();
  return service;
}

/** Its database after something was done to it. */
async function tampered(sql: string): Promise<string> {
  const service = await served();
  await service.stop();
  change(service.database, sql);
  return service.database;
}

describe('assay db check', () => {
  it('prints one line with a verdict for each question', async () => {
    const file = await emptyFile();
    const { exitCode, stdout, stderr } = await cli(['db', 'check', '--database', file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^file {12}ok {7}.*assay\.db, \d+ pages of 4096 bytes$/);
    expect(lines.slice(1)).toEqual([
      'integrity       ok       sound',
      'foreign keys    ok       every row has its parent',
      'schema          ok       that of this version',
      'ledger links    ok       no entries',
      'ledger digests  ok       none',
      'unlinked rows   ok       none',
      'ledger replay   skipped  only with --replay',
    ]);
  });

  it('holds for the database of a service that runs, with every calculation repeated', async () => {
    const service = await served();
    const { exitCode, stderr, lines } = await check(service.database, '--replay');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(lines).toMatchObject({
      'ledger links': 'ok 3 entries, block 10 to 30',
      'ledger digests': 'ok 3 entries with their miners, pairs and weights',
      'ledger replay': 'ok 3 entries repeated, all the same',
      'unlinked rows': 'ok none',
    });
    expect(await service.nextSet()).toMatchObject({ block: 40, state: 'verified' });
  });

  it('tells what is in the database', async () => {
    const service = await served();
    const { stdout } = await cli(['db', 'check', '--json', '--database', service.database]);
    expect(JSON.parse(stdout)).toMatchObject({
      database: service.database,
      schema: 'current',
      newest_block: 30,
      rows: { miner_gpu_profiles: 2, ledger_entries: 3 },
    });
  });

  it('counts rows that wait to be swept, and sets from before the ledger', async () => {
    const file = await filledFile();
    change(file, 'delete from ledger_entries');
    change(file, 'update emission_metrics set weight_submission_id = null');
    const { lines: written } = await check(file);
    change(file, "insert into pending_weight_history values (1, 0, 2, 'H100', 7, 9, 2, 'x')");
    const { exitCode, lines } = await check(file);
    expect(exitCode).toBe(0);
    expect(lines['ledger links']).toBe('ok no entries, 1 weight set older than the ledger');
    expect(written['unlinked rows']).toBe('ok 5 of 1 decisions to sweep');
    expect(lines['unlinked rows']).toBe('ok 6 of 1 decisions to sweep');
  });
});

describe('a ledger that was tampered with', () => {
  it.each<[string, string, Readonly<Record<string, string>>]>([
    [
      'whose entry says something else',
      `update ledger_entries set entry_json = replace(entry_json, '"miners_served":2', '"miners_served":3') where block = 20`,
      {
        'ledger digests': 'failed subnet 1/0, block 20, digest: it is not that of the entry',
        'ledger links': 'ok 3 entries, block 10 to 30',
      },
    ],
    [
      'whose entry is no JSON',
      "update ledger_entries set entry_json = 'x' where block = 20",
      {
        'ledger digests':
          'failed subnet 1/0, block 20, digest: it is not that of the entry; ' +
          'subnet 1/0, block 20, entry_json: it is no entry',
      },
    ],
    [
      'whose entry stands in another row',
      'update ledger_entries set block = 25 where block = 20',
      {
        'ledger digests':
          'failed subnet 1/0, block 25, block: the entry says something else than its row',
        'ledger links':
          'failed subnet 1/0, block 20, ledger_entries: the weight set has no entry, but older ones have',
      },
    ],
    [
      'whose entry is missing in the middle',
      'delete from ledger_entries where block = 20',
      {
        'ledger links': expect.stringMatching(
          /^failed subnet 1\/0, block 30, previous_digest: the entry follows one with .*; subnet 1\/0, block 20, ledger_entries: the weight set has no entry, but older ones have$/,
        ),
      },
    ],
    [
      'whose newest entry is missing',
      'delete from ledger_entries where block = 30',
      {
        'ledger links':
          'failed subnet 1/0, block 30, ledger_entries: the weight set has no entry, but older ones have',
      },
    ],
    [
      'whose oldest entry is missing with its weight set, without an anchor',
      'delete from ledger_entries where block = 10; delete from weight_submissions where block = 10; delete from emission_metrics where weight_set_block = 10; delete from weight_allocation_history where weight_set_block = 10; delete from ledger_inputs where emission_metrics_id = 1; delete from signed_extrinsics where weight_submission_id = 1',
      {
        'ledger links': expect.stringMatching(
          /^failed subnet 1\/0, block 20, previous_digest: the entry follows one with [^;]*$/,
        ),
        'foreign keys': 'ok every row has its parent',
      },
    ],
    [
      'whose anchor is newer than an entry',
      `insert into ledger_anchors select netuid, mecid, 15, previous_digest, 1, '' from ledger_entries where block = 10`,
      {
        'ledger links':
          'failed subnet 1/0, block 10, ledger_anchors: it says that the entries up to block 15 were deleted',
      },
    ],
  ])('%s is found', async (_, sql, expected) => {
    const { exitCode, stderr, lines } = await check(await tampered(sql));
    expect(exitCode).toBe(1);
    const failed = Object.keys(lines).filter((name) => lines[name]?.startsWith('failed'));
    expect(stderr).toContain(`does not hold: ${failed.join(', ')}\n`);
    expect(lines).toMatchObject(expected);
  });

  it('goes on from the anchor when old entries were deleted', async () => {
    const file = await tampered(`
      insert into ledger_anchors select netuid, mecid, block, digest, 1, '' from ledger_entries where block = 10;
      delete from ledger_inputs where emission_metrics_id = 1;
      delete from weight_allocation_history where weight_set_block = 10;
      delete from emission_metrics where weight_set_block = 10;
      delete from ledger_entries where block = 10;
      delete from weight_submissions where block = 10;
      delete from signed_extrinsics where weight_submission_id = 1;
    `);
    const { exitCode, lines } = await check(file, '--replay');
    expect(exitCode).toBe(0);
    expect(lines).toMatchObject({
      'ledger links': 'ok 2 entries, block 20 to 30, 1 before them deleted',
      'ledger replay': 'ok 2 entries repeated, all the same',
    });
  });

  it.each([
    [
      'a pair',
      'update weight_allocation_history set basis = basis + 1 where weight_set_block = 20',
      /^pairs_digest: the pairs are not those of the entry$/,
    ],
    [
      'a pair that cannot be one',
      "update weight_allocation_history set gpu_category = '', miner_uid = 99999 where weight_set_block = 20 and miner_uid = 2",
      /^pairs_digest: the pairs cannot be read: the row \d+ of weight_allocation_history is damaged: /,
    ],
    [
      'the lines of the miners',
      'update ledger_inputs set lines = zeroblob(10) where emission_metrics_id = 2',
      /^input_digest: the miners cannot be read: the row 2\/2 of ledger_inputs is damaged: /,
    ],
    [
      'missing miners',
      'delete from ledger_inputs where emission_metrics_id = 2',
      /^input_digest: the miners are not those of the entry$/,
    ],
    [
      'the vector',
      "update weight_submissions set weights_json = 'x' where block = 20",
      /^weights_digest: the weights cannot be read: the row 20 of weight_submissions is damaged: /,
    ],
    [
      'a smaller vector',
      "update weight_submissions set weights_json = '[]' where block = 20",
      /^weights_digest: the weights are not those of the entry$/,
    ],
  ])(
    'in %s is found by the digests, and when the calculations are repeated',
    async (_, sql, finding) => {
      const { exitCode, lines } = await check(await tampered(sql), '--replay');
      expect(exitCode).toBe(1);
      const place = 'failed subnet 1/0, block 20, ';
      expect(lines['ledger digests']?.startsWith(place)).toBe(true);
      expect(lines['ledger digests']?.slice(place.length)).toMatch(finding);
      expect(lines['ledger links']).toBe('ok 3 entries, block 10 to 30');
      expect(lines['ledger replay']?.startsWith(place)).toBe(true);
      expect(lines['ledger replay']).not.toContain('block 30');
    },
  );

  it('in a column that no digest covers is found when the calculations are repeated', async () => {
    const file = await tampered('update emission_metrics set total_miners = 7 where id = 2');
    expect((await check(file)).exitCode).toBe(0);
    const { exitCode, lines } = await check(file, '--replay');
    expect(exitCode).toBe(1);
    expect(lines['ledger replay']).toContain(
      'failed subnet 1/0, block 20, emission_metrics.total_',
    );
  });
});

describe('a check that is stopped', () => {
  it('ends between two entries', async () => {
    const service = await served();
    const run = new CliRun(['db', 'check', '--database', service.database]);
    run.stop();
    expect(await run.exitCode).toBe(1);
    expect(run.stderr).toBe('stopped; nothing was changed\n');
  });
});

interface Spoiled {
  readonly it: string;
  readonly spoil: (file: string) => unknown;
  /** The line that fails, and a part of its reason. */
  readonly line: string;
  readonly reason: string;
}

const SPOILED: readonly Spoiled[] = [
  { it: 'is missing', spoil: () => undefined, line: 'file', reason: 'there is no database' },
  {
    it: 'is a text',
    spoil: (file) => writeFileSync(file, 'text '.repeat(2_000)),
    line: 'file',
    reason: 'SQLITE_NOTADB',
  },
  {
    it: 'was cut short',
    spoil: async (file) => truncateSync(await filledFile(file), 20_480),
    line: 'file',
    reason: 'it is damaged',
  },
  {
    it: 'is empty',
    spoil: (file) => writeFileSync(file, ''),
    line: 'schema',
    reason: 'not that of a database of Assay',
  },
  {
    it: 'is of a newer version',
    spoil: spoiledBy("insert into knex_migrations (name, batch) values ('9999-future', 9)"),
    line: 'schema',
    reason: 'of a newer version: this one does not know 9999-future',
  },
  {
    it: 'is in the middle of a migration',
    spoil: spoiledBy('update knex_migrations_lock set is_locked = 1'),
    line: 'schema',
    reason: 'a migration is under way, or was broken off',
  },
  {
    it: 'has rows without parents',
    spoil: spoiledBy('delete from verification_reports where id = 1'),
    line: 'foreign keys',
    reason: 'row 1 of miner_prover_results has no row in verification_reports',
  },
  {
    it: 'has an index that is not that of its rows',
    spoil: spoiledBy(`pragma writable_schema = on;
      update sqlite_master set sql = replace(sql, '(\`verification_timestamp\`)', '(\`executor_id\`)')
      where name = 'idx_prover_results_timestamp'`),
    line: 'integrity',
    reason: 'idx_prover_results_timestamp',
  },
];

function spoiledBy(sql: string) {
  return async (file: string) => change(await filledFile(file), sql);
}

describe('a database that does not hold', () => {
  it.each(SPOILED)('because it $it is reported by name', async ({ spoil, line, reason }) => {
    const file = join(temporaryFolder(), 'assay.db');
    await spoil(file);
    const { exitCode, stderr, lines } = await check(file);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`${file} does not hold: ${line}\n`);
    expect(lines[line]).toMatch(/^failed /);
    expect(lines[line]).toContain(reason);
  });

  it('because a page is overwritten never ends without a verdict', async () => {
    const file = await filledFile();
    const pages = statSync(file).size / 4_096;
    const whole = readFileSync(file);
    for (let page = 1; page < pages; page += 3) {
      writeFileSync(file, Buffer.from(whole).fill(0xab, page * 4_096, (page + 1) * 4_096));
      const { exitCode, lines } = await check(file, '--replay');
      expect(exitCode, `page ${page}`).toBe(1);
      expect(Object.values(lines).some((text) => text.startsWith('failed '))).toBe(true);
    }
  });
});
