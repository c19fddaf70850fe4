import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  drandRound,
  type EpochState,
  type LegacyEpochState,
  legacyRevealSchedule,
  newestDrandRound,
  QUICKNET_GENESIS_S,
  QUICKNET_PERIOD_S,
  REVEAL_PERIOD_EPOCHS_MAX,
  type RevealSchedule,
  revealSchedule,
  type ScheduleRefusal,
  SECURITY_BLOCK_OFFSET,
} from '../../src/domain/epoch-schedule.ts';

const QUICKNET = { genesisS: QUICKNET_GENESIS_S, periodS: QUICKNET_PERIOD_S };
const TEMPO_BLOCKS_MAX = 50_400;
const TEMPO_U16_MAX = 65_535;

type Row = readonly [number, number, number, number, number, number];

function stateOf(row: Row): EpochState {
  const [lastEpochBlock, pendingEpochAt, epochIndex, tempo, blocksSinceLastStep, block] = row;
  return { lastEpochBlock, pendingEpochAt, epochIndex, tempo, blocksSinceLastStep, block };
}

function scheduled(schedule: RevealSchedule | ScheduleRefusal): RevealSchedule {
  if (schedule.kind === 'refused') throw new Error(schedule.reason);
  return schedule;
}

describe('the reveal schedule', () => {
  it.each<{ name: string; row: Row; period: number; gives: readonly [number, number] }>([
    { name: 'a tempo that was just set', row: [10, 0, 0, 50, 0, 10], period: 1, gives: [0, 60] },
    { name: 'an epoch that was asked for', row: [80, 95, 0, 20, 0, 91], period: 1, gives: [0, 95] },
    { name: 'a regular epoch', row: [100, 0, 0, 50, 0, 120], period: 1, gives: [0, 150] },
    { name: 'two epochs', row: [100, 0, 0, 50, 0, 120], period: 2, gives: [0, 200] },
    { name: 'an index that is not 0', row: [100, 0, 3, 50, 5, 120], period: 3, gives: [3, 250] },
    {
      name: 'a commitment in the block of an epoch',
      row: [100, 0, 9, 50, 49, 149],
      period: 1,
      gives: [10, 200],
    },
    {
      name: 'a commitment in an epoch that was asked for',
      row: [80, 50, 2, 20, 11, 91],
      period: 1,
      gives: [3, 112],
    },
    {
      name: 'a step that is overdue',
      row: [1_000_000, 0, 7, 360, 50_401, 1_000_010],
      period: 1,
      gives: [8, 1_000_371],
    },
    {
      name: 'a subnet of mainnet',
      row: [4_919_251, 0, 13_664, 360, 100, 4_919_351],
      period: 1,
      gives: [13_664, 4_919_611],
    },
    {
      name: 'six epochs',
      row: [3_100_000, 0, 31_000, 100, 10, 3_100_010],
      period: 6,
      gives: [31_000, 3_100_600],
    },
    {
      name: 'a step that falls overdue at this block',
      row: [900, 0, 7, 360, 50_400, 1_000],
      period: 1,
      gives: [8, 1_361],
    },
    {
      name: 'a step that falls overdue next',
      row: [990, 0, 7, 360, 50_398, 1_000],
      period: 1,
      gives: [7, 1_004],
    },
    {
      name: 'a tempo that no owner can set',
      row: [0, 0, 0, 60_000, 10, 10],
      period: 2,
      gives: [0, 100_803],
    },
  ])('opens after $name', ({ row, period, gives: [commitEpoch, revealBlock] }) => {
    expect(revealSchedule(stateOf(row), period)).toEqual({
      kind: 'scheduled',
      ...{ commitEpoch, revealBlock, roundOffsetBlocks: SECURITY_BLOCK_OFFSET },
    });
  });

  it('refuses a subnet that runs no epochs', () => {
    const refusal = { kind: 'refused', reason: 'tempo_zero' };
    expect(revealSchedule(stateOf([10, 0, 0, 0, 0, 10]), 1)).toEqual(refusal);
    expect(legacyRevealSchedule({ block: 900, netuid: 1, tempo: 0 }, 1)).toEqual(refusal);
  });

  it('refuses a reveal period that the chain does not have', () => {
    const refusal = { kind: 'refused', reason: 'reveal_period_out_of_range' };
    const state = stateOf([100, 0, 0, 50, 0, 120]);
    for (const period of [0, REVEAL_PERIOD_EPOCHS_MAX + 1]) {
      expect(revealSchedule(state, period)).toEqual(refusal);
    }
    expect(revealSchedule(state, REVEAL_PERIOD_EPOCHS_MAX).kind).toBe('scheduled');
    const legacy = { block: 900, netuid: 1, tempo: 10 };
    expect(legacyRevealSchedule(legacy, REVEAL_PERIOD_EPOCHS_MAX + 1)).toEqual(refusal);
  });

  it('is what the pallet does block by block', () => {
    fc.assert(
      fc.property(epochStates(), fc.integer({ min: 1, max: 4 }), (state, period) => {
        expect(revealSchedule(state, period)).toMatchObject(simulated(state, period));
      }),
      { numRuns: 200 },
    );
  });
});

describe('the legacy reveal schedule', () => {
  it.each([
    { head: 120, period: 1, gives: [11, 129] },
    { head: 127, period: 1, gives: [11, 129] },
    { head: 128, period: 1, gives: [12, 140] },
    { head: 120, period: 3, gives: [11, 151] },
    { head: 120, period: 0, gives: [11, 129] },
  ])('opens what follows block $head at the end of epoch $period from then', (row) => {
    const state = { block: row.head, netuid: 1, tempo: 10 };
    const [commitEpoch, revealBlock] = row.gives;
    expect(legacyRevealSchedule(state, row.period)).toEqual({
      kind: 'scheduled',
      ...{ commitEpoch, revealBlock, roundOffsetBlocks: -6 },
    });
  });

  it('refuses what a young chain would drop unopened', () => {
    const refusal = { kind: 'refused', reason: 'before_first_reveal' };
    const state = { netuid: 1, tempo: 10 };
    expect(legacyRevealSchedule({ ...state, block: 5 }, 1)).toEqual(refusal);
    expect(legacyRevealSchedule({ ...state, block: 5 }, 5)).toEqual(refusal);
    expect(legacyRevealSchedule({ ...state, block: 12 }, 1)).toEqual(refusal);
    expect(legacyRevealSchedule({ ...state, block: 12 }, 2).kind).toBe('scheduled');
  });

  it('is what the pallet did block by block', () => {
    const states = fc.record({
      block: fc.nat(5_000),
      netuid: fc.nat(500),
      tempo: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(states, fc.nat(4), (state, period) => {
        const schedule = legacyRevealSchedule(state, period);
        const expected = legacySimulated(state, period);
        if (expected === undefined) expect(schedule.kind).toBe('refused');
        else expect(schedule).toMatchObject(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a drand round', () => {
  const nowMs = 1_751_500_000_000;

  it.each<{ name: string; now: number; row: Row; period: number; ms: number; round: number }>([
    {
      name: 'mainnet',
      now: nowMs,
      row: [4_919_251, 0, 13_664, 360, 100, 4_919_351],
      period: 1,
      ms: 12_000,
      round: 19_566_596,
    },
    {
      name: 'a fast chain',
      now: nowMs,
      row: [3_100_000, 0, 31_000, 100, 10, 3_100_010],
      period: 6,
      ms: 250,
      round: 19_565_593,
    },
    {
      name: 'a tempo that was just set',
      now: nowMs,
      row: [10, 0, 0, 50, 0, 10],
      period: 1,
      ms: 12_000,
      round: 19_565_756,
    },
    {
      name: 'a time before the beacon',
      now: 0,
      row: [10, 0, 0, 50, 0, 10],
      period: 1,
      ms: 12_000,
      round: 1,
    },
  ])('is chosen for $name', ({ now, row, period, ms, round }) => {
    const request = { nowMs: now, head: row[5], blockTimeMs: ms, ...QUICKNET };
    const schedule = scheduled(revealSchedule(stateOf(row), period));
    expect(drandRound({ ...request, ...schedule })).toBe(round);
    expect(drandRound({ ...request, revealBlock: schedule.revealBlock })).toBe(round);
  });

  it('comes before the reveal on a legacy runtime', () => {
    const schedule = scheduled(legacyRevealSchedule({ block: 120, netuid: 1, tempo: 10 }, 1));
    const request = { nowMs, head: 120, blockTimeMs: 12_000, ...QUICKNET };
    const round = drandRound({ ...request, ...schedule });
    expect(round).toBe(newestDrandRound(nowMs + (129 - 6 - 120) * 12_000) - 1);
  });

  it('is published every period from the genesis on', () => {
    const genesisMs = QUICKNET_GENESIS_S * 1_000;
    expect(newestDrandRound(genesisMs - 1)).toBe(0);
    expect(newestDrandRound(genesisMs)).toBe(1);
    expect(newestDrandRound(genesisMs + 2_999)).toBe(1);
    expect(newestDrandRound(genesisMs + 3_000)).toBe(2);
    expect(newestDrandRound(0)).toBe(0);
    expect(newestDrandRound(31_000, { genesisS: 1, periodS: 30 })).toBe(2);
  });

  it('is out before the chain needs it and not before the epoch begins', () => {
    const request = fc.record({ blocks: fc.nat(100_000), now: fc.nat(1_000_000_000) });
    fc.assert(
      fc.property(request, ({ blocks, now }) => {
        const chainMs = nowMs + now;
        const times = { nowMs: chainMs, head: 7, revealBlock: 7 + blocks, blockTimeMs: 12_000 };
        const round = drandRound({ ...times, ...QUICKNET });
        expect(round).toBeLessThan(newestDrandRound(chainMs + (blocks + 3) * 12_000) + 1);
        expect(round).toBeGreaterThan(newestDrandRound(chainMs + blocks * 12_000));
      }),
    );
  });
});

/** States as a chain can have them, with the rare ones as likely as the others. */
function epochStates(): fc.Arbitrary<EpochState> {
  const near = (max: number) => fc.integer({ min: max - 40, max });
  const tempo = fc.oneof(
    fc.integer({ min: 1, max: 60 }),
    fc.integer({ min: TEMPO_BLOCKS_MAX - 2, max: TEMPO_BLOCKS_MAX + 3 }),
    near(TEMPO_U16_MAX),
  );
  const facts = fc.record({
    block: fc.integer({ min: 100_000, max: 200_000 }),
    sinceEpoch: fc.oneof(fc.nat(80), fc.nat(TEMPO_U16_MAX)),
    pendingIn: fc.option(fc.integer({ min: -20, max: 40 })),
    epochIndex: fc.nat(1_000),
    tempo,
    blocksSinceLastStep: fc.oneof(fc.nat(80), near(TEMPO_BLOCKS_MAX + 20), fc.nat(TEMPO_U16_MAX)),
  });
  return facts.map(({ block, sinceEpoch, pendingIn, ...others }) => ({
    ...others,
    block,
    lastEpochBlock: block - sinceEpoch,
    pendingEpochAt: pendingIn === null ? 0 : block + pendingIn,
  }));
}

/** `block_step` and the commitment's extrinsic, as the pallet has them. */
function simulated(start: EpochState, period: number) {
  let { lastEpochBlock, pendingEpochAt, epochIndex, blocksSinceLastStep } = start;
  let commitEpoch: number | undefined;
  const isDue = (block: number) =>
    (pendingEpochAt > 0 && block >= pendingEpochAt) ||
    blocksSinceLastStep > TEMPO_BLOCKS_MAX ||
    block - lastEpochBlock >= start.tempo;
  const epochAt = (block: number) => (isDue(block) ? epochIndex + 1 : epochIndex);
  for (let block = start.block + 1; ; block += 1) {
    if (commitEpoch !== undefined && epochAt(block) === commitEpoch + period) {
      return { commitEpoch, revealBlock: block };
    }
    blocksSinceLastStep += 1;
    if (isDue(block)) {
      epochIndex += 1;
      lastEpochBlock = block;
      pendingEpochAt = 0;
      blocksSinceLastStep = 0;
    }
    commitEpoch ??= epochAt(block);
  }
}

/** `run_coinbase` and `do_commit_crv3_weights` of spec 293; undefined for what it may drop. */
function legacySimulated({ block: head, netuid, tempo }: LegacyEpochState, period: number) {
  const isDue = (block: number) => (block + netuid + 1) % (tempo + 1) === tempo;
  const epochAt = (block: number) => Math.floor((block + netuid + 1) / (tempo + 1));
  const commitEpoch = epochAt(head + 1) + (isDue(head + 1) ? 1 : 0);
  if (commitEpoch === 0) return undefined;
  for (let block = head + 2; ; block += 1) {
    if (!isDue(block)) continue;
    const opened = Math.max(0, epochAt(block) - Math.max(0, period - 1));
    if (opened > commitEpoch) return undefined;
    if (opened === commitEpoch && epochAt(block) >= 2) return { commitEpoch, revealBlock: block };
  }
}
