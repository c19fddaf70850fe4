import type BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { cli } from '../support/cli-run.ts';
import { deleteEntry, replayAll, sharedLedger, tampered } from '../support/recorded-ledger.ts';

const ledgerOf = sharedLedger();

type Edit = (handle: BetterSqlite3.Database) => unknown;

function running(sql: string): Edit {
  return (handle) => handle.exec(sql);
}

/** An anchor that stands for the entries up to a block; the rows of the first are gone unless they are kept. */
function anchored(upTo: number, ...kept: readonly number[]): Edit {
  return (handle) => {
    handle.exec(`insert into ledger_anchors
      select netuid, mecid, block, digest, 1, '' from ledger_entries where block = ${upTo}`);
    for (const block of [10, 20].filter((each) => each <= upTo && !kept.includes(each))) {
      deleteEntry(handle, block);
    }
  };
}

/** Takes an entry alone: its weight set stays. */
const LOSE = 'delete from ledger_entries where block =';

describe('db check and replay --all', () => {
  it.each<[holds: boolean, what: string, edit: Edit]>([
    [true, 'nothing was changed', () => undefined],
    [true, 'the first entry was deleted by retention', anchored(10)],
    [true, 'the first two were', anchored(20)],
    [
      true,
      'the first set has never had an entry, and nothing follows it',
      running(`${LOSE} 10; ${LOSE} 20; ${LOSE} 30; ${LOSE} 31; ${LOSE} 41`),
    ],
    [false, 'a set lost its entry', running(`${LOSE} 20`)],
    [false, 'the first set lost its entry', running(`${LOSE} 10`)],
    [false, 'the newest set lost its entry', running(`${LOSE} 41`)],
    [
      true,
      'retention kept the set of an entry that it deleted',
      (handle) => {
        anchored(20, 10)(handle);
        handle.exec(`${LOSE} 10`);
      },
    ],
    [false, 'an entry is there that the anchor says was deleted', anchored(20, 20)],
    [
      false,
      'every entry is lost behind an anchor',
      (handle) => {
        anchored(10)(handle);
        handle.exec('delete from ledger_entries');
      },
    ],
    [
      false,
      'the anchor has another digest',
      (handle) => {
        anchored(10)(handle);
        handle.exec(`update ledger_anchors set digest = '${'1'.repeat(64)}'`);
      },
    ],
    [false, 'an entry went with all its rows', (handle) => deleteEntry(handle, 20)],
    [
      false,
      'a row names another entry before it',
      running(`update ledger_entries set previous_digest = '${'2'.repeat(64)}' where block = 30`),
    ],
    [
      false,
      'an entry stands at another block',
      running('update ledger_entries set block = 25 where block = 20'),
    ],
    [
      false,
      'a weight set stands at another block',
      running('update weight_submissions set block = 25 where block = 20'),
    ],
    [
      false,
      'an entry is no JSON',
      running("update ledger_entries set entry_json = 'x' where block = 20"),
    ],
    [
      false,
      'a pair was changed',
      running('update weight_allocation_history set basis = basis + 1 where weight_set_block = 20'),
    ],
    [
      false,
      'miners are missing',
      running('delete from ledger_inputs where emission_metrics_id = 2'),
    ],
    [
      false,
      'the vector is empty',
      running("update weight_submissions set weights_json = '[]' where block = 20"),
    ],
  ])('both say %s when %s', async (holds, _, edit) => {
    const ledger = await ledgerOf();
    const file = tampered(ledger, (handle) => void edit(handle));
    const checked = await cli(['db', 'check', '--json', '--database', file]);
    const { checks } = JSON.parse(checked.stdout) as {
      checks: readonly { readonly name: string; readonly verdict: string }[];
    };
    const failed = checks.filter(
      (each) => each.name.startsWith('ledger') && each.verdict === 'failed',
    );
    expect([failed.length === 0, (await replayAll(ledger, file)).holds]).toEqual([holds, holds]);
  });
});
