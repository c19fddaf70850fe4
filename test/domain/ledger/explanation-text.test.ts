import { describe, expect, it } from 'vitest';
import type { AllocationPolicy } from '../../../src/domain/allocation.ts';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { explanationText } from '../../../src/domain/ledger/explanation-text.ts';
import type { MinerFacts } from '../../../src/domain/miner-facts.ts';
import { explained, gpus, OTHERS, paying, rewarded } from '../../support/explanation-samples.ts';
import { SAMPLE_RULES, type SampleDecision, sampleFacts } from '../../support/ledger-samples.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const NEURON = { hotkey: sampleHotkey(9), registeredAtBlock: 100, isAxonActive: true };
const NOTHING = 'At block 360 UID 9 received none of the 65,535 weight units.';
const TINY = { scoreMicros: 500, gpus: [gpus('H100', 1)] };
const HUGE = sampleFacts(5, { gpus: [gpus('H100', 20_000)] });

function textOf(uid: number, decision: SampleDecision): string {
  return explanationText(explained(uid, decision));
}

/** The paragraph about miner 9 among the others. */
function ninth(facts: Partial<MinerFacts>, policy: Partial<AllocationPolicy> = {}): string {
  return textOf(9, { miners: [...OTHERS, sampleFacts(9, facts)], policy: paying(policy) });
}

describe('the paragraph about a paid miner', () => {
  it('says what each category gave it and what would have given most', () => {
    expect(textOf(7, { miners: OTHERS, policy: paying() })).toBe(
      'At block 360 UID 7 received 5,337 of 65,535 weight units, 8.14 % of the total. ' +
        'For its 8 H100 with a score of 0.900 it was due 10.1 % of the pool of 29,491 units, measured by score times GPUs among 3 miners: 2,978.1 units exactly, rounded to 2,978. ' +
        'For its 4 A100 with a score of 0.900 it was due 20 % of the pool of 11,796 units, measured by score times GPUs among 2 miners: 2,359.2 units exactly, rounded to 2,359. ' +
        'With one more machine with 8 A100 it would have received about 12.26 % of the total, or with one more machine with 8 H100 about 11.85 %.',
    );
  });

  it('sets the burn apart', () => {
    expect(textOf(0, { miners: OTHERS, policy: paying() })).toBe(
      'At block 360 UID 0 received 24,248 of 65,535 weight units, 37 % of the total. All of it is the burn, whose target the UID is. No profile was stored for the UID: no report of its miner had been applied, or the profile was deleted, so that there was nothing to pay for.',
    );
    expect(textOf(7, { miners: OTHERS, policy: paying({ burnUid: 7 }) })).toContain(
      'received 29,585 of 65,535 weight units, 45.14 % of the total. Of that 24,248 units are the burn, whose target the UID is, and 5,337 units its own.',
    );
  });

  it('says that GPU counts are ignored, once for all categories', () => {
    const text = textOf(7, { miners: OTHERS, policy: paying({ gpuCount: 'ignore' }) });
    expect(text).toContain('34.45 % of the pool of 29,491 units, measured by score alone among 3');
    expect(text).toContain(
      'One more machine with 8 H100 or one more machine with 8 A100 would have changed nothing: the number of GPUs does not count.',
    );
  });

  it('says which GPUs did not count', () => {
    const categories = [rewarded('H100', 100, { minGpuCount: 8 })];
    const partly = { gpus: [gpus('H100', 8), gpus('H100', 3, { executor: 1 })] };
    expect(ninth(partly, { categories })).toContain(
      'For the 8 of its 11 H100 that qualified, with a score of 0.900 it was due',
    );
    const mixed = { gpus: [gpus('H100', 8), gpus('A100', 4, { executor: 1 })] };
    expect(ninth(mixed, { attribution: 'primary' })).toContain(
      'Its 4 A100 did not count, because only the category with most of its GPUs does.',
    );
  });

  it('says that it is alone, or that nobody has a score', () => {
    expect(ninth({ gpus: [gpus('H200', 8)] })).toBe(
      'At block 360 UID 9 received 17,694 of 65,535 weight units, 27 % of the total. For its 8 H200 with a score of 0.900 it was due the whole H200 pool of 17,694 units: no other miner qualified. One more machine with 8 H200 would have changed nothing: it has the whole H200 pool already.',
    );
    const miners = [5, 6, 9].map((uid) => sampleFacts(uid, { scoreMicros: 0 }));
    expect(textOf(9, { miners, policy: paying() })).toContain(
      'it was due 33.33 % of the pool of 29,491 units, because the 3 miners of the category all had a score of 0 and divided it equally: 9,830.3 units exactly, rounded to 9,830. With a score of 1.000 it would have received about 45 % of the total.',
    );
  });

  it('says what the positive floor gave and took', () => {
    const tiny = [9, 10, 11, 12].map((uid) => sampleFacts(uid, TINY));
    const floored = { miners: [HUGE, ...tiny], policy: paying() };
    expect(textOf(9, floored)).toContain(
      '0.00082 units exactly, and 1 as the least that a miner with a score is given. One more machine with 8 H100 would have changed nothing: it would still have been due less than one unit.',
    );
    expect(textOf(5, floored)).toContain(
      '29,491 units exactly, and 29,487 after the smallest miners of the pool were given a unit each.',
    );
    const bare = { ...floored, policy: paying({ hasPositiveFloor: false }) };
    expect(textOf(9, bare)).toContain(
      '0.00082 units exactly, rounded to 0. With one more machine with 8 H100 it would have been due 0.0074 units of the pool instead of 0.00082, which rounding decides.',
    );
    const poor = paying({ categories: [rewarded('H100', 0.003), rewarded('H200', 99.997)] });
    for (const [uid, got] of [
      [9, 1],
      [12, 0],
    ] as const) {
      expect(textOf(uid, { miners: [HUGE, ...tiny], policy: poor })).toContain(
        `and ${got} because a pool with fewer units than miners gives one each to the largest. With one more machine with 8 H100 it would have been due`,
      );
    }
  });

  it('does not say that a change is idle where the total might move, but what is given at least', () => {
    const mixed = { gpus: [gpus('H100', 1), gpus('A100', 8, { executor: 1 })], scoreMicros: 500 };
    const miners = [HUGE, sampleFacts(9, mixed)];
    const decision = { miners, policy: paying({ resolution: 'max' }) };
    expect(textOf(9, decision)).toContain(
      'With one more machine with 8 H100 it would have been due 0.016 units of the pool instead of 0.0018, and 1 is the least that a miner with a score is given.',
    );
  });

  it('says that a pool of less than one unit stays one', () => {
    const categories = [rewarded('H200', 99.9999), rewarded('H100', 0.0001)];
    const miners = [...OTHERS, sampleFacts(9)];
    expect(textOf(9, { miners, policy: paying({ categories }) })).toContain(
      'One more machine with 8 H100 would have changed nothing: the pool would still have been less than one unit.',
    );
    expect(textOf(9, { miners, policy: paying({ categories, resolution: 'max' }) })).toContain(
      'With one more machine with 8 H100 it would have been due 0.0',
    );
  });

  it('says whole parts as they are', () => {
    const miners = [sampleFacts(8), sampleFacts(9)];
    const policy = paying({
      categories: [rewarded('H100', 100)],
      burnMicroPercent: 0,
      resolution: 'max',
    });
    expect(textOf(9, { miners, policy })).toContain('among 2 miners: 65,535 units. With');
  });

  it('says that everything was burned, or that the pool was too small to have a unit', () => {
    const mixed = { gpus: [gpus('H100', 8), gpus('A100', 4, { executor: 1 })] };
    expect(ninth(mixed, { burnMicroPercent: 100_000_000 })).toBe(
      `${NOTHING} It qualified with its 8 H100 and its 4 A100, but everything was burned. Nothing about the miner would have changed that while 100 % is burned.`,
    );
    const categories = [rewarded('H200', 99.9999), rewarded('H100', 0.0001)];
    expect(ninth({}, { categories })).toContain(
      'It qualified with its 8 H100, but the pool was less than one unit.',
    );
  });

  it('lists no more than the three best changes', () => {
    const keys = ['H200', 'H100', 'A100', 'RTX4090'];
    const categories = keys.map((key) => rewarded(key, 25));
    const all = keys.map((key, executor) => gpus(key, 8, { executor }));
    const miners = [sampleFacts(5, { gpus: all }), sampleFacts(9, { gpus: all })];
    const text = textOf(9, { miners, policy: paying({ categories }) });
    expect(text.match(/one more machine/g)).toHaveLength(3);
  });
});

describe('the paragraph about a set that the chain has not stored', () => {
  const decision = { miners: OTHERS, policy: paying() };
  const decided =
    'At block 360 it was decided that UID 7 receives 5,337 of 65,535 weight units, 8.14 % of the total';
  const outlook = 'With one more machine with 8 A100 it would have been due about 12.26 % of the';
  const action = { kind: 'stop' } as const;

  it('says how far it came', () => {
    for (const state of ['computed', 'submitted', 'committed'] as const) {
      const text = explanationText(explained(7, decision, { state }));
      expect(text).toContain(
        `${decided}; the set is ${state.toUpperCase()} and not verified yet. For its 8 H100`,
      );
      expect(text).toContain(outlook);
      expect(text).not.toContain('received');
    }
  });

  it.each([
    ['SettingWeightsTooFast', 'kept the earlier weights'],
    ['READ_BACK_MISMATCH', 'stored other weights'],
    ['SUPERSEDED', 'stored other weights'],
  ])('says that it failed with %s, and that the chain %s', (reason, weights) => {
    const failure = { reason, message: 'no', action };
    const text = explanationText(explained(7, decision, { state: 'failed', failure }));
    expect(text).toContain(`${decided}, but the set failed (${reason}) and the chain ${weights}.`);
    expect(text).toContain(outlook);
    expect(text).not.toContain('received');
  });

  it('says that it was lost, and that the chain kept the earlier weights', () => {
    const failure = { reason: 'NOT_REVEALED', message: 'no', action };
    const text = explanationText(explained(7, decision, { state: 'lost', failure }));
    expect(text).toContain(
      `${decided}, but the set was lost (NOT_REVEALED) and the chain kept the earlier weights.`,
    );
    expect(text).toContain(outlook);
  });
});

describe('the paragraph about a miner that was left out', () => {
  it('says that there was no profile', () => {
    expect(textOf(200, { miners: OTHERS, policy: paying() })).toBe(
      'At block 360 UID 200 received none of the 65,535 weight units. No profile was stored for the UID: no report of its miner had been applied, or the profile was deleted, so that there was nothing to pay for. With a new report with a score of 1.000 and one machine with 8 H200 it would have received about 27 % of the total.',
    );
  });

  it.each<[string, Partial<MinerFacts>, string]>([
    [
      'stale',
      { lastObservedAtMs: SAMPLE_RULES.nowMs - 12_240_000 },
      'its last report was made 3 h 24 min before the decision, and at most 3 h 0 min is allowed. With a report in the last 3 h 0 min before the decision it would have received about 4.13 % of the total.',
    ],
    [
      'gone',
      { neuron: undefined },
      'nobody was registered at the UID any more. With a new registration, a report after it and an announced axon it would have received about 4.13 % of the total.',
    ],
    [
      'another one now',
      { neuron: { ...NEURON, hotkey: sampleHotkey(77), registeredAtBlock: 300 } },
      `the UID had changed hands: the reports are those of ${sampleHotkey(9)} since block 100, but the UID belonged to ${sampleHotkey(77)} since block 300, and none of its reports had been applied. With a report of the same machines under the new registration it would have received about 4.13 % of the total.`,
    ],
    [
      'without an axon',
      { neuron: { ...NEURON, isAxonActive: false } },
      'it had announced no axon. With an announced axon it would have received about 4.13 % of the total.',
    ],
    [
      'without a valid GPU',
      { gpus: [] },
      'it had no valid GPU; it needed one that was verified in the last 6 h 0 min. With one machine with 8 H200 it would have received about 27 % of the total.',
    ],
  ])('says why one that is %s got nothing', (_, facts, text) => {
    expect(ninth(facts)).toBe(`${NOTHING} It was left out because ${text}`);
  });

  it('says of each category why it gave nothing, in one sentence where the cause is one', () => {
    const scored = {
      scoreMicros: 412_000,
      gpus: [gpus('H100', 8), gpus('A100', 8, { executor: 1 })],
    };
    expect(ninth(scored, { minScoreMicros: 500_000 })).toBe(
      `${NOTHING} It got nothing for its 8 H100 and 8 A100 because its score was 0.412 and it needed 0.500. With a score of at least 0.500 it would have received about 5.66 % of the total.`,
    );
    expect(ninth({ gpus: [gpus('T4', 4)], primaryCategory: 'T4' as CategoryKey })).toBe(
      `${NOTHING} It got nothing for its 4 T4 because these GPUs are in no category that is paid. With one machine with 8 H200 it would have received about 27 % of the total.`,
    );
  });

  it('says what the machines lacked', () => {
    const categories = [rewarded('H100', 100, { minGpuCount: 8, minMemoryMib: 73_728 })];
    const split = { gpus: [gpus('H100', 2), gpus('H100', 3, { executor: 1 })] };
    expect(ninth(split, { categories })).toContain(
      'It got nothing for its 5 H100 because it had at most 3 in one machine and needed 8. With one machine with 8 H100 of at least 73,728 MiB it would',
    );
    const small = { gpus: [gpus('H100', 8, { memoryMib: 40_960 })] };
    expect(ninth(small, { categories })).toContain(
      'because its best GPUs had 40,960 MiB on each of 8 in one machine and needed 73,728 MiB (90 % of 80 GiB).',
    );
  });

  it('says that the category was too small', () => {
    expect(ninth({ gpus: [gpus('H200', 8)] }, { minMinersPerCategory: 3 })).toBe(
      `${NOTHING} It got nothing for its 8 H200 because only 1 miner of the category qualified and it needed 3. With 2 more miners like it in H200 it would have received about 9 % of the total.`,
    );
  });
});
