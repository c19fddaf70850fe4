import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { gpuCounts } from '../../src/domain/gpu/distribution.ts';
import { MINER_UID_MAX } from '../../src/domain/ids.ts';
import type { Neuron } from '../../src/domain/metagraph.ts';
import { EXECUTOR_MAX, type PopulationRules } from '../../src/domain/miner-facts.ts';
import { EXCLUSION_REASONS } from '../../src/domain/population.ts';
import { PopulationBuilder } from '../../src/domain/population-builder.ts';
import type { ExecutorGpus, ExecutorProfile, Profile } from '../../src/domain/profile.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { SAMPLE_RULES, sampleFacts } from '../support/ledger-samples.ts';
import { minerFacts } from '../support/miner-facts.ts';
import { sampleExecutor, sampleHotkey, sampleProfile } from '../support/profile-samples.ts';
import { sampleMetagraph, sampleNeuron } from '../support/weight-setter-samples.ts';

const NOW = Date.UTC(2026, 0, 2);
const HOUR = 3_600_000;

describe('the population', () => {
  it('has one row per miner and one per GPU group of its executors', () => {
    const executors = [
      sampleExecutor({
        executorId: 'a',
        verifiedAtMs: NOW,
        gpus: [gpus('H100', 8), gpus('A100', 2)],
      }),
      sampleExecutor({ executorId: 'b', verifiedAtMs: NOW, gpus: [gpus('H100', 4)] }),
    ];
    const { miners, gpus: rows } = population([
      miner(7, { executors, score: 0.123_456_7 }),
      miner(2, {
        executors: [sampleExecutor({ verifiedAtMs: NOW, gpus: [gpus('A100', 8)] })],
        score: 1,
      }),
    ]);
    expect([...miners.uid]).toEqual([7, 2]);
    expect([...miners.scoreMicros]).toEqual([123_457, 1_000_000]);
    expect([...miners.standing]).toEqual([0, 0]);
    expect([...miners.primaryCategory]).toEqual([index('H100'), index('A100')]);
    expect([...rows.miner]).toEqual([0, 0, 0, 1]);
    expect([...rows.executor]).toEqual([0, 0, 1, 2]);
    expect([...rows.category]).toEqual([
      index('H100'),
      index('A100'),
      index('H100'),
      index('A100'),
    ]);
    expect([...rows.count]).toEqual([8, 2, 4, 8]);
    expect([...rows.memoryMib]).toEqual([81_559, 81_559, 81_559, 81_559]);
  });

  it('takes the primary category from the GPUs that still count, not from the last report', () => {
    const executors = [
      sampleExecutor({
        executorId: 'old',
        verifiedAtMs: NOW - 7 * 3_600_000,
        gpus: [gpus('H100', 8)],
      }),
      sampleExecutor({ executorId: 'new', verifiedAtMs: NOW, gpus: [gpus('A100', 4)] }),
    ];
    const { miners } = population([
      miner(7, { executors, primaryCategory: 'H100' as CategoryKey, lastObservedAtMs: NOW }),
      miner(8, { executors: executors.slice(0, 1), lastObservedAtMs: NOW }),
    ]);
    expect([...miners.primaryCategory]).toEqual([index('A100'), index('OTHER')]);
  });

  it('of nobody has no rows', () => {
    const { miners, gpus: rows } = population([]);
    for (const column of [...Object.values(miners), ...Object.values(rows)]) {
      expect(column.length).toBe(0);
    }
  });

  it('keeps every row when its columns grow', () => {
    const profiles = Array.from({ length: 1_000 }, (_, uid) =>
      miner(uid % 10, { score: uid / 1_000 }),
    );
    const { miners, gpus: rows } = population(profiles);
    expect([...miners.scoreMicros]).toEqual(profiles.map((_, uid) => uid * 1_000));
    expect([...rows.executor]).toEqual(profiles.map((_, uid) => uid));
  });

  it('numbers the machines of as many miners as there are UIDs through', () => {
    const builder = new PopulationBuilder(SAMPLE_RULES);
    const gpus = [
      { executor: EXECUTOR_MAX, category: 'H100' as CategoryKey, count: 1, memoryMib: 1 },
    ];
    for (let uid = 0; uid <= MINER_UID_MAX; uid += 1) builder.add(sampleFacts(uid, { gpus }));
    const { executor } = builder.build().gpus;
    expect(executor.length).toBe(65_536);
    expect(executor.at(-1)).toBe(65_536 * (EXECUTOR_MAX + 1) - 1);
  });

  it('refuses a machine with a higher number as a bug', () => {
    const gpus = [
      { executor: EXECUTOR_MAX + 1, category: 'H100' as CategoryKey, count: 1, memoryMib: 1 },
    ];
    const builder = new PopulationBuilder(SAMPLE_RULES);
    expect(() => builder.add(sampleFacts(7, { gpus }))).toThrow(AssertionError);
  });

  const stranger = { hotkey: sampleHotkey(99) };
  it.each([
    ['a miner in good standing', undefined, {}, {}],
    ['a UID that nobody holds', 'NOT_REGISTERED', { uid: 50 }, {}],
    ['another hotkey', 'HOTKEY_CHANGED', stranger, {}],
    ['another registration of the same hotkey', 'HOTKEY_CHANGED', { registeredAtBlock: 99 }, {}],
    ['no axon', 'AXON_INACTIVE', {}, { isAxonActive: false }],
    ['an old report', 'STALE', { lastObservedAtMs: NOW - 3 * HOUR - 1 }, {}],
    ['a report of exactly the cut-off', undefined, { lastObservedAtMs: NOW - 3 * HOUR }, {}],
    [
      'another hotkey without an axon',
      'HOTKEY_CHANGED',
      { ...stranger, lastObservedAtMs: 0 },
      { isAxonActive: false },
    ],
    [
      'an old report without an axon',
      'AXON_INACTIVE',
      { lastObservedAtMs: 0 },
      { isAxonActive: false },
    ],
  ] as const)('shuts out %s: %s', (...[, reason, profile, neuron]) => {
    const neurons = [sampleNeuron(7, neuron)];
    const { uid, ...overrides }: Overrides & { readonly uid?: number } = profile;
    const { miners } = population([miner(uid ?? 7, overrides)], { neurons });
    expect(EXCLUSION_REASONS[(miners.standing[0] as number) - 1]).toBe(reason);
  });

  it('counts staleness from what the prover saw, not from when it was written', () => {
    const { miners } = population([miner(7, { lastObservedAtMs: 0, updatedAtMs: NOW })]);
    expect(EXCLUSION_REASONS[(miners.standing[0] as number) - 1]).toBe('STALE');
  });

  it('does not ask for axons when none is required', () => {
    const neurons = [sampleNeuron(7, { isAxonActive: false })];
    const { miners } = population([miner(7)], { neurons, requireActiveAxon: false });
    expect([...miners.standing]).toEqual([0]);
  });

  it.each([
    ['failed its verification', { isValid: false }, 0],
    ['has an invalid attestation', { isAttestationValid: false }, 0],
    ['is older than the time to live', { verifiedAtMs: NOW - 6 * HOUR - 1 }, 0],
    ['is exactly as old', { verifiedAtMs: NOW - 6 * HOUR }, 1],
  ])('counts no GPU of an executor that %s', (_, executor, rows) => {
    const executors = [sampleExecutor({ verifiedAtMs: NOW, ...executor })];
    expect(population([miner(7, { executors })]).gpus.count.length).toBe(rows);
  });

  it('counts a GPU that two executors show once, for the one verified last', () => {
    const [first, second] = ['GPU-1', 'GPU-2'];
    const executors = [
      sampleExecutor({
        executorId: 'a',
        verifiedAtMs: NOW - 1,
        gpus: [gpus('H100', 2, [first, second])],
      }),
      sampleExecutor({ executorId: 'b', verifiedAtMs: NOW, gpus: [gpus('A100', 1, [second])] }),
      sampleExecutor({ executorId: 'c', verifiedAtMs: NOW, gpus: [gpus('A100', 1, [second])] }),
    ];
    for (const order of [executors, executors.toReversed()]) {
      const { gpus: rows } = population([miner(7, { executors: order })]);
      expect([...rows.category]).toEqual([index('A100'), index('H100')]);
      expect([...rows.count]).toEqual([1, 1]);
      expect([...rows.executor]).toEqual([0, 2]);
    }
  });

  it('counts the same GPUs as the profile does', () => {
    const executor = fc.record({
      isValid: fc.boolean(),
      isAttestationValid: fc.boolean(),
      verifiedAtMs: fc.integer({ min: NOW - 2, max: NOW }),
      uuids: fc.uniqueArray(fc.constantFrom('u1', 'u2', 'u3', 'u4'), { maxLength: 4 }),
      category: fc.constantFrom('H100', 'A100', 'T4'),
    });
    fc.assert(
      fc.property(fc.array(executor, { maxLength: 6 }), (drawn) => {
        const executors = drawn.map(({ uuids, category, ...rest }, number) =>
          sampleExecutor({
            ...rest,
            executorId: `executor-${number}`,
            gpus: [gpus(category, uuids.length === 0 ? 3 : uuids.length, uuids)],
          }),
        );
        const rows = population([miner(7, { executors })]).gpus;
        const counts = new Map<number, number>();
        rows.category.forEach((category, row) => {
          counts.set(category, (counts.get(category) ?? 0) + (rows.count[row] as number));
        });
        const expected = [...gpuCounts(executors)].map(([key, count]) => [index(key), count]);
        expect([...counts].sort(([a], [b]) => a - b)).toEqual(expected);
      }),
    );
  });
});

function index(key: string): number {
  return categoryIndex(key as CategoryKey);
}

function gpus(category: string, count: number, uuids: readonly string[] = []): ExecutorGpus {
  return { model: category, category: category as CategoryKey, count, memoryMib: 81_559, uuids };
}

type Overrides = Partial<Omit<Profile, 'miner' | 'executors'>> & {
  readonly hotkey?: Profile['miner']['hotkey'];
  readonly registeredAtBlock?: number;
  readonly executors?: readonly ExecutorProfile[];
};

function miner(uid: number, overrides: Overrides = {}): Profile {
  const executors = [sampleExecutor({ verifiedAtMs: NOW })];
  return sampleProfile({ executors, lastObservedAtMs: NOW, ...overrides, uid });
}

function population(
  profiles: readonly Profile[],
  {
    neurons = sampleMetagraph().neurons,
    ...overrides
  }: Partial<PopulationRules> & { readonly neurons?: readonly Neuron[] } = {},
) {
  const rules = {
    nowMs: NOW,
    cutoffMs: 3 * HOUR,
    executorTtlMs: 6 * HOUR,
    requireActiveAxon: true,
    ...overrides,
  };
  const neuronAt = new Map(neurons.map((neuron) => [neuron.uid, neuron]));
  const builder = new PopulationBuilder(rules);
  for (const profile of profiles) {
    builder.add(minerFacts(profile, neuronAt.get(profile.miner.uid), rules));
  }
  return builder.build();
}
