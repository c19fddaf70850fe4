import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGpuNormaliser } from '../../src/domain/gpu/normalise.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { applyReport, emptyProfile } from '../../src/domain/profile-update.ts';
import { type ExecutorVerification, REPORT_LIMITS, type Report } from '../../src/domain/report.ts';
import {
  A100,
  H100,
  RTX4090,
  SAMPLE_NOW_MS,
  SAMPLE_POLICY,
  sampleExecutor,
  sampleGpus,
  sampleRegistration,
  sampleReport,
} from '../support/report-samples.ts';

const context = {
  policy: SAMPLE_POLICY,
  normaliser: createGpuNormaliser(new Map()),
  nowMs: SAMPLE_NOW_MS,
};
const fresh = emptyProfile(sampleRegistration(), SAMPLE_NOW_MS);

function update(profile: Profile, fields: Partial<Report>, changes: Partial<typeof context> = {}) {
  return applyReport(profile, sampleReport(fields), { ...context, ...changes });
}

function applied(
  profile: Profile,
  fields: Partial<Report>,
  changes: Partial<typeof context> = {},
): Profile {
  const result = update(profile, fields, changes);
  if (result.outcome !== 'APPLIED') throw new Error(`expected APPLIED, got ${result.outcome}`);
  return result.next;
}

function of(model: string, fields: Partial<ExecutorVerification> = {}) {
  return { executors: [sampleExecutor({ gpus: [sampleGpus({ model })], ...fields })] };
}

describe('an empty profile', () => {
  it('knows the miner and nothing else', () => {
    expect(fresh).toEqual({
      miner: sampleRegistration(),
      revision: 0,
      executors: new Map(),
      primaryCategory: 'OTHER',
      gpuCounts: new Map(),
      score: 0,
      verificationCount: 0,
      lastObservedAtMs: 0,
      updatedAtMs: SAMPLE_NOW_MS,
    });
  });

  it('keeps of a neuron only who the miner is', () => {
    const neuron = { ...sampleRegistration(), isAxonActive: true };
    expect(emptyProfile(neuron, 0).miner).toEqual(sampleRegistration());
  });
});

describe('an applied report', () => {
  it('makes the first profile of a miner', () => {
    const nowMs = SAMPLE_NOW_MS + 5;
    const next = applied(fresh, of(H100, { hardwareScore: 0.8 }), { nowMs });
    expect(next).toMatchObject({
      primaryCategory: 'H100',
      score: 0.8,
      verificationCount: 1,
      lastObservedAtMs: SAMPLE_NOW_MS,
      updatedAtMs: nowMs,
      revision: 0,
    });
    expect(next.gpuCounts).toEqual(new Map([['H100', 8]]));
    expect([...next.executors.keys()]).toEqual(['executor-1']);
  });

  it('leaves the profile that it was applied to as it was', () => {
    const before = applied(fresh, of(H100));
    const copy = structuredClone(before);
    applied(before, of(A100));
    expect(before).toEqual(copy);
  });

  it('replaces the machines that it names and keeps the others', () => {
    const before = applied(fresh, {
      executors: [
        sampleExecutor({ executorId: 'a' }),
        sampleExecutor({ executorId: 'b', gpus: [sampleGpus({ model: A100, count: 2 })] }),
      ],
    });
    const next = applied(before, {
      executors: [sampleExecutor({ executorId: 'a', gpus: [sampleGpus({ count: 4 })] })],
    });
    expect(Object.fromEntries(next.gpuCounts)).toEqual({ H100: 4, A100: 2 });
  });

  it('replaces a machine even by an earlier verification of it: the newer report wins whole', () => {
    const before = applied(fresh, of(H100, { verifiedAtMs: SAMPLE_NOW_MS }));
    const next = applied(before, of(A100, { verifiedAtMs: SAMPLE_NOW_MS - 1 }));
    expect(Object.fromEntries(next.gpuCounts)).toEqual({ A100: 8 });
  });

  it('counts no GPUs of a machine that is invalid or whose attestation is', () => {
    const before = applied(fresh, of(H100));
    expect(applied(before, of(H100, { isValid: false })).gpuCounts.size).toBe(0);
    const attestation = { isValid: false, gpuGroups: [sampleGpus()] };
    const next = applied(before, { executors: [sampleExecutor({ attestation })] });
    expect(next.gpuCounts.size).toBe(0);
    expect(next.primaryCategory).toBe('H100');
    expect(applied(fresh, of(H100, { isValid: false })).primaryCategory).toBe('OTHER');
    expect(next.executors.size).toBe(1);
  });

  it('tells which machines were written, in the order of the report', () => {
    const executors = ['b', 'a'].map((executorId) => sampleExecutor({ executorId }));
    const result = update(applied(fresh, of(H100)), { executors });
    if (result.outcome !== 'APPLIED') throw new Error(result.outcome);
    expect(result.upserted.map(({ executorId }) => executorId)).toEqual(['b', 'a']);
    expect(result.executors).toEqual(result.upserted);
    expect(result.removedExecutorIds).toEqual([]);
  });
});

describe('expiry', () => {
  const ttlMs = SAMPLE_POLICY.executorTtlMs;
  const before = applied(fresh, of(H100));
  const later = (ageMs: number) => {
    const nowMs = SAMPLE_NOW_MS + ageMs;
    const executors = [sampleExecutor({ executorId: 'new', verifiedAtMs: nowMs })];
    return update(before, { executors, observedAtMs: nowMs }, { nowMs });
  };

  it('keeps a machine that is exactly as old as the time to live', () => {
    expect(later(ttlMs)).toMatchObject({ outcome: 'APPLIED', removedExecutorIds: [] });
  });

  it('removes it one millisecond later, with its GPUs', () => {
    const result = later(ttlMs + 1);
    if (result.outcome !== 'APPLIED') throw new Error(result.outcome);
    expect(result.removedExecutorIds).toEqual(['executor-1']);
    expect([...result.next.executors.keys()]).toEqual(['new']);
    expect(result.next.gpuCounts).toEqual(new Map([['H100', 8]]));
  });

  it('leaves out a machine whose newest verification is too old already', () => {
    const verifiedAtMs = SAMPLE_NOW_MS - ttlMs - 1;
    const result = update(before, of(A100, { verifiedAtMs }));
    if (result.outcome !== 'APPLIED') throw new Error(result.outcome);
    expect(result.next.executors.size).toBe(0);
    expect(result.upserted).toEqual([]);
    expect(result.removedExecutorIds).toEqual(['executor-1']);
    expect(result.executors).toHaveLength(1);
  });
});

describe('a stale report', () => {
  it('is one observed before the newest applied one; an equal time is not older', () => {
    const before = applied(fresh, { observedAtMs: SAMPLE_NOW_MS });
    expect(update(before, { observedAtMs: SAMPLE_NOW_MS - 1 }).outcome).toBe('STALE');
    expect(update(before, { observedAtMs: SAMPLE_NOW_MS }).outcome).toBe('APPLIED');
  });

  it('still gives its machines, to be recorded', () => {
    const before = applied(fresh, { observedAtMs: SAMPLE_NOW_MS });
    const result = update(before, { observedAtMs: SAMPLE_NOW_MS - 1, ...of(A100) });
    expect(result).toMatchObject({ executors: [{ gpus: [{ category: 'A100' }] }] });
  });
});

describe('the limit on machines of one miner', () => {
  const full = range(0, REPORT_LIMITS.executorsPerMinerMax, 512).reduce(
    (profile, executors) => applied(profile, { executors }),
    fresh,
  );

  it('is reached, not broken, by 4096', () => {
    expect(full.executors.size).toBe(4_096);
    expect(update(full, { executors: [sampleExecutor({ executorId: 'e0' })] }).outcome).toBe(
      'APPLIED',
    );
  });

  it('refuses the report that names one more', () => {
    expect(update(full, { executors: [sampleExecutor({ executorId: 'more' })] })).toEqual({
      outcome: 'REFUSED',
      refusal: {
        reason: 'LIMIT_EXCEEDED',
        field: 'executors',
        value: '4097',
        rule: 'leaves the miner with at most 4096 executors',
      },
    });
  });

  it('counts no machine that expired', () => {
    const nowMs = SAMPLE_NOW_MS + SAMPLE_POLICY.executorTtlMs + 1;
    const executors = [sampleExecutor({ executorId: 'more', verifiedAtMs: nowMs })];
    expect(applied(full, { executors, observedAtMs: nowMs }, { nowMs }).executors.size).toBe(1);
  });
});

describe('smoothing', () => {
  it('takes one step per applied report', () => {
    const first = applied(fresh, of(H100, { hardwareScore: 1 }));
    const second = applied(first, of(H100, { isValid: false }));
    const third = applied(second, of(H100, { hardwareScore: 0.5 }));
    expect(second.score).toBeCloseTo(0.7, 12);
    expect(third.score).toBeCloseTo(0.3 * 0.5 + 0.7 * 0.7, 12);
    expect(third.verificationCount).toBe(3);
  });

  it('treats a scored zero as a score, not as a beginning', () => {
    const first = applied(fresh, of(H100, { hardwareScore: 0 }));
    expect(applied(first, of(H100)).score).toBeCloseTo(0.3, 12);
  });

  it('equals its closed form: every sample weighted by α·(1−α)^age, the first by (1−α)^age', () => {
    fc.assert(
      fc.property(fc.array(unit(), { minLength: 1, maxLength: 60 }), alpha(), (samples, a) => {
        const policy = { ...SAMPLE_POLICY, emaAlpha: a };
        const profile = samples.reduce(
          (current, hardwareScore) => applied(current, of(H100, { hardwareScore }), { policy }),
          fresh,
        );
        const last = samples.length - 1;
        const closed = samples.reduce(
          (sum, sample, index) => sum + sample * (index === 0 ? 1 : a) * (1 - a) ** (last - index),
          0,
        );
        expect(profile.score).toBeCloseTo(closed, 9);
        expect(profile.verificationCount).toBe(samples.length);
      }),
    );
  });
});

describe('a change of the primary category', () => {
  const before = applied(fresh, of(H100, { hardwareScore: 1 }));

  it('starts the score again at the sample', () => {
    const next = applied(before, of(A100, { hardwareScore: 0.5 }));
    expect(next).toMatchObject({ primaryCategory: 'A100', score: 0.5, verificationCount: 2 });
  });

  it('goes on smoothing where the policy says keep', () => {
    const policy = { ...SAMPLE_POLICY, onModelChange: 'keep' as const };
    const next = applied(before, of(A100, { hardwareScore: 0.5 }), { policy });
    expect(next.primaryCategory).toBe('A100');
    expect(next.score).toBeCloseTo(0.85, 12);
  });

  it('includes the one to and from cards that nobody knows', () => {
    const unknown = applied(before, of('Voodoo 2', { hardwareScore: 0.5 }));
    expect(unknown).toMatchObject({ primaryCategory: 'OTHER', score: 0.5 });
    expect(applied(unknown, of(H100, { hardwareScore: 0.25 })).score).toBe(0.25);
  });

  it('is none when another category comes in without taking the lead', () => {
    const executors = [
      sampleExecutor({
        executorId: 'small',
        hardwareScore: 0,
        gpus: [sampleGpus({ model: RTX4090, count: 1 })],
      }),
    ];
    const next = applied(before, { executors });
    expect(next.primaryCategory).toBe('H100');
    expect(next.score).toBeCloseTo(0.7, 12);
  });

  it('is none when the last valid GPU is lost or comes back: a failure is not forgotten', () => {
    const failed = applied(before, of(H100, { isValid: false }));
    expect(failed.primaryCategory).toBe('H100');
    expect(failed.score).toBeCloseTo(0.7, 12);
    expect(applied(failed, of(H100)).score).toBeCloseTo(0.3 + 0.7 * 0.7, 12);
  });

  it('cannot be hidden by a round without a valid GPU between two models', () => {
    const failed = applied(before, of(H100, { isValid: false }));
    const changed = applied(failed, of(A100, { hardwareScore: 0.1 }));
    expect(changed.primaryCategory).toBe('A100');
    expect(changed.score).toBe(0.1);
  });

  it('cannot carry a score over that was earned with a card of no category', () => {
    const lost = applied(applied(fresh, of('Voodoo 2')), of('Voodoo 2', { isValid: false }));
    expect(applied(lost, of(H100, { hardwareScore: 0.1 })).score).toBe(0.1);
  });

  it('is none when a miner that never had a GPU shows its first', () => {
    const none = applied(fresh, of(H100, { isValid: false }));
    expect(applied(none, of(H100)).score).toBeCloseTo(0.3, 12);
  });
});

describe('any sequence of reports', () => {
  const model = fc.constantFrom(H100, A100, RTX4090, 'Voodoo 2');
  const group = fc
    .record({ model, count: fc.integer({ min: 0, max: 8 }) })
    .map((fields) => sampleGpus(fields));
  const executor = fc
    .record({
      executorId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      isValid: fc.boolean(),
      hardwareScore: unit(),
      verifiedAtMs: fc.integer({ min: SAMPLE_NOW_MS - 8 * 3_600_000, max: SAMPLE_NOW_MS }),
      attestation: fc.record({
        isValid: fc.boolean(),
        gpuGroups: fc.array(group, { maxLength: 3 }),
      }),
    })
    .map((fields) => sampleExecutor(fields));
  const report = fc
    .record({
      observedAtMs: fc.integer({ min: SAMPLE_NOW_MS - 10, max: SAMPLE_NOW_MS }),
      executors: fc.uniqueArray(executor, {
        selector: ({ executorId }) => executorId,
        minLength: 1,
      }),
    })
    .map((fields) => sampleReport(fields));

  function fold(reports: readonly Report[]): Profile {
    return reports.reduce((profile, one) => {
      const result = applyReport(profile, one, context);
      return result.outcome === 'APPLIED' ? result.next : profile;
    }, fresh);
  }

  it('keeps the score within 0 and 1, the counts those of a recount, and nothing expired', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 12 }), (reports) => {
        const profile = fold(reports);
        expect(profile.score).toBeGreaterThanOrEqual(0);
        expect(profile.score).toBeLessThanOrEqual(1);
        const recount: Record<string, number> = {};
        for (const {
          isValid,
          isAttestationValid,
          gpus,
          verifiedAtMs,
        } of profile.executors.values()) {
          expect(SAMPLE_NOW_MS - verifiedAtMs).toBeLessThanOrEqual(SAMPLE_POLICY.executorTtlMs);
          if (!isValid || !isAttestationValid) continue;
          for (const { category, count } of gpus) {
            if (count > 0) recount[category] = (recount[category] ?? 0) + count;
          }
        }
        expect(Object.fromEntries(profile.gpuCounts)).toEqual(recount);
      }),
    );
  });

  it('comes to the same whatever the order of the machines in each report', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), (reports) => {
        const turned = reports.map((one) => ({ ...one, executors: one.executors.toReversed() }));
        expect(fold(turned)).toEqual(fold(reports));
      }),
    );
  });

  it('tells changes that lead from one profile to the next', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), report, (reports, last) => {
        const before = fold(reports);
        const result = applyReport(before, last, context);
        if (result.outcome !== 'APPLIED') return;
        const executors = new Map(before.executors);
        for (const id of result.removedExecutorIds) expect(executors.delete(id)).toBe(true);
        for (const one of result.upserted) executors.set(one.executorId, one);
        expect(executors).toEqual(result.next.executors);
      }),
    );
  });
});

function range(from: number, to: number, size: number): ExecutorVerification[][] {
  const chunks: ExecutorVerification[][] = [];
  for (let start = from; start < to; start += size) {
    chunks.push(
      Array.from({ length: size }, (_, index) =>
        sampleExecutor({ executorId: `e${start + index}` }),
      ),
    );
  }
  return chunks;
}

function unit() {
  return fc.double({ min: 0, max: 1, noNaN: true });
}

function alpha() {
  return fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
}
