import { describe, expect, it } from 'vitest';
import type { ArchivedEntry } from '../../src/actors/record-ports.ts';
import type { WeightSet, WeightSetState } from '../../src/domain/weight-set.ts';
import { LedgerAudit } from '../../src/store/ledger-audit.ts';
import { documentOf } from '../../src/store/ledger-document.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteLedger } from '../../src/store/sqlite-ledger.ts';
import { SqliteLedgerRemover } from '../../src/store/sqlite-ledger-remover.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { REMOVAL_TIME_MS, sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';
import { sampleDecision } from '../support/weight-set-samples.ts';

const SUBNET = { netuid: 39, mecid: 0 };
const LATER = { decidedBeforeMs: SAMPLE_TIME_MS + 1, nowMs: REMOVAL_TIME_MS };

describe('deleting the oldest weight set', () => {
  it('takes it with its entry away and hides the rest, one set at a time', async () => {
    const { stores, ledger } = await ledgerOf([360, 720, 1_080]);
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(360);
    expect(await stores.weightSets.at(360)).toBeUndefined();
    expect(await ledger.entryAt(360)).toBeUndefined();
    expect(await stores.weightHistory.metrics({ limit: 9 })).toHaveLength(2);
    expect(
      (await stores.weightHistory.pairs({ limit: 99 })).map(({ block }) => block),
    ).not.toContain(360);
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(720);
    expect((await stores.rows('weight_submissions')).map((row) => row.block)).toEqual([1_080]);
    expect((await stores.rows('ledger_entries')).map((row) => row.block)).toEqual([1_080]);
  });

  it('moves the anchor on, so that the chain verifies after every one', async () => {
    const { database, stores, ledger } = await ledgerOf([360, 720, 1_080, 1_440]);
    const entries = new Map([...(await linksOf(ledger))].map((link) => [link.block, link.digest]));
    expect(await findings(database)).toEqual([]);
    for (const [index, block] of [360, 720, 1_080].entries()) {
      expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(block);
      const digest = entries.get(block);
      expect(await ledger.anchor()).toEqual({ block, digest, deletedCount: index + 1 });
      expect(await findings(database)).toEqual([]);
    }
    const [anchor] = await stores.rows('ledger_anchors');
    expect(anchor?.updated_time).toBe(new Date(REMOVAL_TIME_MS).toISOString());
    await record(stores, await decidedIn({ block: 1_800 }));
    expect(await findings(database)).toEqual([]);
  });

  it('leaves what was decided at the time or later', async () => {
    const { stores } = await openLedger();
    for (const [index, block] of [360, 720, 1_080].entries()) {
      const decidedAtMs = SAMPLE_TIME_MS + index;
      await record(stores, sampleDecision({ block, decidedAtMs, updatedAtMs: decidedAtMs }));
    }
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(360);
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
  });

  it('finds nothing in an empty ledger, and leaves the newest set', async () => {
    const { stores } = await openLedger();
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
    await record(stores, await decidedIn({ block: 360 }));
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
    expect(await stores.weightSets.at(360)).toBeDefined();
  });

  it('keeps what the chain has, and nothing else of it or behind it, however many failed since', async () => {
    const { database, stores } = await openLedger();
    await record(stores, await decidedIn({ block: 360 }), 'verified');
    await record(stores, await decidedIn({ block: 720 }), 'verified');
    const taken = await stores.weightSets.latestTaken();
    await record(stores, await decidedIn({ block: 1_080 }), 'failed');
    await record(stores, await decidedIn({ block: 1_440 }), 'failed');
    await record(stores, await decidedIn({ block: 1_800 }), 'failed');
    for (const block of [360, 720, 1_080, 1_440]) {
      expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(block);
      expect(await findings(database)).toEqual([]);
      expect(await stores.weightSets.latestTaken()).toEqual(taken);
    }
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
    expect((await stores.rows('weight_submissions')).map((row) => row.block)).toEqual([720, 1_800]);
    while ((await stores.ledgerRemover.sweep(1_000)) > 0);
    for (const table of ['ledger_entries', 'emission_metrics', 'ledger_inputs']) {
      expect(await stores.rows(table), table).toHaveLength(1);
    }
  });

  it('takes what the chain had when the chain has taken another set', async () => {
    const { database, stores, ledger } = await openLedger();
    await record(stores, await decidedIn({ block: 360 }), 'verified');
    await record(stores, await decidedIn({ block: 720 }), 'failed');
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBe(360);
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
    const anchor = await ledger.anchor();
    await record(stores, await decidedIn({ block: 1_080 }), 'verified');
    const documents: ArchivedEntry[] = [];
    const archiving = removerOf(
      database,
      SUBNET,
      async (document) => void documents.push(document),
    );
    expect(await archiving.deleteOldest(LATER)).toBe(360);
    expect(documents).toEqual([]);
    expect(await ledger.anchor()).toEqual(anchor);
    expect(await archiving.deleteOldest(LATER)).toBe(720);
    expect(documents.map(({ block }) => block)).toEqual([720]);
    expect(await stores.weightSets.latestTaken()).toMatchObject({ block: 1_080 });
    expect(await findings(database)).toEqual([]);
  });

  it.each<WeightSetState>([
    'computed',
    'submitted',
    'in_block',
    'finalized',
    'committed',
    'revealed',
  ])('waits for a set that is %s to be over', async (state) => {
    const { stores } = await openLedger();
    await record(stores, await decidedIn({ block: 360 }), state);
    await record(stores, await decidedIn({ block: 720 }), 'verified');
    await record(stores, await decidedIn({ block: 1_080 }), 'verified');
    expect(await stores.ledgerRemover.deleteOldest(LATER)).toBeUndefined();
  });

  it('leaves other subnets and mechanisms alone', async () => {
    const { stores, database } = await ledgerOf([360, 720]);
    for (const other of [
      { netuid: 39, mecid: 1 },
      { netuid: 40, mecid: 0 },
    ]) {
      const remover = removerOf(database, other);
      expect(await remover.deleteOldest(LATER)).toBeUndefined();
    }
    expect(await stores.rows('weight_submissions')).toHaveLength(2);
  });

  it('takes sets from before the ledger as well, without a document or an anchor', async () => {
    const { database, ledger } = await ledgerOf([360, 720, 1_080]);
    await database.query('ledger_entries').where({ block: 360 }).delete();
    const documents: ArchivedEntry[] = [];
    const archiving = removerOf(
      database,
      SUBNET,
      async (document) => void documents.push(document),
    );
    expect(await archiving.deleteOldest(LATER)).toBe(360);
    expect(documents).toEqual([]);
    expect(await ledger.anchor()).toBeUndefined();
    expect(await archiving.deleteOldest(LATER)).toBe(720);
    expect(documents).toHaveLength(1);
    expect(await ledger.anchor()).toMatchObject({ block: 720, deletedCount: 1 });
  });
});

describe('archiving a weight set', () => {
  it('hands its whole document over before anything is deleted', async () => {
    const { database, ledger } = await ledgerOf([360, 720]);
    const content = await ledger.contentAt(360);
    const documents: ArchivedEntry[] = [];
    await removerOf(database, SUBNET, async (document) => {
      expect(await ledger.entryAt(360)).toBeDefined();
      documents.push(document);
    }).deleteOldest(LATER);
    const [document] = documents;
    expect(document).toMatchObject({ ...SUBNET, block: 360, digest: content?.sealed.digest });
    const { submission, ...read } = documentOf([...(document?.parts ?? [])].join(''));
    expect(read).toEqual(content);
    expect(submission).toMatchObject({ state: 'verified' });
  });

  it('keeps the entry when the document could not be written', async () => {
    const { database, ledger } = await ledgerOf([360, 720]);
    const full = new Error('the disk is full');
    const failed = removerOf(database, SUBNET, () => Promise.reject(full)).deleteOldest(LATER);
    await expect(failed).rejects.toBe(full);
    expect(await ledger.entryAt(360)).toBeDefined();
    expect(await ledger.anchor()).toBeUndefined();
    expect(await findings(database)).toEqual([]);
  });

  it('comes again with the same document when the process died before the entry was deleted', async () => {
    const { database } = await ledgerOf([360, 720]);
    const texts: string[] = [];
    const dying = new Promise<void>(() => undefined);
    const archived = new Promise<void>((resolve) => {
      void removerOf(database, SUBNET, ({ parts }) => {
        texts.push([...parts].join(''));
        resolve();
        return dying;
      }).deleteOldest(LATER);
    });
    await archived;
    const block = await removerOf(database, SUBNET, async ({ parts }) => {
      texts.push([...parts].join(''));
    }).deleteOldest(LATER);
    expect(block).toBe(360);
    expect(texts).toHaveLength(2);
    expect(texts[1]).toBe(texts[0]);
  });

  it('deletes nothing more when another process was first', async () => {
    const { stores, database } = await ledgerOf([360, 720, 1_080]);
    const block = await removerOf(database, SUBNET, async () => {
      await removerOf(database, SUBNET).deleteOldest(LATER);
    }).deleteOldest(LATER);
    expect(block).toBeUndefined();
    expect((await stores.rows('weight_submissions')).map((row) => row.block)).toEqual([720, 1_080]);
    expect(await findings(database)).toEqual([]);
  });

  it('is refused for an entry whose miners and pairs cannot be found, and the entry stays', async () => {
    const { database, stores, ledger } = await ledgerOf([360, 720]);
    const [metrics] = await stores.rows('emission_metrics');
    await database.query('emission_metrics').where({ id: metrics?.id }).delete();
    const documents: ArchivedEntry[] = [];
    const failed = removerOf(database, SUBNET, async (document) => {
      documents.push(document);
    }).deleteOldest(LATER);
    await expect(failed).rejects.toMatchObject({
      code: 'store_unusable',
      message: expect.stringContaining('block 360'),
    });
    expect(documents).toEqual([]);
    expect(await ledger.entryAt(360)).toBeDefined();
    expect(await ledger.anchor()).toBeUndefined();
  });

  it('gives up when another process takes the rows while they are read', async () => {
    const { database } = await ledgerOf([360, 720, 1_080]);
    const documents: ArchivedEntry[] = [];
    const reading = removerOf(database, SUBNET, async (document) => {
      documents.push(document);
    }).deleteOldest(LATER);
    const other = removerOf(database, SUBNET);
    expect(await other.deleteOldest(LATER)).toBe(360);
    expect(await other.sweep(1_000)).toBeGreaterThan(0);
    expect(await reading).toBeUndefined();
    expect(documents).toEqual([]);
    expect(await findings(database)).toEqual([]);
  });
});

describe('sweeping', () => {
  it('takes the rows of deleted sets in bounded steps, counted exactly, and no others', async () => {
    const { stores, database } = await openLedger();
    for (const block of [360, 720]) {
      await record(stores, await decidedIn({ block, profiles: sampleMiners(30) }));
    }
    const counts = async () =>
      Promise.all(BELOW.map(async (name) => (await stores.rows(name)).length));
    const all = await counts();
    const ofOne = all.map((count) => count / 2);
    const total = ofOne.reduce((sum, count) => sum + count, 0);
    expect(await stores.ledgerRemover.sweep(20)).toBe(0);
    await stores.ledgerRemover.deleteOldest(LATER);
    expect(await counts()).toEqual(all);
    let swept = 0;
    for (let count = -1; count !== 0; swept += count) {
      count = await stores.ledgerRemover.sweep(20);
      expect(count).toBeLessThanOrEqual(20);
    }
    expect(swept).toBe(total);
    expect(await counts()).toEqual(ofOne);
    expect(await findings(database)).toEqual([]);
  });

  it('takes what an older version left of a decision that it never finished', async () => {
    const { database, stores } = await openLedger();
    await leaveUnfinished(database);
    expect(await stores.ledgerRemover.sweep(3)).toBe(3);
    expect(await stores.ledgerRemover.sweep(3)).toBe(1);
    expect(await stores.ledgerRemover.sweep(3)).toBe(0);
    for (const table of BELOW) expect(await stores.rows(table), table).toEqual([]);
  });
});

/** What is below a weight set and not visible without it. */
const BELOW = [
  'emission_metrics',
  'weight_allocation_history',
  'pending_weight_history',
  'ledger_inputs',
];

async function openLedger() {
  const database = await temporaryDatabase();
  const stores = sqliteStores(database);
  return { database, stores, ledger: new SqliteLedger({ database, ...SUBNET }) };
}

/** Verified sets, each decided from the same miners. */
async function ledgerOf(blocks: readonly number[]) {
  const opened = await openLedger();
  for (const block of blocks) await record(opened.stores, await decidedIn({ block }));
  return opened;
}

async function record(
  { weightSets }: ReturnType<typeof sqliteStores>,
  decision: Awaited<ReturnType<typeof decidedIn>>,
  state: WeightSetState = 'verified',
) {
  await weightSets.record(decision);
  await weightSets.update({ ...decision.set, state, ...failureOf(state) });
}

function failureOf(state: WeightSetState): Pick<WeightSet, 'failure'> | undefined {
  if (state !== 'failed') return undefined;
  return { failure: { reason: 'Scripted', message: 'it failed', action: { kind: 'stop' } } };
}

function removerOf(
  database: SqliteDatabase,
  subnet: { netuid: number; mecid: number },
  write?: (document: ArchivedEntry) => Promise<void>,
) {
  const archive = write === undefined ? undefined : { write };
  return new SqliteLedgerRemover({ database, ...subnet, archive });
}

async function findings(database: SqliteDatabase) {
  const found = [];
  for await (const entry of new LedgerAudit({ database, ...SUBNET }).entries()) {
    if (entry.findings.length > 0) found.push(entry);
  }
  return found;
}

async function linksOf(ledger: SqliteLedger) {
  const links = [];
  for await (const batch of ledger.links()) links.push(...batch);
  return links;
}

/** The metrics and history of a decision that stopped half-way: four rows. */
async function leaveUnfinished({ query }: SqliteDatabase) {
  const timestamp = new Date(SAMPLE_TIME_MS).toISOString();
  await query('emission_metrics').insert({
    id: 1,
    timestamp,
    burn_amount: 0,
    burn_percentage: 0,
    category_distributions_json: '{}',
    total_miners: 0,
    weight_set_block: 360,
    created_at: timestamp,
  });
  for (const uid of [1, 2]) {
    await query('weight_allocation_history').insert({
      emission_metrics_id: 1,
      miner_uid: uid,
      ...{ gpu_category: 'H100', gpu_count: 1, basis: 1, allocated_weight: 1 },
      ...{ miner_score: 1, category_total_score: 1, weight_set_block: 360, timestamp },
    });
  }
  await query('ledger_inputs').insert({
    ...{ emission_metrics_id: 1, first_uid: 1, last_uid: 2, line_count: 2 },
    lines: Buffer.from('x'),
  });
}
