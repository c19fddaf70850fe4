import { describe, expect, it } from 'vitest';
import { minerChecks, pairChecks } from '../../../src/domain/ledger/rule-checks.ts';
import type { FactGpus, MinerFacts } from '../../../src/domain/miner-facts.ts';
import { gpus, paying, rewarded } from '../../support/explanation-samples.ts';
import { SAMPLE_RULES, sampleFacts } from '../../support/ledger-samples.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const HOUR_MS = 3_600_000;
const NEURON = { hotkey: sampleHotkey(9), registeredAtBlock: 100, isAxonActive: true };

function lastOf(facts: Partial<MinerFacts>, rules = SAMPLE_RULES) {
  return minerChecks(sampleFacts(9, facts), rules).at(-1);
}

describe('the rules for a miner as a whole', () => {
  it('are all said when they are kept', () => {
    expect(minerChecks(sampleFacts(9), SAMPLE_RULES)).toEqual([
      { rule: 'NOT_REGISTERED', passed: true, value: 'registered', threshold: 'registered' },
      {
        rule: 'HOTKEY_CHANGED',
        passed: true,
        value: `${sampleHotkey(9)} since block 100`,
        threshold: `${sampleHotkey(9)} since block 100`,
      },
      { rule: 'AXON_INACTIVE', passed: true, value: 'announced', threshold: 'announced' },
      {
        rule: 'STALE',
        passed: true,
        value: '0 s before the decision',
        threshold: 'at most 3 h 0 min',
      },
      {
        rule: 'NO_VALID_GPU',
        passed: true,
        value: '8 valid GPUs',
        threshold: 'one that was verified in the last 6 h 0 min',
      },
    ]);
  });

  it('end with the first that was broken', () => {
    const gone = { neuron: undefined, gpus: [], lastObservedAtMs: 0 };
    expect(minerChecks(sampleFacts(9, gone), SAMPLE_RULES)).toEqual([
      {
        rule: 'NOT_REGISTERED',
        passed: false,
        value: 'nobody is registered',
        threshold: 'registered',
      },
    ]);
  });

  it('name both holders of a UID that changed hands, also when only the registration is new', () => {
    const failure = { rule: 'HOTKEY_CHANGED', passed: false };
    const value = `${sampleHotkey(9)} since block 100`;
    expect(lastOf({ neuron: { ...NEURON, hotkey: sampleHotkey(77) } })).toEqual({
      ...failure,
      value,
      threshold: `${sampleHotkey(77)} since block 100`,
    });
    expect(lastOf({ neuron: { ...NEURON, registeredAtBlock: 300 } })).toEqual({
      ...failure,
      value,
      threshold: `${sampleHotkey(9)} since block 300`,
    });
  });

  it('ask for an axon only where one is required', () => {
    const silent = { neuron: { ...NEURON, isAxonActive: false } };
    expect(lastOf(silent)).toEqual({
      rule: 'AXON_INACTIVE',
      passed: false,
      value: 'not announced',
      threshold: 'announced',
    });
    const rules = { ...SAMPLE_RULES, requireActiveAxon: false };
    expect(minerChecks(sampleFacts(9, silent), rules)[2]).toEqual({
      rule: 'AXON_INACTIVE',
      passed: true,
      value: 'not announced',
      threshold: 'not required',
    });
  });

  it('say how old the last report was; one from a clock that is ahead is as old as the decision', () => {
    const age = (ageMs: number) =>
      lastOf({ lastObservedAtMs: SAMPLE_RULES.nowMs - ageMs, gpus: [] });
    expect(age(3 * HOUR_MS + 24 * 60_000)).toEqual({
      rule: 'STALE',
      passed: false,
      value: '3 h 24 min before the decision',
      threshold: 'at most 3 h 0 min',
    });
    expect(age(3 * HOUR_MS)).toMatchObject({ rule: 'NO_VALID_GPU', passed: false });
    const ahead = sampleFacts(9, { lastObservedAtMs: SAMPLE_RULES.nowMs + 60_000 });
    expect(minerChecks(ahead, SAMPLE_RULES)[3]).toMatchObject({
      passed: true,
      value: '0 s before the decision',
    });
  });

  it('say that there was no valid GPU', () => {
    expect(lastOf({ gpus: [] })).toMatchObject({ passed: false, value: 'no valid GPU' });
  });
});

describe('the rules for a pair', () => {
  const H100 = rewarded('H100', 50, { minGpuCount: 4, minMemoryMib: 73_728 });
  const policy = paying({ categories: [H100, rewarded('A100', 50)], minScoreMicros: 500_000 });
  const checks = (groups: readonly FactGpus[], scoreMicros = 900_000, qualifiedMiners = 1) =>
    pairChecks({ gpus: groups, scoreMicros }, { rule: H100, policy, qualifiedMiners });

  it('are all said when they are kept', () => {
    const groups = [gpus('H100', 8), gpus('A100', 64, { executor: 1 })];
    expect(checks(groups)).toEqual([
      {
        rule: 'CATEGORY_NOT_REWARDED',
        passed: true,
        value: 'a pool of 50 % of what is not burned by configuration',
        threshold: 'a pool',
      },
      { rule: 'BELOW_MIN_GPU_COUNT', passed: true, value: '8 in one machine', threshold: '4' },
      {
        rule: 'BELOW_MIN_MEMORY',
        passed: true,
        value: '81,559 MiB on each of 4 in one machine',
        threshold: '73,728 MiB (90 % of 80 GiB)',
      },
      { rule: 'BELOW_MIN_SCORE', passed: true, value: '0.900', threshold: '0.500' },
      { rule: 'CATEGORY_BELOW_MIN_MINERS', passed: true, value: '1 miner', threshold: '1' },
    ]);
  });

  it('begin with whether the category is rewarded', () => {
    const ground = { rule: undefined, policy, qualifiedMiners: 1 };
    expect(pairChecks({ gpus: [gpus('T4', 8)], scoreMicros: 0 }, ground)).toEqual([
      { rule: 'CATEGORY_NOT_REWARDED', passed: false, value: 'no pool', threshold: 'a pool' },
    ]);
  });

  it('count the GPUs of one machine, of any memory', () => {
    const groups = [
      gpus('H100', 2),
      gpus('H100', 1, { memoryMib: 1 }),
      gpus('H100', 2, { executor: 1 }),
    ];
    expect(checks(groups).at(-1)).toEqual({
      rule: 'BELOW_MIN_GPU_COUNT',
      passed: false,
      value: '3 in one machine',
      threshold: '4',
    });
    expect(checks([gpus('A100', 8)]).at(-1)).toMatchObject({ value: '0 in one machine' });
  });

  it('compare the memory that as many GPUs of one machine have as it needs', () => {
    const groups = [
      gpus('H100', 3),
      gpus('H100', 1, { memoryMib: 40_960 }),
      gpus('H100', 3, { executor: 1 }),
    ];
    expect(checks(groups).at(-1)).toEqual({
      rule: 'BELOW_MIN_MEMORY',
      passed: false,
      value: '40,960 MiB on each of 4 in one machine',
      threshold: '73,728 MiB (90 % of 80 GiB)',
    });
    const single = rewarded('H100', 100, { minMemoryMib: 73_728 });
    const ground = { rule: single, policy, qualifiedMiners: 1 };
    const small = { gpus: [gpus('H100', 8, { memoryMib: 73_727 })], scoreMicros: 900_000 };
    expect(pairChecks(small, ground).at(-1)).toMatchObject({ passed: false, value: '73,727 MiB' });
  });

  it('say that there is no limit', () => {
    const rule = rewarded('H100', 100);
    const ground = { rule, policy: paying({ categories: [rule] }), qualifiedMiners: 3 };
    expect(pairChecks({ gpus: [gpus('H100', 8)], scoreMicros: 0 }, ground)).toMatchObject([
      { value: 'a pool of 100 % of what is not burned by configuration' },
      { threshold: '1' },
      { value: '81,559 MiB', threshold: 'no limit' },
      { value: '0.000', threshold: '0.000' },
      { value: '3 miners' },
    ]);
  });

  it('compare score and number of miners with what is needed', () => {
    const groups = [gpus('H100', 8)];
    expect(checks(groups, 412_345).at(-1)).toMatchObject({
      rule: 'BELOW_MIN_SCORE',
      passed: false,
      value: '0.412',
      threshold: '0.500',
    });
    const few = pairChecks(
      { gpus: groups, scoreMicros: 900_000 },
      { rule: H100, policy: { ...policy, minMinersPerCategory: 3 }, qualifiedMiners: 2 },
    );
    expect(few.at(-1)).toEqual({
      rule: 'CATEGORY_BELOW_MIN_MINERS',
      passed: false,
      value: '2 miners',
      threshold: '3',
    });
  });
});
