import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGpuNormaliser } from '../../src/domain/gpu/normalise.ts';
import type { ExecutorVerification } from '../../src/domain/report.ts';
import {
  aggregateGpus,
  executorProfile,
  executorProfiles,
  extractGpus,
  verificationScore,
} from '../../src/domain/verification.ts';
import {
  A100,
  H100,
  RTX4090,
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleGpus,
  sampleReport,
} from '../support/report-samples.ts';

const normaliser = createGpuNormaliser(new Map());
const untrusted = { isValid: false, gpuGroups: [sampleGpus()] };

function score(...executors: ExecutorVerification[]): number {
  return verificationScore({ executors });
}

describe('the GPUs of an attestation', () => {
  it('come with their category, count, memory and identifiers', () => {
    const group = { model: H100, count: 2, memoryMib: 81_559, uuids: ['GPU-1', 'GPU-2'] };
    expect(extractGpus(sampleExecutor({ gpus: [group] }), normaliser)).toEqual([
      { ...group, category: 'H100' },
    ]);
  });

  it('stay apart in a mixed machine, in the attested order', () => {
    const gpus = [
      sampleGpus({ model: RTX4090, count: 1 }),
      sampleGpus({ count: 4 }),
      sampleGpus({ model: A100, count: 3 }),
    ];
    const extracted = extractGpus(sampleExecutor({ gpus }), normaliser);
    expect(extracted.map(({ category, count }) => [category, count])).toEqual([
      ['RTX4090', 1],
      ['H100', 4],
      ['A100', 3],
    ]);
  });

  it('are listed but marked when the attestation is invalid', () => {
    const profile = executorProfile(sampleExecutor({ attestation: untrusted }), normaliser);
    expect(profile.isAttestationValid).toBe(false);
    expect(profile.gpus).toHaveLength(1);
  });

  it('are none when the attestation names none', () => {
    expect(extractGpus(sampleExecutor({ gpus: [] }), normaliser)).toEqual([]);
  });

  it('are OTHER when the name is not known', () => {
    const [gpu] = extractGpus(
      sampleExecutor({ gpus: [sampleGpus({ model: 'Voodoo 2' })] }),
      normaliser,
    );
    expect(gpu).toMatchObject({ model: 'Voodoo 2', category: 'OTHER' });
  });
});

describe('the machines of a report', () => {
  it('keep everything that the verification said', () => {
    const verification = sampleExecutor({
      executorId: 'rack-7',
      isValid: false,
      hardwareScore: 0.25,
      networkBandwidthMbps: 940,
      verifiedAtMs: SAMPLE_NOW_MS - 1,
    });
    expect(executorProfile(verification, normaliser)).toEqual({
      executorId: 'rack-7',
      isValid: false,
      isAttestationValid: true,
      hardwareScore: 0.25,
      networkBandwidthMbps: 940,
      verifiedAtMs: SAMPLE_NOW_MS - 1,
      gpus: [{ ...sampleGpus(), category: 'H100' }],
    });
  });

  it('have no bandwidth when none was measured', () => {
    expect(executorProfile(sampleExecutor(), normaliser)).not.toHaveProperty(
      'networkBandwidthMbps',
    );
  });

  it('come in the order of the report', () => {
    const executors = ['b', 'a', 'c'].map((executorId) => sampleExecutor({ executorId }));
    const profiles = executorProfiles(sampleReport({ executors }), normaliser);
    expect(profiles.map(({ executorId }) => executorId)).toEqual(['b', 'a', 'c']);
  });

  it('add their valid GPUs up by category', () => {
    const counts = aggregateGpus(
      {
        executors: [
          sampleExecutor({ executorId: 'a', gpus: [sampleGpus({ count: 8 })] }),
          sampleExecutor({
            executorId: 'b',
            gpus: [sampleGpus({ count: 2 }), sampleGpus({ model: A100, count: 4 })],
          }),
          sampleExecutor({ executorId: 'c', isValid: false }),
          sampleExecutor({ executorId: 'd', attestation: untrusted }),
        ],
      },
      normaliser,
    );
    expect(Object.fromEntries(counts)).toEqual({ H100: 10, A100: 4 });
  });
});

describe('the verification score', () => {
  it('is the hardware score of a valid machine', () => {
    expect(score(sampleExecutor({ hardwareScore: 0.75 }))).toBe(0.75);
  });

  it('counts a machine as zero that is invalid, or whose attestation is', () => {
    expect(score(sampleExecutor({ isValid: false }))).toBe(0);
    expect(score(sampleExecutor({ attestation: untrusted }))).toBe(0);
  });

  it('is the mean over all machines, failed ones included', () => {
    const executors = [
      sampleExecutor({ hardwareScore: 1 }),
      sampleExecutor({ hardwareScore: 0.5 }),
      sampleExecutor({ isValid: false }),
      sampleExecutor({ attestation: untrusted }),
    ];
    expect(score(...executors)).toBe(0.375);
  });

  it('is zero without machines', () => {
    expect(score()).toBe(0);
  });

  it('has the same bits in any order, where a plain sum has not', () => {
    const executors = [0.1, 0.2, 0.3].map((hardwareScore) => sampleExecutor({ hardwareScore }));
    expect((0.1 + 0.2 + 0.3) / 3).not.toBe((0.3 + 0.2 + 0.1) / 3);
    expect(score(...executors.toReversed())).toBe(score(...executors));
  });

  it('is from 0 to 1, the same in any order, and the mean', () => {
    const executor = fc.record({
      isValid: fc.boolean(),
      isAttested: fc.boolean(),
      hardwareScore: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(executor, { minLength: 1, maxLength: 512 }), (machines) => {
        const executors = machines.map(({ isValid, isAttested, hardwareScore }) =>
          sampleExecutor({
            isValid,
            hardwareScore,
            attestation: { isValid: isAttested, gpuGroups: [] },
          }),
        );
        const result = score(...executors);
        const sum = machines
          .filter(({ isValid, isAttested }) => isValid && isAttested)
          .reduce((total, { hardwareScore }) => total + hardwareScore, 0);
        expect(result).toBeGreaterThanOrEqual(0);
        expect(result).toBeLessThanOrEqual(1);
        expect(result).toBeCloseTo(sum / machines.length, 12);
        expect(score(...executors.toReversed())).toBe(result);
      }),
    );
  });
});
