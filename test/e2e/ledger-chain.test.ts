import type BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ArchivedEntry } from '../../src/actors/record-ports.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { cli } from '../support/cli-run.ts';
import {
  deleteEntry,
  type ReplayResult,
  replayAll,
  sharedLedger,
  tampered,
} from '../support/recorded-ledger.ts';

/** A set with another before and behind it. */
const BLOCK = 20;

const ledgerOf = sharedLedger();

async function replayed(database?: string): Promise<ReplayResult> {
  return replayAll(await ledgerOf(), database);
}

/** The first set that does not hold after a change. */
async function brokenBy(change: (handle: BetterSqlite3.Database) => void) {
  const ledger = await ledgerOf();
  return (await replayAll(ledger, tampered(ledger, change))).first_broken;
}

describe('the chain of entries', () => {
  it('shows that an entry was taken out with everything that belongs to it', async () => {
    const broken = await brokenBy((handle) => deleteEntry(handle, BLOCK));
    expect(broken?.block).toBe(30);
    expect(broken?.findings.map(({ where }) => where)).toEqual(['previous_digest']);
  });

  it('shows that the first entry was taken out', async () => {
    const broken = await brokenBy((handle) => deleteEntry(handle, 10));
    expect(broken?.block).toBe(20);
    expect(broken?.findings.map(({ where }) => where)).toEqual(['previous_digest']);
  });

  it('shows an entry that was written again, by the entry behind it', async () => {
    const broken = await brokenBy((handle) => {
      // The version key is not calculated with, so that the entry itself stays right.
      handle.exec(`update weight_submissions set version_key = version_key + 1 where block = 20;
        update ledger_entries
        set entry_json = json_set(entry_json, '$.version_key', entry_json ->> 'version_key' + 1)
        where block = 20`);
      const text = String(
        handle.prepare('select entry_json from ledger_entries where block = 20').pluck().get(),
      );
      handle.prepare('update ledger_entries set digest = ? where block = 20').run(sha256Hex(text));
    });
    expect(broken?.block).toBe(30);
    expect(broken?.findings.map(({ where }) => where)).toEqual(['previous_digest']);
  });

  it('holds from the anchor on when the oldest entries were deleted', async () => {
    const result = await replayed(tampered(await ledgerOf(), (handle) => retire(handle, 20)));
    expect(result).toMatchObject({
      holds: true,
      entries: 3,
      held: 3,
      first_block: 30,
      deleted_entries: 2,
      deleted_up_to_block: 20,
    });
  });

  it('holds while retention deletes, before and after it swept, and so do the documents that it archived', async () => {
    const ledger = await ledgerOf();
    const copy = tampered(ledger, () => undefined);
    const database = await SqliteDatabase.open({ file: copy });
    onTestFinished(() => database.close());
    const { netuid, mecid } = ledger.sets[0] ?? expect.fail('there is a set');
    const nowMs = Date.UTC(2030, 0, 1);
    const write = async ({ block, parts }: ArchivedEntry) => {
      const input = Array.from(parts, (part) => Buffer.from(part));
      const verified = await cli(['weights', 'verify', '-'], { input });
      expect([block, verified.exitCode]).toEqual([block, 0]);
    };
    const archive = { write };
    const remover = new SqliteLedgerRemover({ database, netuid, mecid, archive });
    for (const block of [10, 20]) {
      expect(await remover.deleteOldest({ decidedBeforeMs: nowMs, nowMs })).toBe(block);
      expect(await replayed(copy)).toMatchObject({ holds: true, deleted_up_to_block: block });
      await remover.sweep(3);
      expect(await replayed(copy)).toMatchObject({ holds: true, deleted_up_to_block: block });
    }
    while ((await remover.sweep(1_000)) > 0);
    expect(await replayed(copy)).toMatchObject({ holds: true, entries: 3 });
  });

  it('does not hold behind an anchor with another digest, or without it', async () => {
    const other = await brokenBy((handle) => {
      retire(handle, 20);
      handle.exec(`update ledger_anchors set digest = '${'1'.repeat(64)}'`);
    });
    expect(other?.block).toBe(30);
    const without = await brokenBy((handle) => {
      retire(handle, 20);
      handle.exec('delete from ledger_anchors');
    });
    expect(without?.block).toBe(30);
  });

  it('does not hold when the anchor covers entries that are there', async () => {
    const broken = await brokenBy((handle) => {
      retire(handle, 20);
      handle.exec('update ledger_anchors set block = 35');
    });
    expect(broken).toEqual({
      block: 30,
      findings: [
        {
          where: 'ledger_anchors',
          message: 'it says that the entries up to block 35 were deleted',
        },
      ],
    });
  });
});

/** Deletes as retention does: the anchor takes the place of the entries up to a block. */
function retire(handle: BetterSqlite3.Database, upToBlock: number): void {
  const gone = handle
    .prepare<[number], { netuid: number; mecid: number; block: number; digest: string }>(
      'select netuid, mecid, block, digest from ledger_entries where block <= ? order by block',
    )
    .all(upToBlock);
  for (const { block } of gone) deleteEntry(handle, block);
  const { netuid, mecid, block, digest } = gone.at(-1) ?? expect.fail('nothing to delete');
  handle
    .prepare('insert into ledger_anchors values (?, ?, ?, ?, ?, ?)')
    .run(netuid, mecid, block, digest, gone.length, '2026-01-01T00:00:00.000Z');
}
