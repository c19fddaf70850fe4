import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WeightVector } from '../../src/domain/allocation.ts';
import { upscaledWeights } from '../../src/domain/read-back.ts';
import { FINALITY_BLOCKS_MAX, INCLUSION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import type { WeightSet, WeightSetState } from '../../src/domain/weight-set.ts';
import {
  followedUntilBlock,
  isPending,
  isStored,
  outcomeOf,
  REVEAL_BLOCKS_MAX,
  REVEAL_DELAY_BLOCKS_MAX,
  type ReadBack,
} from '../../src/domain/weight-set-outcome.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

const DIGEST = `0x${'11'.repeat(32)}`;
const OTHER_DIGEST = `0x${'22'.repeat(32)}`;
const LAST_BLOCK = 1_064;
const WAITING = { kind: 'waiting', isCommitted: false };
const COMMITTED = { kind: 'waiting', isCommitted: true };
const VERIFIED = { kind: 'verified' };
const NOT_ON_CHAIN = {
  kind: 'failed',
  failure: { reason: 'OUTCOME_UNKNOWN_NOT_ON_CHAIN', action: { kind: 'retry_now' } },
};
const LOST = { kind: 'lost', failure: { reason: 'NOT_REVEALED', action: { kind: 'retry_now' } } };

/** Decided at block 1000, before what is signed was stored. */
const unsigned = sampleWeightSet({ block: 1_000, state: 'submitted' });
const clipped = vector([0, 100], [7, 700], [9, 200]);
const plain: WeightSet = {
  ...unsigned,
  extrinsic: { call: 'set_weights', vector: clipped, isClipped: true, lastBlock: LAST_BLOCK },
};
const commitment: WeightSet = {
  ...unsigned,
  extrinsic: {
    call: 'commit_timelocked_weights',
    vector: clipped,
    isClipped: true,
    lastBlock: LAST_BLOCK,
    commitment: {
      ciphertext: Uint8Array.of(1),
      digest: DIGEST,
      revealRound: 5,
      revealBlock: 1_360,
      version: 4,
    },
  },
};
const other = vector([7, 65_535]);

/** The chain at block 1003, with what was submitted, taken at block 1001. */
function read(overrides: Partial<ReadBack> = {}): ReadBack {
  return {
    block: 1_003,
    vector: storedAs(clipped),
    lastUpdateBlock: 1_001,
    pendingCommitments: [],
    ...overrides,
  };
}

describe.each([
  { what: 'plain weights', set: plain },
  { what: 'a commitment', set: commitment },
])('the outcome of $what that nobody followed', ({ set }) => {
  it('is verified when the chain has what was submitted and took it after the decision', () => {
    expect(outcomeOf(set, read())).toEqual(VERIFIED);
    expect(outcomeOf({ ...set, state: 'computed' }, read())).toEqual(VERIFIED);
    expect(isStored(set, read())).toBe(true);
  });

  it('is not told by what was decided when something else was submitted', () => {
    const decided = read({ vector: storedAs(set.vector), block: LAST_BLOCK });
    expect(outcomeOf(set, decided)).toEqual(WAITING);
  });

  it('is not told by equal weights of an earlier set', () => {
    const earlier = read({ lastUpdateBlock: 1_000 });
    expect(outcomeOf(set, earlier)).toEqual(WAITING);
    expect(outcomeOf(set, { ...earlier, block: LAST_BLOCK + 1 })).toMatchObject(NOT_ON_CHAIN);
  });

  it('is open until the last block that may take it was read, not only seen', () => {
    const missing = { vector: other, lastUpdateBlock: 900 };
    expect(outcomeOf(set, read({ ...missing, block: LAST_BLOCK }))).toEqual(WAITING);
    expect(outcomeOf(set, read({ ...missing, block: 998 }))).toEqual(WAITING);
    const after = read({ ...missing, block: LAST_BLOCK + 1 });
    expect(outcomeOf(set, after)).toMatchObject(NOT_ON_CHAIN);
    expect(outcomeOf({ ...set, state: 'computed' }, after)).toMatchObject(NOT_ON_CHAIN);
  });

  it('is open while it may arrive, although the chain has taken something else meanwhile', () => {
    expect(outcomeOf(set, read({ vector: other }))).toEqual(WAITING);
    expect(outcomeOf({ ...set, state: 'in_block' }, read({ vector: other }))).toEqual(WAITING);
  });

  it('has failed when it is of another chain, where a chain may begin anew', () => {
    const block = 1_000 - INCLUSION_BLOCKS_MAX;
    const began = { vector: other, lastUpdateBlock: 0 };
    const of = (at: number) =>
      outcomeOf(set, read({ ...began, block: at }), { mayBeginAnew: true });
    expect(of(block)).toEqual(WAITING);
    expect(of(block - 1)).toMatchObject(NOT_ON_CHAIN);
  });

  it('is open however far behind the endpoint is that was read', () => {
    const behind = read({ vector: other, lastUpdateBlock: 0, block: 1 });
    expect(outcomeOf(set, behind)).toEqual(WAITING);
    expect(outcomeOf({ ...set, state: 'committed' }, behind)).toEqual(WAITING);
    expect(outcomeOf({ ...set, state: 'finalized' }, behind)).toEqual(WAITING);
  });

  it('waits for a read that shows the final block that took it', () => {
    const lagging = read({ vector: other, lastUpdateBlock: 900 });
    expect(outcomeOf({ ...set, state: 'finalized' }, lagging)).toEqual(WAITING);
  });
});

describe('the outcome of plain weights', () => {
  it('has failed at once when they are final and the chain has others', () => {
    const final: WeightSet = { ...plain, state: 'finalized' };
    expect(outcomeOf(final, read({ vector: other }))).toMatchObject(NOT_ON_CHAIN);
  });

  it('has failed when the chain took others before the last block passed', () => {
    const after = read({ vector: other, block: LAST_BLOCK + 1 });
    expect(outcomeOf(plain, after)).toMatchObject(NOT_ON_CHAIN);
  });

  it('does not depend on commitments that wait', () => {
    expect(outcomeOf(plain, read({ pendingCommitments: [OTHER_DIGEST] }))).toEqual(VERIFIED);
  });
});

describe('the outcome of a commitment', () => {
  const pending = { pendingCommitments: [OTHER_DIGEST, DIGEST] };

  it('waits as long as the chain keeps it, whatever its age and the stored weights', () => {
    expect(outcomeOf(commitment, read({ ...pending, vector: other }))).toEqual(COMMITTED);
    expect(outcomeOf(commitment, read(pending))).toEqual(COMMITTED);
    const late = read({ ...pending, block: 1_000_000 });
    expect(outcomeOf({ ...commitment, state: 'committed' }, late)).toEqual(COMMITTED);
    expect(isPending(commitment, late)).toBe(true);
    expect(isStored(commitment, late)).toBe(false);
  });

  it('is not that of another one that waits', () => {
    const another = { pendingCommitments: [OTHER_DIGEST] };
    const committed: WeightSet = { ...commitment, state: 'committed' };
    expect(outcomeOf(committed, read(another))).toEqual(VERIFIED);
    expect(outcomeOf(committed, read({ ...another, vector: other }))).toMatchObject(LOST);
    expect(isPending(plain, read(pending))).toBe(false);
  });

  it.each(['finalized', 'committed', 'revealed'] as const)(
    'is lost when it was %s and is gone without its weights',
    (state) => {
      const gone = read({ vector: other });
      expect(outcomeOf({ ...commitment, state }, gone)).toMatchObject(LOST);
      const deregistered = read({ vector: other, lastUpdateBlock: 0, block: LAST_BLOCK + 1 });
      expect(outcomeOf({ ...commitment, state }, deregistered)).toMatchObject(LOST);
    },
  );

  it('is lost when the chain took something of ours in its blocks, and it is gone', () => {
    const gone = read({ vector: other, block: LAST_BLOCK + 1, lastUpdateBlock: LAST_BLOCK });
    expect(outcomeOf(commitment, gone)).toMatchObject(LOST);
  });

  it('never came when the chain took something of ours only later', () => {
    const later = read({ vector: other, block: 1_100, lastUpdateBlock: LAST_BLOCK + 1 });
    expect(outcomeOf(commitment, later)).toMatchObject(NOT_ON_CHAIN);
  });

  it('is not lost in a read from before it was committed', () => {
    const lagging = read({ vector: other, lastUpdateBlock: 900 });
    expect(outcomeOf({ ...commitment, state: 'committed' }, lagging)).toEqual(WAITING);
  });
});

describe('the outcome of a set that was decided and not signed', () => {
  it('has failed at once, whatever the chain has', () => {
    const decided: WeightSet = { ...unsigned, state: 'computed' };
    for (const chain of [read(), read({ block: 998, vector: other, lastUpdateBlock: 0 })]) {
      expect(outcomeOf(decided, chain)).toMatchObject({
        kind: 'failed',
        failure: { reason: 'INTERRUPTED', action: { kind: 'retry_now' } },
      });
    }
  });
});

describe('the outcome of a set from before what is signed was stored', () => {
  const equal = storedAs(unsigned.vector);
  const anyPending = { pendingCommitments: [OTHER_DIGEST] };

  it('is told by the weights that were decided', () => {
    expect(outcomeOf(unsigned, read({ vector: equal }))).toEqual(VERIFIED);
  });

  it('is open until the longest time to an inclusion has passed', () => {
    const missing = { vector: other, lastUpdateBlock: 900 };
    const last = 1_000 + INCLUSION_BLOCKS_MAX;
    expect(outcomeOf(unsigned, read({ ...missing, block: last }))).toEqual(WAITING);
    expect(outcomeOf(unsigned, read({ ...missing, block: last + 1 }))).toMatchObject(NOT_ON_CHAIN);
  });

  it('takes any commitment that waits for its own until the time to reveal has passed', () => {
    const pending = read({ ...anyPending, vector: other });
    expect(outcomeOf(unsigned, pending)).toEqual(COMMITTED);
    expect(outcomeOf(unsigned, { ...pending, lastUpdateBlock: 900 })).toEqual(WAITING);
    const overdue = { ...pending, block: 1_001 + REVEAL_BLOCKS_MAX };
    const committed: WeightSet = { ...unsigned, state: 'committed' };
    expect(outcomeOf(committed, overdue)).toMatchObject(LOST);
    expect(outcomeOf(committed, { ...overdue, vector: equal })).toEqual(VERIFIED);
  });

  it('is lost when it was committed and nothing waits', () => {
    const gone = read({ vector: other });
    expect(outcomeOf({ ...unsigned, state: 'committed' }, gone)).toMatchObject(LOST);
  });
});

describe('a submission', () => {
  it('is followed until its last block and finality', () => {
    expect(followedUntilBlock(plain)).toBe(LAST_BLOCK + FINALITY_BLOCKS_MAX);
    const longest = 1_000 + INCLUSION_BLOCKS_MAX + FINALITY_BLOCKS_MAX;
    expect(followedUntilBlock(unsigned)).toBe(longest);
  });

  it('that is committed is followed until its reveal is overdue', () => {
    const committed: WeightSet = { ...commitment, state: 'committed' };
    expect(followedUntilBlock(committed)).toBe(1_360 + REVEAL_DELAY_BLOCKS_MAX);
    const unnamed: WeightSet = { ...unsigned, state: 'revealed' };
    expect(followedUntilBlock(unnamed)).toBe(1_000 + REVEAL_BLOCKS_MAX);
  });
});

describe('whatever the chain does', () => {
  it('no set is given up while it can be taken, and each ends once it cannot', () => {
    fc.assert(
      fc.property(anyStory(), (story) => {
        const { set, includedAtBlock, finalityBlocks, overwrittenAtBlock } = story;
        for (let head = 1_000; head < 1_200; head += 1) {
          const block = head - finalityBlocks;
          const isIn = includedAtBlock !== undefined && includedAtBlock <= block;
          const isOverwritten = overwrittenAtBlock !== undefined && overwrittenAtBlock <= block;
          const outcome = outcomeOf(set, {
            block,
            vector: isOverwritten || !isIn ? other : storedAs(clipped),
            lastUpdateBlock: Math.max(
              900,
              isIn ? includedAtBlock : 0,
              isOverwritten ? overwrittenAtBlock : 0,
            ),
            pendingCommitments: [],
          });
          const hasGivenUp = outcome.kind === 'failed' || outcome.kind === 'lost';
          const mayComeYet = head < LAST_BLOCK && (includedAtBlock ?? 1_199) > head;
          if (mayComeYet) expect({ head, hasGivenUp }).toEqual({ head, hasGivenUp: false });
          if (isIn && !isOverwritten) expect(outcome).toEqual(VERIFIED);
          if (block > LAST_BLOCK) expect(outcome.kind).not.toBe('waiting');
        }
      }),
      { numRuns: 300 },
    );
  });
});

function anyStory() {
  const optional = (block: fc.Arbitrary<number>) => fc.option(block, { nil: undefined });
  return fc.record({
    set: fc
      .record({
        signed: fc.constantFrom(plain, commitment),
        state: fc.constantFrom<WeightSetState>('computed', 'submitted', 'in_block'),
      })
      .map(({ signed, state }): WeightSet => ({ ...signed, state })),
    includedAtBlock: optional(fc.integer({ min: 1_001, max: LAST_BLOCK })),
    finalityBlocks: fc.integer({ min: 0, max: 10 }),
    overwrittenAtBlock: optional(fc.integer({ min: 1_001, max: 1_150 })),
  });
}

function storedAs({ uids, weights }: WeightVector): WeightVector {
  return { uids, weights: upscaledWeights(weights) };
}

function vector(...entries: readonly (readonly [number, number])[]): WeightVector {
  return {
    uids: Uint16Array.from(entries, ([uid]) => uid),
    weights: Uint16Array.from(entries, ([, weight]) => weight),
  };
}
