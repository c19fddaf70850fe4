import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Allocation, AllocationPolicy } from '../../../src/domain/allocation.ts';
import { listText } from '../../../src/domain/amount-text.ts';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../../src/domain/ids.ts';
import { counterfactuals, possibleChanges } from '../../../src/domain/ledger/counterfactual.ts';
import type { MinerFacts } from '../../../src/domain/miner-facts.ts';
import { consistent, recalculated } from '../../support/changed-decision.ts';
import {
  explained,
  gpus,
  OTHERS,
  paying,
  questionOf,
  rewarded,
} from '../../support/explanation-samples.ts';
import {
  anyDecision,
  ledgerContent,
  SAMPLE_RULES,
  type SampleDecision,
  sampleFacts,
} from '../../support/ledger-samples.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const NEURON = { hotkey: sampleHotkey(9), registeredAtBlock: 100, isAxonActive: true };
const STALE = { lastObservedAtMs: SAMPLE_RULES.nowMs - SAMPLE_RULES.cutoffMs - 1 };
const T4_ONLY = { gpus: [gpus('T4', 20)], primaryCategory: 'T4' as CategoryKey };

function decisionOf(facts: Partial<MinerFacts>, policy: Partial<AllocationPolicy>): SampleDecision {
  return { miners: [...OTHERS, sampleFacts(9, facts)], policy: paying(policy) };
}

/** What would have changed the weight of miner 9 among the others, in words. */
function changesFor(facts: Partial<MinerFacts>, policy: Partial<AllocationPolicy> = {}): string[] {
  return explained(9, decisionOf(facts, policy)).counterfactuals.map(({ change }) => change);
}

describe('what would have changed the weight of a paid miner', () => {
  it('is one machine more in each of its categories, by the formula', () => {
    const { counterfactuals: found } = explained(7, { miners: OTHERS, policy: paying() });
    const h100 = 0.9 * 0.5;
    const a100 = 0.9 * 0.2;
    const [b, t] = [7_200_000, 71_298_760];
    expect(found).toEqual([
      {
        change: 'one more machine with 8 H100',
        category: 'H100',
        percentage: expect.closeTo(100 * (h100 * ((2 * b) / (t + b)) + a100 * 0.2), 8),
        withoutEffect: undefined,
      },
      {
        change: 'one more machine with 8 A100',
        category: 'A100',
        percentage: expect.closeTo(100 * (h100 * (b / t) + a100 * (12 / 28)), 8),
        withoutEffect: undefined,
      },
    ]);
  });

  it('is a larger machine where the category asks for one', () => {
    const categories = [rewarded('H100', 100, { minGpuCount: 16, minMemoryMib: 73_728 })];
    expect(changesFor({ gpus: [gpus('H100', 16)] }, { categories })).toEqual([
      'one more machine with 16 H100',
    ]);
  });

  it('is nothing that more GPUs bring where their number does not count', () => {
    const { counterfactuals: found, percentage } = explained(7, {
      miners: OTHERS,
      policy: paying({ gpuCount: 'ignore' }),
    });
    const idle = { percentage, withoutEffect: 'the number of GPUs does not count' };
    expect(found).toMatchObject([
      { change: 'one more machine with 8 H100', ...idle },
      { change: 'one more machine with 8 A100', ...idle },
    ]);
  });

  it('is nothing for a miner that has a whole pool, whatever its score', () => {
    for (const scoreMicros of [900_000, 0]) {
      const { counterfactuals: found, percentage } = explained(
        9,
        decisionOf({ scoreMicros, gpus: [gpus('H200', 8)] }, {}),
      );
      expect(found).toEqual([
        {
          change: 'one more machine with 8 H200',
          category: 'H200',
          percentage,
          withoutEffect: 'it has the whole H200 pool already',
        },
      ]);
    }
  });

  it('is nothing where it would still be due less than one unit', () => {
    const tiny = { scoreMicros: 5_000, gpus: [gpus('H100', 1)] };
    const miners = [sampleFacts(5, { gpus: [gpus('H100', 2_000)] }), sampleFacts(9, tiny)];
    expect(explained(9, { miners, policy: paying() }).counterfactuals).toMatchObject([
      {
        percentage: 100 / 65_535,
        withoutEffect: 'it would still have been due less than one unit',
      },
    ]);
  });

  it.each<[string, Partial<AllocationPolicy>]>([
    ['without a floor', { hasPositiveFloor: false }],
    ['with fewer units than miners', { burnMicroPercent: 99_998_000 }],
  ])('is for rounding to decide where less than one unit is due %s', (_, policy) => {
    const tiny = { scoreMicros: 500_000, gpus: [gpus('H100', 1)] };
    const miners = [sampleFacts(5, { gpus: [gpus('H100', 800_000)] }), sampleFacts(9, tiny)];
    const categories = [rewarded('H100', 100)];
    const given = { miners, policy: paying({ categories, ...policy }) };
    const [found, ...more] = explained(9, given).counterfactuals;
    const [pair] = explained(9, given).pairs;
    expect(more).toEqual([]);
    expect(found?.withoutEffect).toBeUndefined();
    const whole = pair?.weightPool ?? Number.NaN;
    expect(found?.due?.before).toBeCloseTo((whole * 0.5) / 720_000.5, 8);
    expect(found?.due?.before).toBeCloseTo(pair?.exactWeight ?? Number.NaN, 8);
    expect(found?.due?.after).toBeCloseTo((whole * 4.5) / 720_004.5, 8);
  });

  it('is a score where it has none', () => {
    expect(changesFor({ scoreMicros: 0 })).toEqual(['a score of 1.000']);
  });

  it('counts the burn of its target', () => {
    const [own] = explained(5, { miners: OTHERS, policy: paying({ burnUid: 5 }) }).counterfactuals;
    const [other] = explained(5, { miners: OTHERS, policy: paying() }).counterfactuals;
    expect(own?.percentage).toBeCloseTo((other?.percentage ?? 0) + 10 + 0.9 * 30, 8);
  });

  it('is nothing while everything is burned', () => {
    expect(changesFor({}, { burnMicroPercent: 100_000_000 })).toEqual([]);
  });
});

describe('what would have changed the weight of a miner that is left out', () => {
  it.each<[string, Partial<MinerFacts>, string]>([
    ['a stale one', STALE, 'a report in the last 3 h 0 min before the decision'],
    ['one without an axon', { neuron: { ...NEURON, isAxonActive: false } }, 'an announced axon'],
    [
      'a stale one without an axon',
      { ...STALE, neuron: { ...NEURON, isAxonActive: false } },
      'an announced axon and a report in the last 3 h 0 min before the decision',
    ],
    [
      'one that is gone',
      { neuron: undefined },
      'a new registration, a report after it and an announced axon',
    ],
    [
      'one whose UID changed hands',
      { neuron: { ...NEURON, hotkey: sampleHotkey(77), isAxonActive: false } },
      'a report of the same machines under the new registration and an announced axon',
    ],
    [
      'one that registered anew',
      { neuron: { ...NEURON, registeredAtBlock: 101 } },
      'a report of the same machines under the new registration',
    ],
  ])('is for %s what it lacks, and gives what a good one gets', (_, facts, change) => {
    const good = explained(9, decisionOf({}, {}));
    const [found, ...more] = explained(9, decisionOf(facts, {})).counterfactuals;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ change, category: 'H100', withoutEffect: undefined });
    expect(Math.abs((found?.percentage ?? 0) - good.percentage)).toBeLessThan(200 / 65_535);
  });

  it('leaves the axon out where none is required', () => {
    const miners = [...OTHERS, sampleFacts(9, { neuron: undefined })];
    const rules = { ...SAMPLE_RULES, requireActiveAxon: false };
    const { counterfactuals: found } = explained(9, { miners, policy: paying(), rules });
    expect(found.map(({ change }) => change)).toEqual(['a new registration and a report after it']);
  });

  it('says once what holds for several categories', () => {
    const two = { gpus: [gpus('H100', 8), gpus('A100', 8, { executor: 1 })] };
    expect(changesFor({ ...two, ...STALE })).toHaveLength(1);
  });

  it.each<[string, Partial<MinerFacts>, Partial<AllocationPolicy>, string]>([
    [
      'a score at the threshold',
      { scoreMicros: 412_000 },
      { minScoreMicros: 500_400 },
      'a score of at least 0.500400',
    ],
    [
      'enough GPUs in one machine',
      { gpus: [gpus('H100', 3), gpus('H100', 3, { executor: 1 })] },
      { categories: [rewarded('H100', 100, { minGpuCount: 4 })] },
      'one machine with 4 H100',
    ],
    [
      'enough memory',
      { gpus: [gpus('H100', 8, { memoryMib: 40_960 })] },
      { categories: [rewarded('H100', 100, { minMemoryMib: 73_728 })] },
      'one machine with 1 H100 of at least 73,728 MiB',
    ],
    [
      'other miners',
      { gpus: [gpus('H200', 8)] },
      { minMinersPerCategory: 3 },
      '2 more miners like it in H200',
    ],
    [
      'everything that it lacks',
      { ...STALE, scoreMicros: 0, gpus: [gpus('A100', 1)] },
      {
        categories: [rewarded('A100', 100, { minGpuCount: 8 })],
        minScoreMicros: 100_000,
        minMinersPerCategory: 4,
      },
      'a report in the last 3 h 0 min before the decision, one machine with 8 A100, a score of at least 0.100 and 2 more miners like it in A100',
    ],
  ])('is %s', (...[, facts, policy, change]) => {
    expect(changesFor(facts, policy)).toEqual([change]);
  });

  it('is a machine of the category that gives most where it has none that is rewarded', () => {
    const [found, ...more] = explained(9, decisionOf(T4_ONLY, {})).counterfactuals;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ change: 'one machine with 8 H200', category: 'H200' });
    expect(found?.percentage).toBeCloseTo(27, 8);
    expect(changesFor({ gpus: [], ...STALE })).toEqual([
      'a report in the last 3 h 0 min before the decision and one machine with 8 H200',
    ]);
  });

  it('prefers a category that needs no other miner to join', () => {
    expect(changesFor(T4_ONLY, { minMinersPerCategory: 3 })).toEqual(['one machine with 8 A100']);
  });

  it('is as many machines as it takes to make another category the primary one', () => {
    const categories = [rewarded('H100', 100, { minMemoryMib: 73_728 })];
    const policy = { categories, attribution: 'primary' } as const;
    const mixed = (count: number) => ({
      ...T4_ONLY,
      gpus: [...T4_ONLY.gpus, gpus('H100', count, { executor: 1 })],
    });
    expect(changesFor(mixed(4), policy)).toEqual([
      '2 machines, each with 8 H100 of at least 73,728 MiB',
    ]);
    expect(changesFor(mixed(12), policy)).toEqual([
      'one machine with 8 H100 of at least 73,728 MiB',
    ]);
    expect(changesFor({ gpus: [], primaryCategory: 'OTHER' as CategoryKey }, policy)).toEqual([
      'one machine with 8 H100 of at least 73,728 MiB',
    ]);
    const later = { categories: [rewarded('T4', 100)], attribution: 'primary' } as const;
    expect(changesFor({ gpus: [gpus('H100', 8)] }, later)).toEqual(['2 machines, each with 8 T4']);
  });

  it('is a new report for a UID without a profile', () => {
    const { counterfactuals: found } = explained(200, { miners: OTHERS, policy: paying() });
    expect(found).toEqual([
      {
        change: 'a new report with a score of 1.000 and one machine with 8 H200',
        category: 'H200',
        percentage: expect.closeTo(27, 8),
        withoutEffect: undefined,
      },
    ]);
  });

  it('promises the unit of the positive floor and no more', () => {
    const giant = [5, 6].map((uid) => sampleFacts(uid, { gpus: [gpus('H100', 900_000)] }));
    const miners = [...giant, sampleFacts(9, STALE)];
    const categories = [rewarded('H100', 100)];
    const [floored] = explained(9, { miners, policy: paying({ categories }) }).counterfactuals;
    expect(floored?.percentage).toBeCloseTo(100 / 65_535, 12);
    const policy = paying({ categories, hasPositiveFloor: false });
    const [bare] = explained(9, { miners, policy }).counterfactuals;
    expect(bare?.percentage).toBeCloseTo((90 * 8) / 1_800_008, 8);
  });

  it('is nothing where no category is rewarded', () => {
    expect(changesFor({}, { categories: [] })).toEqual([]);
    expect(changesFor({}, { categories: [rewarded('H100', 0)] })).toEqual([]);
  });
});

/**
 * What was said is exact before rounding, so that a recalculation differs by rounding alone: a pool by less than one unit,
 * a part of it by less than one more, the burn by less than one. The positive floor takes at most one unit for each other
 * miner of a pool. The change of the total itself does not matter, because both are percentages of their own total.
 */
function toleranceOf(allocation: Allocation, policy: AllocationPolicy, minerCount: number): number {
  const rounding = 2 * policy.categories.length + 1;
  const lifted = policy.hasPositiveFloor ? minerCount * policy.categories.length : 0;
  return (100 * (rounding + lifted)) / allocation.totalWeight;
}

describe('a counterfactual of any miner of any decision', () => {
  const check = (given: SampleDecision) => {
    const decision = consistent(given);
    const content = ledgerContent(decision);
    const uids = [...content.miners.map(({ uid }) => uid), minerUid(60)];
    for (const uid of uids) {
      const asked = { ...questionOf(content, uid), entry: content.sealed.entry };
      const found = counterfactuals(asked);
      for (const change of possibleChanges(asked)) {
        const words = listText(change.steps);
        const said = found.find((each) => each.change === words)?.percentage ?? Number.NaN;
        const { allocation, percentage, minerCount } = recalculated(decision, uid, change);
        const tolerance = toleranceOf(allocation, decision.policy, minerCount);
        expect(Math.abs(said - percentage)).toBeLessThanOrEqual(tolerance);
      }
    }
  };

  it('is what a full calculation gives with the change, within the rounding', () => {
    fc.assert(
      fc.property(anyDecision, (decision) =>
        check({ ...decision, policy: { ...decision.policy, hasPositiveFloor: false } }),
      ),
      { numRuns: 200 },
    );
  });

  it('is so with the positive floor, which moves single units', () => {
    fc.assert(
      fc.property(anyDecision, (decision) =>
        check({ ...decision, policy: { ...decision.policy, hasPositiveFloor: true } }),
      ),
      { numRuns: 100 },
    );
  });
});
