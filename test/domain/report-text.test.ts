import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Hotkey, proverId, reportId } from '../../src/domain/ids.ts';
import type { ExecutorVerification, GpuGroup, Report } from '../../src/domain/report.ts';
import { canonicalReport } from '../../src/domain/report-text.ts';
import {
  sampleExecutor,
  sampleGpus,
  sampleHotkey,
  sampleReport,
  uid,
} from '../support/report-samples.ts';

const anyGroup: fc.Arbitrary<GpuGroup> = fc.record({
  model: fc.string({ unit: 'binary' }),
  count: fc.integer({ min: 0, max: 128 }),
  memoryMib: fc.nat(),
  uuids: fc.uniqueArray(fc.string(), { maxLength: 4 }),
});

const anyExecutor: fc.Arbitrary<ExecutorVerification> = fc.record(
  {
    executorId: fc.string({ unit: 'binary' }),
    isValid: fc.boolean(),
    hardwareScore: fc.double({ min: 0, max: 1, noNaN: true }),
    networkBandwidthMbps: fc.double({ min: 0, max: 1e7, noNaN: true }),
    verifiedAtMs: fc.nat(),
    attestation: fc.record({
      isValid: fc.boolean(),
      gpuGroups: fc.array(anyGroup, { maxLength: 3 }),
    }),
  },
  {
    requiredKeys: ['executorId', 'isValid', 'hardwareScore', 'verifiedAtMs', 'attestation'],
  },
);

const anyReport: fc.Arbitrary<Report> = fc.record({
  proverId: fc.string().map((text) => text as Report['proverId']),
  reportId: fc.string().map((text) => text as Report['reportId']),
  minerUid: fc.integer({ min: 0, max: 65_535 }).map(uid),
  hotkey: fc.string().map((text) => text as Hotkey),
  observedAtMs: fc.nat(),
  executors: fc.uniqueArray(anyExecutor, { selector: (e) => e.executorId, maxLength: 3 }),
});

/** Identifiers as provers have them, with what JSON escapes and what sorts before a quotation mark here and there. */
const likelyText = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', '0', '9', '-', '#', '~') }) },
  fc.string({ unit: fc.constantFrom('a', ' ', '!', '"', '\\', '\n', 'é', '\uD800') }),
);

const likelyGroup: fc.Arbitrary<GpuGroup> = fc.record({
  model: likelyText,
  count: fc.integer({ min: 0, max: 2 }),
  memoryMib: fc.nat(2),
  uuids: fc.uniqueArray(likelyText, { maxLength: 3 }),
});

/** Machines that are alike share what is equal, as those of a report that was read do. */
const likelyReport: fc.Arbitrary<Report> = fc
  .tuple(
    fc.array(fc.array(likelyGroup, { maxLength: 2 }), { minLength: 1, maxLength: 2 }),
    fc.uniqueArray(likelyText, { maxLength: 6 }),
    fc.infiniteStream(fc.nat(3)),
    fc.constantFrom(undefined, 0, 0.1, 1e-7),
  )
  .map(([groups, ids, choices, networkBandwidthMbps]) => {
    const attestations = groups.map((gpuGroups) => ({ isValid: true, gpuGroups }));
    const executors = ids.map((executorId) => {
      const [choice = 0] = choices.take(1);
      const attestation = attestations[choice % attestations.length];
      const bandwidth = choice === 0 && networkBandwidthMbps !== undefined;
      return {
        ...sampleExecutor({ executorId, isValid: choice !== 1, hardwareScore: choice / 4 }),
        ...(attestation === undefined ? {} : { attestation }),
        ...(bandwidth ? { networkBandwidthMbps } : {}),
      };
    });
    return sampleReport({ executors });
  });

/** What the canonical text is by definition. */
function definition(report: Report): string {
  return JSON.stringify([
    'assay.report.1',
    report.proverId,
    report.reportId,
    report.minerUid,
    report.hotkey,
    report.observedAtMs,
    report.executors.map(definitionOfExecutor).sort(),
  ]);
}

function definitionOfExecutor(executor: ExecutorVerification): string {
  return JSON.stringify([
    executor.executorId,
    executor.isValid,
    executor.hardwareScore,
    executor.networkBandwidthMbps ?? null,
    executor.verifiedAtMs,
    executor.attestation.isValid,
    executor.attestation.gpuGroups
      .map(({ model, count, memoryMib, uuids }) =>
        JSON.stringify([model, count, memoryMib, uuids.toSorted()]),
      )
      .sort(),
  ]);
}

function reversed(report: Report): Report {
  return {
    ...report,
    executors: report.executors.toReversed().map((executor) => ({
      ...executor,
      attestation: {
        ...executor.attestation,
        gpuGroups: executor.attestation.gpuGroups
          .toReversed()
          .map((group) => ({ ...group, uuids: group.uuids.toReversed() })),
      },
    })),
  };
}

describe('the canonical text of a report', () => {
  it('is its definition to the letter, whatever needs escaping', () => {
    fc.assert(
      fc.property(fc.oneof(likelyReport, anyReport), (report) => {
        expect(canonicalReport(report)).toBe(definition(report));
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order of machines, GPU groups and GPU identifiers', () => {
    fc.assert(
      fc.property(anyReport, (report) => {
        expect(canonicalReport(reversed(report))).toBe(canonicalReport(report));
      }),
    );
  });

  it('tells any two reports apart that differ otherwise', () => {
    const sorted = (report: Report) => JSON.stringify(sets(report));
    fc.assert(
      fc.property(anyReport, anyReport, (a, b) => {
        expect(canonicalReport(a) === canonicalReport(b)).toBe(sorted(a) === sorted(b));
      }),
    );
  });

  const group = sampleGpus({ uuids: ['u1', 'u2'], count: 2 });
  const executor = sampleExecutor({ networkBandwidthMbps: 10, gpus: [group] });
  const base = sampleReport({ executors: [executor] });
  const withExecutor = (fields: Partial<ExecutorVerification>) => ({
    ...base,
    executors: [{ ...executor, ...fields }],
  });
  const withGroup = (fields: Partial<GpuGroup>) =>
    withExecutor({ attestation: { isValid: true, gpuGroups: [{ ...group, ...fields }] } });
  const { networkBandwidthMbps: _, ...unmeasured } = executor;

  it.each<[string, Report]>([
    ['prover', { ...base, proverId: proverId('prover-2') }],
    ['report identifier', { ...base, reportId: reportId('report-2') }],
    ['miner', { ...base, minerUid: uid(8) }],
    ['hotkey', { ...base, hotkey: sampleHotkey(8) }],
    ['time', { ...base, observedAtMs: base.observedAtMs + 1 }],
    ['number of machines', { ...base, executors: [] }],
    ['machine identifier', withExecutor({ executorId: 'other' })],
    ['validity', withExecutor({ isValid: false })],
    ['hardware score', withExecutor({ hardwareScore: 0.999_999_999_999 })],
    ['bandwidth', withExecutor({ networkBandwidthMbps: 11 })],
    ['bandwidth of zero', withExecutor({ networkBandwidthMbps: 0 })],
    ['absent bandwidth', { ...base, executors: [unmeasured] }],
    ['time of a machine', withExecutor({ verifiedAtMs: 1 })],
    ['attestation', withExecutor({ attestation: { isValid: false, gpuGroups: [group] } })],
    ['number of GPU groups', withExecutor({ attestation: { isValid: true, gpuGroups: [] } })],
    ['GPU name', withGroup({ model: 'nvidia h100 80gb hbm3' })],
    ['GPU count', withGroup({ count: 3 })],
    ['GPU memory', withGroup({ memoryMib: 1 })],
    ['GPU identifiers', withGroup({ uuids: ['u1', 'u3'] })],
    ['boundary between GPU identifiers', withGroup({ uuids: ['u1","u2'] })],
  ])('changes with the %s', (_field, changed) => {
    expect(canonicalReport(changed)).not.toBe(canonicalReport(base));
  });
});

function sets(report: Report): unknown {
  const text = (value: unknown) => JSON.stringify(value);
  const { proverId: prover, reportId, minerUid, hotkey, observedAtMs, executors } = report;
  const machines = executors.map((executor) => {
    const groups = executor.attestation.gpuGroups.map((group) =>
      text([group.model, group.count, group.memoryMib, group.uuids.toSorted()]),
    );
    const { executorId, isValid, hardwareScore, networkBandwidthMbps, verifiedAtMs } = executor;
    const attested = [executor.attestation.isValid, groups.sort()];
    const bandwidth = networkBandwidthMbps ?? 'absent';
    return text([executorId, isValid, hardwareScore, bandwidth, verifiedAtMs, attested]);
  });
  return [prover, reportId, minerUid, hotkey, observedAtMs, machines.sort()];
}
