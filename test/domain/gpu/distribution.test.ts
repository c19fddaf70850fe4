import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CategoryKey, OTHER } from '../../../src/domain/gpu/catalogue.ts';
import { gpuCounts, primaryCategory } from '../../../src/domain/gpu/distribution.ts';
import type { ExecutorGpus, ExecutorProfile } from '../../../src/domain/profile.ts';

function gpus(category: string, count: number, uuids: readonly string[] = []): ExecutorGpus {
  return { model: category, category: category as CategoryKey, count, memoryMib: 81_559, uuids };
}

function executor(changes: Partial<ExecutorProfile> = {}): ExecutorProfile {
  return {
    executorId: 'one',
    isValid: true,
    isAttestationValid: true,
    hardwareScore: 1,
    verifiedAtMs: 1_000,
    gpus: [gpus('H100', 8)],
    ...changes,
  };
}

function counted(...executors: ExecutorProfile[]): Record<string, number> {
  return Object.fromEntries(gpuCounts(executors));
}

function primaryOf(counts: Record<string, number>): CategoryKey {
  return primaryCategory(new Map(Object.entries(counts)) as Map<CategoryKey, number>);
}

describe('gpuCounts', () => {
  it('counts the GPUs of one model', () => {
    expect(counted(executor(), executor({ executorId: 'two' }))).toEqual({ H100: 16 });
  });

  it('counts the groups of a mixed machine apart, in the order of the catalogue', () => {
    const mixed = executor({ gpus: [gpus('RTX4090', 2), gpus('OTHER', 1), gpus('H100', 4)] });
    expect([...gpuCounts([mixed])]).toEqual([
      ['H100', 4],
      ['RTX4090', 2],
      ['OTHER', 1],
    ]);
  });

  it('counts only machines that are valid with a valid attestation', () => {
    expect(
      counted(
        executor({ executorId: 'invalid', isValid: false }),
        executor({ executorId: 'unattested', isAttestationValid: false }),
        executor({ executorId: 'valid', gpus: [gpus('A100', 2)] }),
      ),
    ).toEqual({ A100: 2 });
    expect(counted(executor({ isValid: false, isAttestationValid: false }))).toEqual({});
  });

  it('leaves out categories without GPUs', () => {
    expect(counted()).toEqual({});
    expect(counted(executor({ gpus: [] }))).toEqual({});
    expect(counted(executor({ gpus: [gpus('H100', 0)] }))).toEqual({});
  });

  it('counts a GPU that two machines show once, for the machine that was verified later', () => {
    const older = executor({ executorId: 'a', gpus: [gpus('A100', 2, ['x', 'y'])] });
    const newer = executor({
      executorId: 'b',
      verifiedAtMs: 2_000,
      gpus: [gpus('H100', 1, ['x'])],
    });
    expect(counted(older, newer)).toEqual({ H100: 1, A100: 1 });
    expect(counted(newer, older)).toEqual({ H100: 1, A100: 1 });
  });

  it('gives a GPU that two machines showed at one time to the lower executor identifier', () => {
    const low = executor({ executorId: 'a', gpus: [gpus('A100', 1, ['x'])] });
    const high = executor({ executorId: 'b', gpus: [gpus('H100', 1, ['x'])] });
    expect(counted(high, low)).toEqual({ A100: 1 });
    expect(counted(low, high)).toEqual({ A100: 1 });
  });

  it('counts a uuid that one machine shows twice once', () => {
    const twice = executor({ gpus: [gpus('H100', 1, ['x']), gpus('A100', 2, ['x', 'y'])] });
    expect(counted(twice)).toEqual({ H100: 1, A100: 1 });
  });

  it('does not let a machine that is not valid claim a GPU', () => {
    const invalid = executor({
      isValid: false,
      verifiedAtMs: 9_000,
      gpus: [gpus('H100', 1, ['x'])],
    });
    const valid = executor({ executorId: 'two', gpus: [gpus('H100', 1, ['x'])] });
    expect(counted(invalid, valid)).toEqual({ H100: 1 });
  });

  it('does not depend on the order of the machines, and never counts a uuid twice', () => {
    const uuid = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const group = fc
      .record({ category: fc.constantFrom('H100', 'A100', 'OTHER'), uuids: fc.uniqueArray(uuid) })
      .map(({ category, uuids }) => gpus(category, uuids.length, uuids));
    const machines = fc.uniqueArray(
      fc.record({
        executorId: fc.constantFrom('1', '2', '3', '4', '5', '6'),
        verifiedAtMs: fc.integer({ min: 0, max: 2 }),
        isValid: fc.boolean(),
        gpus: fc.array(group, { maxLength: 3 }),
      }),
      { selector: ({ executorId }) => executorId },
    );
    fc.assert(
      fc.property(machines, (list) => {
        const executors = list.map((changes) => executor(changes));
        const counts = gpuCounts(executors);
        const valid = executors.filter(({ isValid }) => isValid);
        const uuids = new Set(valid.flatMap((one) => one.gpus.flatMap((group) => group.uuids)));
        expect([...gpuCounts([...executors].reverse())]).toEqual([...counts]);
        expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(uuids.size);
      }),
    );
  });
});

describe('primaryCategory', () => {
  it('is the category with most GPUs, OTHER too', () => {
    expect(primaryOf({ H100: 1 })).toBe('H100');
    expect(primaryOf({ H100: 2, RTX4090: 3, A100: 1 })).toBe('RTX4090');
    expect(primaryOf({ H100: 2, OTHER: 3 })).toBe(OTHER);
  });

  it('is of equals the one that comes first in the catalogue', () => {
    expect(primaryOf({ A100: 2, H100: 2, RTX4090: 2 })).toBe('H100');
    expect(primaryOf({ RTX4090: 2, A100: 2 })).toBe('A100');
    expect(primaryOf({ H100: 2, A100: 2 })).toBe('H100');
    expect(primaryOf({ OTHER: 2, GTX1630: 2 })).toBe('GTX1630');
  });

  it('is OTHER without any GPU', () => {
    expect(primaryOf({})).toBe(OTHER);
    expect(primaryOf({ H100: 0 })).toBe(OTHER);
  });
});
