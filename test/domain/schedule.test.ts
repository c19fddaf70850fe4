import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INCLUSION_BLOCKS_MAX,
  isDue,
  lastSetBlockOf,
  nextSetBlock,
  type Schedule,
} from '../../src/domain/schedule.ts';

const AFTER_A_SET: Schedule = {
  lastSetBlock: 1_000,
  chainLastUpdateBlock: 1_001,
  intervalBlocks: 360,
  weightsRateLimitBlocks: 100,
};

describe('the schedule of weight sets', () => {
  it.each([
    [1_359, false],
    [1_360, true],
    [1_361, true],
    [5_000, true],
  ])('at block %i of an interval of 360 from block 1000 on is due: %s', (block, due) => {
    expect(isDue(block, AFTER_A_SET)).toBe(due);
  });

  it('names the block at which an early request becomes possible', () => {
    expect(nextSetBlock(AFTER_A_SET)).toBe(1_360);
  });

  it.each([
    [1_100, false],
    [1_101, true],
  ])(
    'waits for the rate limit of the chain when the interval is shorter: block %i',
    (block, due) => {
      expect(isDue(block, { ...AFTER_A_SET, intervalBlocks: 20 })).toBe(due);
    },
  );

  it('lets a LastUpdate of 0 pass the rate limit', () => {
    const never = { ...AFTER_A_SET, lastSetBlock: 0, chainLastUpdateBlock: 0, intervalBlocks: 1 };
    expect(nextSetBlock(never)).toBe(1);
  });

  it('waits for the block that a failure asks for', () => {
    expect(nextSetBlock({ ...AFTER_A_SET, retryBlock: 2_000 })).toBe(2_000);
    expect(nextSetBlock({ ...AFTER_A_SET, retryBlock: 7 })).toBe(1_360);
  });

  it.each([
    ['a set of somebody else with our key', 1_000, 1_500, 1_500],
    ['a set that the chain never took', 1_000, 400, 400],
    ['a lost record', 0, 900, 900],
    ['a chain that began anew', 1_000, 0, 0],
    ['an inclusion at once', 1_000, 1_000, 1_000],
    ['the latest inclusion possible', 1_000, 1_000 + INCLUSION_BLOCKS_MAX, 1_000],
    ['one block more than that', 1_000, 1_001 + INCLUSION_BLOCKS_MAX, 1_001 + INCLUSION_BLOCKS_MAX],
  ])('believes the chain: %s', (...[, lastSetBlock, chainLastUpdateBlock, expected]) => {
    expect(lastSetBlockOf({ lastSetBlock, chainLastUpdateBlock })).toBe(expected);
  });

  it('is due from exactly the next block on, and never within the rate limit', () => {
    const block = fc.integer({ min: 0, max: 10_000 });
    const schedule = fc.record({
      lastSetBlock: block,
      chainLastUpdateBlock: block,
      intervalBlocks: fc.integer({ min: 1, max: 500 }),
      weightsRateLimitBlocks: fc.integer({ min: 0, max: 500 }),
      retryBlock: block,
    });
    fc.assert(
      fc.property(schedule, (given) => {
        const next = nextSetBlock(given);
        expect(isDue(next, given)).toBe(true);
        expect(isDue(next - 1, given)).toBe(false);
        const { chainLastUpdateBlock, weightsRateLimitBlocks, retryBlock } = given;
        if (chainLastUpdateBlock > 0) {
          expect(next - chainLastUpdateBlock).toBeGreaterThanOrEqual(weightsRateLimitBlocks);
        }
        expect(next).toBeGreaterThanOrEqual(retryBlock);
      }),
    );
  });
});
