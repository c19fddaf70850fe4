import { describe, expect, it } from 'vitest';
import { proverId } from '../../../src/domain/ids.ts';
import type { ExecutorVerification } from '../../../src/grpc/generated/assay/v1/ExecutorVerification.ts';
import type { GpuGroup } from '../../../src/grpc/generated/assay/v1/GpuGroup.ts';
import type { Report } from '../../../src/grpc/generated/assay/v1/Report.ts';
import { packages } from '../../../src/grpc/proto.ts';
import { readReport, toResultMessage } from '../../../src/grpc/verification/report-message.ts';
import { reportMessage } from '../../support/grpc-fixture.ts';
import { SAMPLE_NOW_MS, sampleHotkey } from '../../support/report-samples.ts';

const type = packages.assay.v1.Report;
const PROVER = proverId('prover-1');

/** Reads a report as it arrives: encoded and decoded. */
function read(message: Report) {
  return readReport(PROVER, type.deserialize(type.serialize(message)));
}

function withExecutor(fields: ExecutorVerification): Report {
  return reportMessage({ executors: [{ executor_id: 'e', ...fields }] });
}

function withGpus(...gpu_groups: GpuGroup[]): Report {
  return withExecutor({ attestation: { valid: true, gpu_groups } });
}

describe('a well-formed report', () => {
  it('is taken with the defaults of what is absent', () => {
    expect(read(reportMessage({ executors: [{ executor_id: 'e' }] }))).toEqual({
      kind: 'report',
      report: {
        proverId: 'prover-1',
        reportId: 'report-1',
        minerUid: 7,
        hotkey: sampleHotkey(7),
        observedAtMs: SAMPLE_NOW_MS,
        executors: [
          {
            executorId: 'e',
            isValid: false,
            hardwareScore: 1,
            verifiedAtMs: SAMPLE_NOW_MS,
            attestation: { isValid: false, gpuGroups: [] },
          },
        ],
      },
    });
  });

  it('is taken with everything that it says', () => {
    const message = withExecutor({
      is_valid: true,
      hardware_score: 0,
      network_bandwidth_mbps: 0.5,
      verified_time: { seconds: 1_700_000_000, nanos: 1_999_999 },
      attestation: {
        valid: true,
        gpu_groups: [{ model: '', count: 2, memory_mib: 81_559, uuids: ['GPU-a', 'GPU-b'] }],
      },
    });
    expect(read(message)).toMatchObject({
      report: {
        executors: [
          {
            isValid: true,
            hardwareScore: 0,
            networkBandwidthMbps: 0.5,
            verifiedAtMs: 1_700_000_000_001,
            attestation: {
              isValid: true,
              gpuGroups: [{ model: '', count: 2, memoryMib: 81_559, uuids: ['GPU-a', 'GPU-b'] }],
            },
          },
        ],
      },
    });
  });

  it('is taken machine by machine, alike or not', () => {
    const gpus = (fields: GpuGroup) => ({
      valid: true,
      gpu_groups: [{ model: 'H100', count: 2, memory_mib: 81_559, ...fields }],
    });
    const attestations = [
      gpus({}),
      gpus({}),
      gpus({ count: 1 }),
      gpus({ count: 1, model: 'A100' }),
      gpus({ count: 1, model: 'A100', memory_mib: 1 }),
      gpus({ count: 1, model: 'A100', memory_mib: 1, uuids: ['GPU-a'] }),
      gpus({ count: 1, model: 'A100', memory_mib: 1, uuids: ['GPU-b'] }),
      { ...gpus({}), valid: false },
      gpus({}),
      { valid: true, gpu_groups: [...gpus({}).gpu_groups, ...gpus({}).gpu_groups] },
      { valid: true, gpu_groups: [] },
      null,
    ];
    const executors = attestations.map((attestation, at) => ({
      executor_id: `e${at}`,
      attestation,
    }));
    const given = read(reportMessage({ executors }));
    if (given.kind !== 'report') throw new Error(given.refusal.rule);
    expect(given.report.executors.map(({ attestation }) => attestation)).toEqual(
      attestations.map((attestation) => ({
        isValid: attestation?.valid ?? false,
        gpuGroups: (attestation?.gpu_groups ?? []).map(({ memory_mib: memoryMib, ...group }) => ({
          uuids: [],
          ...group,
          memoryMib,
        })),
      })),
    );
  });

  it('is taken at every limit', () => {
    const gpus = { model: 'm'.repeat(256), count: 128, memory_mib: 4_194_304 };
    const executors = Array.from({ length: 512 }, (_, at) => ({
      executor_id: `${at}`.padEnd(128, 'x'),
      network_bandwidth_mbps: 10_000_000,
      attestation: { gpu_groups: Array(at === 0 ? 16 : 1).fill(gpus) },
    }));
    const message = reportMessage({
      report_id: 'r'.repeat(64),
      miner_uid: 65_535,
      observed_time: { seconds: 253_402_300_799, nanos: 999_999_999 },
      executors,
    });
    expect(read(message).kind).toBe('report');
  });
});

describe('a malformed report', () => {
  const MALFORMED = 'MALFORMED_FIELD';
  const LIMIT = 'LIMIT_EXCEEDED';
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ executor_id: `e${at}` }));

  it.each<[string, Report, string, string, string]>([
    ['no identifier', reportMessage({ report_id: '' }), MALFORMED, 'report_id', ''],
    [
      'a long identifier',
      reportMessage({ report_id: 'r'.repeat(65) }),
      MALFORMED,
      'report_id',
      `${'r'.repeat(63)}…`,
    ],
    [
      'an identifier with a space',
      reportMessage({ report_id: 'a b' }),
      MALFORMED,
      'report_id',
      'a b',
    ],
    ['a UID over 65535', reportMessage({ miner_uid: 65_536 }), MALFORMED, 'miner_uid', '65536'],
    ['no hotkey', reportMessage({ miner_hotkey: '' }), MALFORMED, 'miner_hotkey', ''],
    [
      'a hotkey with a 0',
      reportMessage({ miner_hotkey: '0'.repeat(48) }),
      MALFORMED,
      'miner_hotkey',
      '0'.repeat(48),
    ],
    ['no time', reportMessage({ observed_time: null }), MALFORMED, 'observed_time', ''],
    [
      'a time after 9999',
      reportMessage({ observed_time: { seconds: 253_402_300_800 } }),
      MALFORMED,
      'observed_time',
      '253402300800 s 0 ns',
    ],
    [
      'a time before year 1',
      reportMessage({ observed_time: { seconds: -62_135_596_801 } }),
      MALFORMED,
      'observed_time',
      '-62135596801 s 0 ns',
    ],
    [
      'negative nanoseconds',
      reportMessage({ observed_time: { seconds: 1, nanos: -1 } }),
      MALFORMED,
      'observed_time',
      '1 s -1 ns',
    ],
    [
      'a second of nanoseconds',
      reportMessage({ observed_time: { seconds: 1, nanos: 1e9 } }),
      MALFORMED,
      'observed_time',
      '1 s 1000000000 ns',
    ],
    ['no executors', reportMessage({ executors: [] }), MALFORMED, 'executors', '0 executors'],
    ['513 executors', reportMessage({ executors: many(513) }), LIMIT, 'executors', '513 executors'],
    [
      'an executor twice',
      reportMessage({ executors: [...many(2), { executor_id: 'e0' }] }),
      MALFORMED,
      'executors[2].executor_id',
      'e0',
    ],
    [
      'an executor without a name',
      withExecutor({ executor_id: '' }),
      MALFORMED,
      'executors[0].executor_id',
      '',
    ],
    [
      'a long executor name',
      withExecutor({ executor_id: 'x'.repeat(129) }),
      MALFORMED,
      'executors[0].executor_id',
      `${'x'.repeat(63)}…`,
    ],
    [
      'a control character',
      withExecutor({ executor_id: 'a\u0000b' }),
      MALFORMED,
      'executors[0].executor_id',
      'a\u0000b',
    ],
    [
      'a score that is no number',
      withExecutor({ hardware_score: Number.NaN }),
      MALFORMED,
      'executors[0].hardware_score',
      'NaN',
    ],
    [
      'an infinite score',
      withExecutor({ hardware_score: Infinity }),
      MALFORMED,
      'executors[0].hardware_score',
      'Infinity',
    ],
    [
      'a score over 1',
      withExecutor({ hardware_score: 1.000001 }),
      MALFORMED,
      'executors[0].hardware_score',
      '1.000001',
    ],
    [
      'a negative score',
      withExecutor({ hardware_score: -0.1 }),
      MALFORMED,
      'executors[0].hardware_score',
      '-0.1',
    ],
    [
      'a negative bandwidth',
      withExecutor({ network_bandwidth_mbps: -1 }),
      MALFORMED,
      'executors[0].network_bandwidth_mbps',
      '-1',
    ],
    [
      'an absurd bandwidth',
      withExecutor({ network_bandwidth_mbps: 1e8 }),
      MALFORMED,
      'executors[0].network_bandwidth_mbps',
      '100000000',
    ],
    [
      'a time before 1970',
      withExecutor({ verified_time: { seconds: -1, nanos: 0 } }),
      MALFORMED,
      'executors[0].verified_time',
      '-1 s 0 ns',
    ],
    [
      'a bad time of an executor',
      withExecutor({ verified_time: { nanos: -5 } }),
      MALFORMED,
      'executors[0].verified_time',
      '0 s -5 ns',
    ],
    [
      '17 groups of GPUs',
      withGpus(...Array(17).fill({})),
      LIMIT,
      'executors[0].attestation.gpu_groups',
      '17 groups',
    ],
    [
      'a long model',
      withGpus({}, { model: 'm'.repeat(257) }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[1].model',
      `${'m'.repeat(63)}…`,
    ],
    [
      'a model with a bell',
      withGpus({ model: '\u0007' }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].model',
      '\u0007',
    ],
    [
      '129 GPUs',
      withGpus({ count: 129 }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].count',
      '129',
    ],
    [
      'absurd memory',
      withGpus({ memory_mib: 4_194_305 }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].memory_mib',
      '4194305',
    ],
    [
      'too few identifiers',
      withGpus({ count: 2, uuids: ['a'] }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].uuids',
      '1 different of 1',
    ],
    [
      'an identifier twice',
      withGpus({ count: 2, uuids: ['a', 'a'] }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].uuids',
      '1 different of 2',
    ],
    [
      'an empty identifier',
      withGpus({ count: 2, uuids: ['a', ''] }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].uuids[1]',
      '',
    ],
    [
      'a long identifier',
      withGpus({ count: 1, uuids: ['u'.repeat(65)] }),
      MALFORMED,
      'executors[0].attestation.gpu_groups[0].uuids[0]',
      `${'u'.repeat(63)}…`,
    ],
  ])('is refused for %s', (_, message, ...[reason, field, value]) => {
    const given = read(message);
    expect(given).toMatchObject({ kind: 'refused', refusal: { reason, field, value } });
    expect(given.kind === 'refused' && given.refusal.rule).toMatch(/^(is|has|names) /);
  });

  it('is refused for text that is not Unicode, and answered in text that is', () => {
    const raw = type.deserialize(type.serialize(reportMessage()));
    raw.report_id = '\uD800';
    const given = readReport(PROVER, raw);
    if (given.kind !== 'refused') throw new Error('not refused');
    const result = toResultMessage(raw.report_id, { outcome: 'REFUSED', refusal: given.refusal });
    expect(result.report_id).toBe('\uFFFD');
    expect(result.refusal?.value).toBe('\uFFFD');
  });

  it('is answered with at most 64 characters of its identifier', () => {
    const result = toResultMessage('r'.repeat(1_000_000), { outcome: 'STALE' });
    expect(result).toEqual({ report_id: `${'r'.repeat(63)}…`, outcome: 'REPORT_OUTCOME_STALE' });
  });
});
