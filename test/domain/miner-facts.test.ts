import { describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { ExecutorGpus } from '../../src/domain/profile.ts';
import { SAMPLE_RULES } from '../support/ledger-samples.ts';
import { minerFacts } from '../support/miner-facts.ts';
import { sampleExecutor, sampleHotkey, sampleProfile } from '../support/profile-samples.ts';
import { sampleNeuron } from '../support/weight-setter-samples.ts';

const NOW = SAMPLE_RULES.nowMs;
const TTL = SAMPLE_RULES.executorTtlMs;

describe('the facts of a miner', () => {
  it('say whose profile it is, who is registered now, and what the score is in millionths', () => {
    const profile = sampleProfile({ uid: 7, score: 0.123_456_5, lastObservedAtMs: NOW - 5 });
    const neuron = sampleNeuron(7, { hotkey: sampleHotkey(8), registeredAtBlock: 200 });
    expect(minerFacts(profile, neuron, SAMPLE_RULES)).toEqual({
      uid: 7,
      hotkey: sampleHotkey(7),
      registeredAtBlock: 100,
      neuron,
      scoreMicros: 123_457,
      lastObservedAtMs: NOW - 5,
      primaryCategory: 'H100',
      gpus: [{ executor: 0, category: 'H100', count: 8, memoryMib: 81_559 }],
    });
    expect(minerFacts(profile, undefined, SAMPLE_RULES).neuron).toBeUndefined();
  });

  it('have the machines that are not too old, numbered from the one verified last', () => {
    const executors = [
      sampleExecutor({ executorId: 'old', verifiedAtMs: NOW - TTL - 1, gpus: [gpus('T4', 9)] }),
      sampleExecutor({ executorId: 'just', verifiedAtMs: NOW - TTL, gpus: [gpus('A100', 4)] }),
      sampleExecutor({ executorId: 'new', verifiedAtMs: NOW, gpus: [gpus('H100', 2)] }),
      sampleExecutor({ executorId: 'bad', verifiedAtMs: NOW, isValid: false }),
    ];
    const facts = minerFacts(sampleProfile({ executors }), undefined, SAMPLE_RULES);
    expect(facts.primaryCategory).toBe('A100');
    expect(facts.gpus.map(({ executor, category, count }) => [executor, category, count])).toEqual([
      [0, 'H100', 2],
      [1, 'A100', 4],
    ]);
  });

  it('are without GPUs, and of no category, when no machine counts', () => {
    const executors = [sampleExecutor({ verifiedAtMs: NOW, isAttestationValid: false })];
    expect(minerFacts(sampleProfile({ executors }), undefined, SAMPLE_RULES)).toMatchObject({
      primaryCategory: 'OTHER',
      gpus: [],
    });
  });

  it('count a GPU once that two machines show', () => {
    const executors = ['a', 'b'].map((executorId) =>
      sampleExecutor({ executorId, verifiedAtMs: NOW, gpus: [gpus('H100', 2, ['x', executorId])] }),
    );
    const facts = minerFacts(sampleProfile({ executors }), undefined, SAMPLE_RULES);
    expect(facts.gpus.map(({ executor, count }) => [executor, count])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });
});

function gpus(category: string, count: number, uuids: readonly string[] = []): ExecutorGpus {
  return { model: category, category: category as CategoryKey, count, memoryMib: 1, uuids };
}
