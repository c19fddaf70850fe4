import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { possibleChanges } from '../../../src/domain/ledger/counterfactual.ts';
import { receivedWeight } from '../../../src/domain/ledger/outlook.ts';
import { consistent, recalculated } from '../../support/changed-decision.ts';
import { gpus, paying, questionOf, rewarded } from '../../support/explanation-samples.ts';
import {
  anyDecision,
  ledgerContent,
  type SampleDecision,
  sampleFacts,
} from '../../support/ledger-samples.ts';

/** Few units or many for one giant and some dwarfs in each category: little changes little. */
const anyDwarfs: fc.Arbitrary<SampleDecision> = fc
  .record({
    giants: fc.array(fc.integer({ min: 1, max: 2_000_000 }), { minLength: 1, maxLength: 2 }),
    dwarfs: fc.array(
      fc.record({
        scoreMicros: fc.constantFrom(0, 1, 40, 5_000, 400_000, 1_000_000),
        counts: fc.subarray([1, 2, 3], { minLength: 1, maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    shares: fc.subarray([0.0001, 0.004, 2, 55], { minLength: 1, maxLength: 3 }),
    policy: fc.record({
      burnMicroPercent: fc.constantFrom(0, 10_000_000, 99_980_000),
      burnUid: fc.constantFrom(0, 9),
      resolution: fc.constantFrom('max', 'sum'),
      unallocated: fc.constantFrom('burn', 'redistribute'),
      attribution: fc.constantFrom('all', 'primary'),
      gpuCount: fc.constantFrom('linear', 'linear', 'linear', 'ignore'),
      minMinersPerCategory: fc.constantFrom(1, 1, 3),
      hasPositiveFloor: fc.constantFrom(true, true, false),
    }),
  })
  .map(({ giants, dwarfs, shares, policy }) => {
    const keys = ['H200', 'H100', 'A100'];
    const large = giants.map((count, index) =>
      sampleFacts(20 + index, {
        gpus: keys.map((key, executor) => gpus(key, count, { executor })),
      }),
    );
    const small = dwarfs.map(({ scoreMicros, counts }, index) =>
      sampleFacts(9 + index, {
        scoreMicros,
        gpus: counts.map((count, executor) => gpus(keys[count - 1] ?? '', count, { executor })),
      }),
    );
    const categories = shares.map((share, index) => rewarded(keys[index] ?? '', share));
    return { miners: [...small, ...large], policy: paying({ categories, ...policy }) };
  });

describe('a change that is said to have no effect', () => {
  const reasons = new Map<string, number>();
  const check = (given: SampleDecision) => {
    const decision = consistent(given);
    const content = ledgerContent(decision);
    for (const { uid } of content.miners) {
      const asked = { ...questionOf(content, uid), entry: content.sealed.entry };
      for (const change of possibleChanges(asked)) {
        if (change.withoutEffect === undefined) continue;
        const reason = `${change.withoutEffect}, ${decision.policy.resolution}`;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        expect(recalculated(decision, uid, change).weight).toBe(receivedWeight(asked));
      }
    }
  };

  it('leaves the weight as it is in a full calculation', () => {
    fc.assert(fc.property(anyDecision, check), { numRuns: 150 });
  });

  it('leaves it so where hardly anything is due', () => {
    fc.assert(fc.property(anyDwarfs, check), { numRuns: 400 });
    for (const resolution of ['max', 'sum']) {
      expect([...reasons.keys()]).toEqual(
        expect.arrayContaining([
          `it would still have been due less than one unit, ${resolution}`,
          `the number of GPUs does not count, ${resolution}`,
        ]),
      );
    }
    expect([...reasons.keys()]).toContain('the pool would still have been less than one unit, sum');
  });
});
