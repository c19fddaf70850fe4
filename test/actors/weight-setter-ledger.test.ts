import { beforeEach, describe, expect, it } from 'vitest';
import type { Compute } from '../../src/actors/ports.ts';
import type { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { settle } from '../support/manual-clock.ts';
import { temporaryDatabase } from '../support/temporary-database.ts';
import { type RigOptions, rigOf, type WeightSetterRig } from '../support/weight-setter-rig.ts';
import { COMPUTED_AT_MS, sampleCompute, sampleMiner } from '../support/weight-setter-samples.ts';

const SUBNET = { netuid: 39, mecid: 0 };
const MINERS = 300;
/** More than enough. */
const TURNS_PER_DECISION = 20;
/** What a decision is written to. */
const DECISION_TABLES = ['emission_metrics', 'pending_weight_history', 'ledger_inputs'];

let database: SqliteDatabase;
let sets: SqliteWeightSetStore;

beforeEach(async () => {
  database = await temporaryDatabase();
  sets = new SqliteWeightSetStore({ database, ...SUBNET, historyRowsMax: 50 });
});

describe('a ledger that is ahead of the chain', () => {
  it('withholds weights before anything is calculated, with an alarm and a pause', async () => {
    const { rig, setter, calculated } = await begunAnew();
    expect(setter.status()).toMatchObject({ lastSetBlock: 0, nextSetBlock: 20, alarm: undefined });
    const before = calculated();
    await advanceTo(rig, 20);
    const { alarm } = setter.status();
    expect(alarm).toContain('the chain is at block 20');
    expect(alarm).toContain('is of block 1010');
    expect(alarm).toContain('store.database');
    await advanceTo(rig, 29);
    expect(withheldAt(rig)).toEqual([20]);
    await advanceTo(rig, 30);
    expect(withheldAt(rig)).toEqual([20, 30]);
    expect(calculated()).toBe(before);
    expect((await sets.latest())?.block).toBe(1_010);
  });

  it('is what an operator hears who asks for weights', async () => {
    const { rig, setter } = await begunAnew();
    await advanceTo(rig, 20);
    await expect(setter.setNow()).rejects.toMatchObject({
      code: 'weight_set_withheld',
      details: { metadata: { reason: 'LEDGER_AHEAD', block: '20', newest_block: '1010' } },
    });
    expect(setter.status().alarm).toContain('is of block 1010');
  });

  it('is another process at work when it is only a few blocks ahead', async () => {
    const { rig, setter, calculated } = await begunAnew();
    await advanceTo(rig, 1_005);
    const before = calculated();
    await expect(setter.setNow()).rejects.toMatchObject({
      code: 'weight_set_in_progress',
      details: { metadata: { newest_block: '1010' } },
    });
    expect(calculated()).toBe(before);
  });

  it('still gives a preview', async () => {
    const { rig, setter } = await begunAnew();
    await advanceTo(rig, 20);
    expect((await setter.preview()).minersServed).toBe(MINERS);
  });

  it('is over when the chain has passed it', async () => {
    const { rig, setter } = await begunAnew();
    await advanceTo(rig, 20);
    await rig.chain.jumpTo(1_010);
    await decided();
    await advanceTo(rig, 1_012);
    expect(await sets.latest()).toMatchObject({ block: 1_011, state: 'verified' });
    expect(setter.status().alarm).toBeUndefined();
  });

  it('is known from the anchor when retention has deleted every entry', async () => {
    await database.query('ledger_anchors').insert({
      ...SUBNET,
      block: 5_000,
      digest: 'ab'.repeat(32),
      deleted_count: 1,
      updated_time: '2026-01-01T00:00:00.000Z',
    });
    const rig = rigOf();
    const setter = await rig.start({ sets });
    await advanceTo(rig, 1_010);
    expect(setter.status().alarm).toContain('is of block 5000');
  });

  /** A setter on a chain that began at 0 again, over a ledger that ends at block 1010. */
  async function begunAnew() {
    const { compute, calculated } = countingCompute();
    const rig = rigWith({ compute });
    await rig.start({ sets });
    await advanceTo(rig, 1_012);
    await rig.stop();
    expect(await sets.latest()).toMatchObject({ block: 1_010, state: 'verified' });
    rig.chain.restartAt(0);
    return { rig, setter: await rig.start({ sets }), calculated };
  }
});

describe('a full disk', () => {
  it('is not written to at every head, says so, and keeps nothing of what failed', async () => {
    const rig = rigWith();
    const setter = await rig.start({ sets });
    await advanceTo(rig, 1_009);
    const empty = await rowCounts();
    await fill();
    await advanceTo(rig, 1_019);
    expect(rig.messages('error')).toEqual(['weight setter failed and goes on']);
    expect(setter.status().alarm).toContain('the weights of block 1010 could not be stored');
    expect(setter.status().alarm).toContain('SQLITE_FULL');
    expect(await rowCounts()).toEqual(empty);
    await advanceTo(rig, 1_020);
    expect(rig.messages('error').length).toBe(2);
    await database.query.raw('pragma max_page_count = 1000000');
    await advanceTo(rig, 1_032);
    expect(await sets.latest()).toMatchObject({ block: 1_030, state: 'verified' });
    expect(setter.status().alarm).toBeUndefined();
  });

  async function fill(): Promise<void> {
    const [{ page_count: pages }] = await database.query.raw('pragma page_count');
    await database.query.raw(`pragma max_page_count = ${pages}`);
  }

  async function rowCounts(): Promise<readonly number[]> {
    const tables = await Promise.all(DECISION_TABLES.map((table) => database.query(table)));
    return tables.map((rows) => rows.length);
  }
});

function rigWith(given: RigOptions = {}): WeightSetterRig {
  const profiles = Array.from({ length: MINERS }, (_, index) =>
    sampleMiner(index + 2, COMPUTED_AT_MS),
  );
  return rigOf({ ...given, metagraph: { size: MINERS + 2 }, profiles });
}

function countingCompute() {
  let count = 0;
  const { allocate } = sampleCompute();
  const compute: Compute = {
    allocate: (population, policy) => {
      count += 1;
      return allocate(population, policy);
    },
  };
  return { compute, calculated: () => count };
}

/** Makes blocks one by one, each after what the one before set off has ended or waits for the chain. */
async function advanceTo(rig: WeightSetterRig, block: number): Promise<void> {
  while (rig.chain.block < block) {
    await rig.chain.advance();
    await decided();
  }
}

async function decided(): Promise<void> {
  for (let turn = 0; turn < TURNS_PER_DECISION; turn += 1) await settle();
}

function withheldAt({ logged }: WeightSetterRig): readonly unknown[] {
  return logged
    .filter(({ message }) => message.startsWith('weights withheld'))
    .map(({ fields }) => ('block' in fields ? fields.block : undefined));
}
