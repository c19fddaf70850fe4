import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AllocationPolicy } from '../../../src/domain/allocation.ts';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { explainWeight, unpaidCategories } from '../../../src/domain/ledger/explain-weight.ts';
import type { MinerFacts } from '../../../src/domain/miner-facts.ts';
import {
  explained,
  gpus,
  OTHERS,
  paying,
  questionOf,
  rewarded,
} from '../../support/explanation-samples.ts';
import {
  anyDecisionOfOtherVersion,
  ledgerContent,
  sampleFacts,
} from '../../support/ledger-samples.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from '../../support/profile-samples.ts';

/** Miner 9 among the others. */
function ninth(facts: Partial<MinerFacts>, policy: Partial<AllocationPolicy> = {}) {
  return explained(9, { miners: [...OTHERS, sampleFacts(9, facts)], policy: paying(policy) });
}

describe('an explanation', () => {
  it('says where it comes from, whom it is about, and what every category gave', () => {
    const content = ledgerContent({ miners: OTHERS, policy: paying() });
    const explanation = explainWeight(questionOf(content, 7));
    expect(explanation).toMatchObject({
      block: 360,
      blockHash: `0x${'ab'.repeat(32)}`,
      decidedAtMs: SAMPLE_TIME_MS,
      emissionConfigVersion: 1,
      entryDigest: content.sealed.digest,
      uid: 7,
      miner: { hotkey: sampleHotkey(7), registeredAtBlock: 100 },
      totalWeight: 65_535,
      burnWeight: 0,
      uncountedGpus: [],
    });
    const [h100, a100] = explanation.pairs;
    expect(h100).toMatchObject({
      category: 'H100',
      reason: undefined,
      gpuCount: 8,
      ownedGpuCount: 8,
      scoreMicros: 900_000,
      basis: 7_200_000,
      minerCount: 3,
      categoryTotalBasis: 7_200_000n + 57_600_000n + 6_498_760n,
      weightPool: 29_491,
    });
    const exact = (29_491 * 7_200_000) / 71_298_760;
    expect(h100?.sharePercentage).toBeCloseTo((100 * 7_200_000) / 71_298_760, 10);
    expect(h100?.exactWeight).toBeCloseTo(exact, 8);
    expect(h100?.rounding).toBeCloseTo((h100?.weight ?? 0) - exact, 8);
    expect(Math.abs(h100?.rounding ?? 9)).toBeLessThan(1);
    expect(a100).toMatchObject({ category: 'A100', gpuCount: 4, sharePercentage: 20 });
    expect(explanation.weight).toBe((h100?.weight ?? 0) + (a100?.weight ?? 0));
    expect(explanation.percentage).toBeCloseTo((100 * explanation.weight) / 65_535, 10);
    expect(explanation.checks.map(({ passed }) => passed)).toEqual([true, true, true, true, true]);
    expect(h100?.checks).toHaveLength(5);
  });

  it('says what became of the weight set on chain', () => {
    const decision = { miners: OTHERS, policy: paying() };
    expect(explained(7, decision)).toMatchObject({ state: 'verified', failureReason: undefined });
    const action = { kind: 'stop' } as const;
    const failure = { reason: 'SettingWeightsTooFast', message: 'too fast', action };
    expect(explained(7, decision, { state: 'failed', failure })).toMatchObject({
      state: 'failed',
      failureReason: 'SettingWeightsTooFast',
    });
  });

  it('is zero for a UID without a profile', () => {
    const { weight, miner, checks, pairs } = explained(200, { miners: OTHERS, policy: paying() });
    expect({ weight, miner, checks, pairs }).toEqual({
      weight: 0,
      miner: undefined,
      checks: [],
      pairs: [],
    });
  });

  it('is refused for a UID that the subnet did not have, unless its past is known', () => {
    const policy = paying();
    expect(() => explained(256, { miners: OTHERS, policy })).toThrow(
      expect.objectContaining({
        code: 'miner_not_found',
        message: 'there was no UID 256 at block 360: the subnet had 256 UIDs',
      }),
    );
    const gone = sampleFacts(256, { neuron: undefined });
    const { checks } = explained(256, { miners: [...OTHERS, gone], policy });
    expect(checks).toMatchObject([{ rule: 'NOT_REGISTERED', passed: false }]);
  });

  it('sets the burn apart from what its target earned', () => {
    const miners = OTHERS;
    const own = explained(7, { miners, policy: paying({ burnUid: 7 }) });
    const other = explained(7, { miners, policy: paying() });
    expect(own.burnWeight).toBe(65_535 - 29_491 - 11_796);
    expect(own.weight).toBe(own.burnWeight + other.weight);
    const target = explained(0, { miners, policy: paying() });
    expect(target).toMatchObject({ weight: own.burnWeight, burnWeight: own.burnWeight, pairs: [] });
    expect(target.counterfactuals).toEqual([]);
  });

  it('asks nothing of the pairs of a miner that is out', () => {
    const { weight, checks, pairs } = ninth({ lastObservedAtMs: 0 }, { minScoreMicros: 999_999 });
    expect(weight).toBe(0);
    expect(checks.at(-1)).toMatchObject({ rule: 'STALE', passed: false });
    expect(pairs).toMatchObject([
      { reason: 'STALE', basis: 0, sharePercentage: 0, exactWeight: 0, rounding: 0, checks: [] },
    ]);
  });

  it('explains the one pair of a miner without valid GPUs', () => {
    const { checks, pairs } = ninth({ gpus: [] });
    expect(checks.at(-1)).toMatchObject({ rule: 'NO_VALID_GPU', passed: false });
    expect(pairs).toMatchObject([
      { category: undefined, gpuCount: 0, weightPool: 0, minerCount: 0, checks: [] },
    ]);
  });

  it('divides equally where nobody has a score', () => {
    const miners = [5, 6, 7].map((uid) => sampleFacts(uid, { scoreMicros: 0 }));
    const { pairs } = explained(6, { miners, policy: paying() });
    expect(pairs[0]).toMatchObject({ basis: 0, categoryTotalBasis: 0n, weightPool: 29_491 });
    expect(pairs[0]?.sharePercentage).toBeCloseTo(100 / 3, 10);
    expect(pairs[0]?.exactWeight).toBeCloseTo(29_491 / 3, 8);
  });

  it('shows what the positive floor lifted, and a category without units', () => {
    const tiny = { scoreMicros: 500, gpus: [gpus('H100', 1)] };
    const [lifted] = ninth(tiny, { categories: [rewarded('H100', 1), rewarded('H200', 99)] }).pairs;
    expect(lifted).toMatchObject({ weight: 1, weightPool: 590 });
    expect(lifted?.exactWeight).toBeLessThan(0.01);
    expect(lifted?.rounding).toBeGreaterThan(0.99);
    const all = ninth({}, { burnMicroPercent: 100_000_000 });
    expect(all).toMatchObject({ weight: 0, counterfactuals: [] });
    expect(all.pairs).toMatchObject([
      { reason: undefined, weightPool: 0, exactWeight: 0, rounding: 0, weight: 0 },
    ]);
  });

  it('names the GPUs that primary attribution leaves out, in the order of the catalogue', () => {
    const mixed = {
      gpus: [gpus('T4', 2), gpus('H100', 8, { executor: 1 }), gpus('A100', 4, { executor: 2 })],
      primaryCategory: 'H100' as CategoryKey,
    };
    const primary = ninth(mixed, { attribution: 'primary' });
    expect(primary.pairs.map(({ category }) => category)).toEqual(['H100']);
    expect(primary.uncountedGpus).toEqual([
      { category: 'A100', count: 4 },
      { category: 'T4', count: 2 },
    ]);
    expect(ninth(mixed).uncountedGpus).toEqual([]);
  });

  it('counts the miners of a category that was shut as too small', () => {
    const small = ninth(
      { gpus: [gpus('A100', 8)], primaryCategory: 'A100' as CategoryKey },
      { minMinersPerCategory: 4 },
    );
    expect(small.pairs[0]?.checks.at(-1)).toEqual({
      rule: 'CATEGORY_BELOW_MIN_MINERS',
      passed: false,
      value: '3 miners',
      threshold: '4',
    });
  });

  it('holds where an entry says nothing of a category', () => {
    const content = ledgerContent({ miners: OTHERS, policy: paying({ minScoreMicros: 950_000 }) });
    const { entry } = content.sealed;
    const sealed = { ...content.sealed, entry: { ...entry, categories: [] } };
    const { pairs } = explainWeight({ ...questionOf(content, 5), sealed });
    expect(pairs).toMatchObject([{ weightPool: 0, minerCount: 0, categoryTotalBasis: 0n }]);
  });

  it('gives the figures of pairs even where the miner behind them was lost', () => {
    const content = ledgerContent({ miners: OTHERS, policy: paying() });
    const question = { ...questionOf(content, 8), facts: undefined };
    const { weight, pairs } = explainWeight(question);
    expect(weight).toBe(9_437);
    expect(pairs).toMatchObject([{ category: 'A100', weight, ownedGpuCount: 0, checks: [] }]);
  });

  it('sums to the weight of the vector, for any miner of any decision', () => {
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, (decision) => {
        const content = ledgerContent(decision);
        for (const { uid } of content.miners) {
          const { weight } = explainWeight(questionOf(content, uid));
          const set = content.weights.find((each) => each.uid === uid)?.weight ?? 0;
          expect(weight).toBe(set);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('breaks the rule that the ledger names, for any miner of any decision', () => {
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, (decision) => {
        const content = ledgerContent(decision);
        for (const { uid } of content.miners) {
          const { checks, pairs } = explainWeight(questionOf(content, uid));
          for (const pair of pairs) {
            const all = [...checks, ...pair.checks];
            const broken = all.filter(({ passed }) => !passed).map(({ rule }) => rule);
            expect(broken).toEqual(pair.reason === undefined ? [] : [pair.reason]);
            if (pair.reason !== undefined) expect(all.at(-1)?.rule).toBe(pair.reason);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the categories in which nobody was paid', () => {
  const { sealed } = ledgerContent({ miners: OTHERS, policy: paying({ minMinersPerCategory: 3 }) });

  it('are those whose miners may have been too few', () => {
    expect(unpaidCategories(sealed.entry)).toEqual(['H200', 'A100']);
  });

  it('are of no interest where one miner is enough', () => {
    const entry = { ...sealed.entry, policy: paying() };
    expect(unpaidCategories(entry)).toEqual([]);
  });
});
