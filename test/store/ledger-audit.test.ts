import { describe, expect, it, onTestFinished } from 'vitest';
import { LedgerAudit } from '../../src/store/ledger-audit.ts';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { sharedLedger, tampered } from '../support/recorded-ledger.ts';

const ledgerOf = sharedLedger();

/** An audit of a copy, and retention at work on the same copy. */
async function audited() {
  const ledger = await ledgerOf();
  const { netuid, mecid } = ledger.sets[0] ?? expect.fail('there is a set');
  const file = tampered(ledger, () => undefined);
  const database = await SqliteDatabase.openReadOnly({ file });
  const writer = await SqliteDatabase.open({ file });
  onTestFinished(async () => {
    await database.close();
    await writer.close();
  });
  const nowMs = Date.UTC(2030, 0, 1);
  const remover = new SqliteLedgerRemover({ database: writer, netuid, mecid });
  return {
    database,
    audit: new LedgerAudit({ database, netuid, mecid }),
    async deleteOldest() {
      await remover.deleteOldest({ decidedBeforeMs: nowMs, nowMs });
      while ((await remover.sweep(1_000)) > 0);
    },
  };
}

describe('an audit while retention deletes', () => {
  it('leaves out what is deleted after it began, and the rest holds', async () => {
    const { audit, deleteOldest } = await audited();
    const blocks: number[] = [];
    for await (const { block, findings } of audit.entries()) {
      expect([block, findings]).toEqual([block, []]);
      blocks.push(block);
      if (block !== 10) continue;
      await deleteOldest();
      await deleteOldest();
    }
    // Its link had been read when the entry of block 20 was deleted; the one behind still follows it.
    expect(blocks).toEqual([10, 30, 31, 41]);
  });

  it('begins behind the anchor', async () => {
    const { audit, deleteOldest } = await audited();
    await deleteOldest();
    const blocks: number[] = [];
    for await (const { block, findings } of audit.entries()) {
      expect([block, findings]).toEqual([block, []]);
      blocks.push(block);
    }
    expect(blocks).toEqual([20, 30, 31, 41]);
    expect(await audit.anchor()).toMatchObject({ block: 10, deletedCount: 1 });
  });
});

describe('an audit of a database that cannot be read', () => {
  it('ends, and blames no entry', async () => {
    const { audit, database } = await audited();
    await database.close();
    await expect(audit.entry(10)).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(audit.entries().next()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
