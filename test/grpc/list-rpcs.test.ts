import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { ListEmissionMetricsRequest } from '../../src/grpc/generated/assay/v1/ListEmissionMetricsRequest.ts';
import type { ListEmissionMetricsResponse__Output } from '../../src/grpc/generated/assay/v1/ListEmissionMetricsResponse.ts';
import type { ListProfilesRequest } from '../../src/grpc/generated/assay/v1/ListProfilesRequest.ts';
import type { ListProfilesResponse__Output } from '../../src/grpc/generated/assay/v1/ListProfilesResponse.ts';
import type { ListVerificationResultsRequest } from '../../src/grpc/generated/assay/v1/ListVerificationResultsRequest.ts';
import type { ListVerificationResultsResponse__Output } from '../../src/grpc/generated/assay/v1/ListVerificationResultsResponse.ts';
import type { ListWeightHistoryRequest } from '../../src/grpc/generated/assay/v1/ListWeightHistoryRequest.ts';
import type { ListWeightHistoryResponse__Output } from '../../src/grpc/generated/assay/v1/ListWeightHistoryResponse.ts';
import { toTimestamp } from '../../src/grpc/wire-values.ts';
import { answer, type connect, refusal } from '../support/grpc-client.ts';
import { GrpcFixture } from '../support/grpc-fixture.ts';
import { type HistorySet, historyDecision, historyHotkey } from '../support/history-samples.ts';
import {
  SAMPLE_TIME_MS,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';

const HOUR_MS = 3_600_000;

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

function decide(...sets: HistorySet[]) {
  for (const set of sets) fixture.weightHistory.add(historyDecision(set));
}

const hour = (hours: number) => toTimestamp(SAMPLE_TIME_MS + hours * HOUR_MS);
const listHistory = (request: ListWeightHistoryRequest) =>
  answer<ListWeightHistoryResponse__Output>((callback) =>
    client.allocation.ListWeightHistory(request, callback),
  );
const listMetrics = (request: ListEmissionMetricsRequest) =>
  answer<ListEmissionMetricsResponse__Output>((callback) =>
    client.allocation.ListEmissionMetrics(request, callback),
  );
const listResults = (request: ListVerificationResultsRequest) =>
  answer<ListVerificationResultsResponse__Output>((callback) =>
    client.profile.ListVerificationResults(request, callback),
  );
const listProfiles = (request: ListProfilesRequest) =>
  answer<ListProfilesResponse__Output>((callback) =>
    client.profile.ListProfiles(request, callback),
  );

/** What each method answers to a request that it refuses. */
const REFUSALS = {
  ListWeightHistory: (request: ListWeightHistoryRequest) =>
    refusal((callback) => client.allocation.ListWeightHistory(request, callback)),
  ListEmissionMetrics: (request: ListEmissionMetricsRequest) =>
    refusal((callback) => client.allocation.ListEmissionMetrics(request, callback)),
  ListVerificationResults: (request: ListVerificationResultsRequest) =>
    refusal((callback) => client.profile.ListVerificationResults(request, callback)),
  ListProfiles: (request: ListProfilesRequest) =>
    refusal((callback) => client.profile.ListProfiles(request, callback)),
};

describe('ListWeightHistory', () => {
  it('says of every pair what it got, or why nothing', async () => {
    const pairs = [
      { uid: 7, category: 'H100' },
      { uid: 9, reason: 'NO_VALID_GPU' as const },
    ];
    decide({ block: 360, decidedAtMs: SAMPLE_TIME_MS, pairs, state: 'submitted' });
    const { entries, next_page_token } = await listHistory({});
    expect(next_page_token).toBe('');
    expect(entries).toEqual([
      {
        block: 360,
        decided_time: { seconds: SAMPLE_TIME_MS / 1_000, nanos: 0 },
        miner_uid: 7,
        miner_hotkey: historyHotkey(7),
        gpu_model: 'H100',
        gpu_count: 8,
        score: (7 * 7_919 + 360) / 1e6,
        basis: 8,
        category_total_score: 0.36,
        weight_pool: 360,
        weight: 7,
        exclusion_reason: '',
        state: 'WEIGHT_SET_STATE_SUBMITTED',
      },
      expect.objectContaining({ miner_uid: 9, gpu_model: '', exclusion_reason: 'NO_VALID_GPU' }),
    ]);
  });

  it('keeps to every filter, on every page', async () => {
    const pairs = [1, 2, 3].flatMap((uid) => [
      { uid, category: 'H100' },
      { uid, category: 'A100' },
    ]);
    for (let hours = 1; hours <= 6; hours += 1) {
      const decidedAtMs = SAMPLE_TIME_MS + hours * HOUR_MS;
      decide({ block: hours * 300, decidedAtMs, pairs, holder: hours % 2 });
    }
    const places = async (request: ListWeightHistoryRequest) => {
      const found: [number, number, string][] = [];
      let page_token = '';
      do {
        const page = await listHistory({ ...request, page_size: 2, page_token });
        for (const entry of page.entries) {
          found.push([entry.block, entry.miner_uid, entry.gpu_model]);
        }
        page_token = page.next_page_token;
      } while (page_token !== '');
      return found;
    };
    expect(await places({})).toHaveLength(36);
    expect(await places({ miner_uid: 2, gpu_model: 'a-100', from_block: 1_500 })).toEqual([
      [1_800, 2, 'A100'],
      [1_500, 2, 'A100'],
    ]);
    expect(
      await places({ miner_uid: 2, miner_hotkey: historyHotkey(2, 1), gpu_model: 'H100' }),
    ).toEqual([
      [1_500, 2, 'H100'],
      [900, 2, 'H100'],
      [300, 2, 'H100'],
    ]);
    expect(await places({ miner_uid: 0 })).toEqual([]);
    expect(await places({ from_block: 0, to_block: 0 })).toEqual([]);
    expect(await places({ start_time: hour(3), end_time: hour(4), gpu_model: 'H100' })).toEqual([
      [900, 1, 'H100'],
      [900, 2, 'H100'],
      [900, 3, 'H100'],
    ]);
  });
});

describe('ListEmissionMetrics', () => {
  it('says what each set came to, newest first, page by page', async () => {
    for (const block of [360, 720, 1_080]) {
      decide({ block, decidedAtMs: SAMPLE_TIME_MS + block, state: 'verified' });
    }
    const first = await listMetrics({ page_size: 2 });
    expect(first.metrics.map(({ weight_set_block }) => weight_set_block)).toEqual([1_080, 720]);
    decide({ block: 1_440 });
    const second = await listMetrics({ page_size: 2, page_token: first.next_page_token });
    expect(second.next_page_token).toBe('');
    expect(second.metrics).toEqual([
      {
        weight_set_block: 360,
        decided_time: { seconds: SAMPLE_TIME_MS / 1_000, nanos: 360_000_000 },
        burn_amount: 100,
        burn_percentage: 10,
        total_miners: 2,
        categories: [
          {
            gpu_model: 'H100',
            miner_count: 1,
            total_score: 0.36,
            weight_allocation: 360,
            allocation_percentage: 75.5,
          },
          expect.objectContaining({ gpu_model: 'A100', miner_count: 0 }),
        ],
        state: 'WEIGHT_SET_STATE_VERIFIED',
      },
    ]);
  });

  it('keeps to ranges of blocks and of time', async () => {
    for (let hours = 1; hours <= 6; hours += 1) {
      decide({ block: hours * 300, decidedAtMs: SAMPLE_TIME_MS + hours * HOUR_MS });
    }
    const blocks = async (request: ListEmissionMetricsRequest) =>
      (await listMetrics(request)).metrics.map(({ weight_set_block }) => weight_set_block);
    expect(await blocks({ from_block: 600, to_block: 900 })).toEqual([900, 600]);
    expect(await blocks({ start_time: hour(5) })).toEqual([1_800, 1_500]);
    expect(await blocks({ end_time: hour(2) })).toEqual([300]);
    expect(await blocks({ start_time: hour(2), end_time: hour(5), to_block: 900 })).toEqual([
      900, 600,
    ]);
    expect(await blocks({ start_time: hour(7) })).toEqual([]);
  });
});

describe('ListVerificationResults', () => {
  it('says what was reported of each group of GPUs, newest first, page by page', async () => {
    const bare = { executorId: 'bare', gpus: [], verifiedAtMs: SAMPLE_TIME_MS - 1 };
    const executors = [sampleExecutor(bare), sampleExecutor({ networkBandwidthMbps: 250.5 })];
    fixture.verificationResults.add(sampleStoredReport({ executors, outcome: 'STALE' }));
    const first = await listResults({ page_size: 1 });
    expect(first.results).toEqual([
      {
        prover_id: 'prover-1',
        report_id: 'report-1',
        outcome: 'STALE',
        miner_uid: 7,
        miner_hotkey: sampleHotkey(7),
        executor_id: 'executor-1',
        gpu_name: 'NVIDIA H100 80GB HBM3',
        gpu_model: 'H100',
        gpu_count: 8,
        memory_mib: 81_559,
        is_valid: true,
        attestation_valid: true,
        hardware_score: 0.9,
        _network_bandwidth_mbps: 'network_bandwidth_mbps',
        network_bandwidth_mbps: 250.5,
        verified_time: { seconds: SAMPLE_TIME_MS / 1_000, nanos: 0 },
      },
    ]);
    const second = await listResults({ page_size: 1, page_token: first.next_page_token });
    expect(second.next_page_token).toBe('');
    expect(second.results).toMatchObject([
      { executor_id: 'bare', gpu_name: '', gpu_model: '', gpu_count: 0 },
    ]);
    expect(second.results[0]).not.toHaveProperty('network_bandwidth_mbps');
  });

  it('keeps to every filter', async () => {
    for (const uid of [1, 2]) {
      for (const [index, category] of ['H100', 'A100'].entries()) {
        const [gpus] = sampleExecutor().gpus;
        const executor = sampleExecutor({
          verifiedAtMs: SAMPLE_TIME_MS + index * HOUR_MS,
          gpus: gpus === undefined ? [] : [{ ...gpus, category: category as CategoryKey }],
        });
        const reportId = `${uid}-${category}`;
        fixture.verificationResults.add(
          sampleStoredReport({ uid, reportId, executors: [executor] }),
        );
      }
    }
    const reports = async (request: ListVerificationResultsRequest) =>
      (await listResults(request)).results.map(({ report_id }) => report_id);
    expect(await reports({ miner_uid: 1 })).toEqual(['1-A100', '1-H100']);
    expect(await reports({ miner_uid: 2, gpu_model: 'h100' })).toEqual(['2-H100']);
    expect(await reports({ start_time: hour(1) })).toEqual(['2-A100', '1-A100']);
    expect(await reports({ end_time: hour(1), miner_uid: 1 })).toEqual(['1-H100']);
    expect(await reports({ miner_uid: 65_535 })).toEqual([]);
  });
});

describe('ListProfiles', () => {
  it('lists only what changed since a time', async () => {
    for (const uid of [1, 2, 3]) {
      fixture.profiles.put(sampleProfile({ uid, updatedAtMs: SAMPLE_TIME_MS + uid * HOUR_MS }));
    }
    const { profiles } = await listProfiles({ updated_since_time: hour(2) });
    expect(profiles.map(({ miner_uid }) => miner_uid)).toEqual([2, 3]);
  });
});

describe('every method that lists', () => {
  const TIMES = [
    [{ start_time: { seconds: -1, nanos: 0 } }, 'start_time', '1970 to 9999'],
    [{ end_time: { seconds: 253_402_300_800, nanos: 0 } }, 'end_time', '1970 to 9999'],
    [{ end_time: { seconds: 0, nanos: 1_000_000_000 } }, 'end_time', '1970 to 9999'],
    [{ start_time: hour(2), end_time: hour(1) }, 'end_time', 'after start_time'],
    [{ start_time: hour(2), end_time: hour(2) }, 'end_time', 'after start_time'],
  ] as const;
  const BLOCKS = [
    [{ from_block: 2, to_block: 1 }, 'to_block', 'is not below from_block'],
    [{ from_block: '18446744073709551615' }, 'from_block', 'is at most 9007199254740991'],
    [{ to_block: '9007199254740992' }, 'to_block', 'is at most 9007199254740991'],
  ] as const;
  const CATEGORY = [
    { gpu_model: 'H10', miner_uid: 1 },
    'gpu_model',
    'the nearest is H100',
  ] as const;
  const UID = [{ miner_uid: 65_536 }, 'miner_uid', 'is an integer from 0 to 65535'] as const;
  const SIZE = [{ page_size: -1 }, 'page_size', 'is 1 to 1000, or 0 for 100'] as const;
  const TOKEN = [{ page_token: 'MQ' }, 'page_token', 'is the next_page_token'] as const;

  it.each([
    ...[SIZE, TOKEN, UID, CATEGORY, ...BLOCKS, ...TIMES].map(
      (refused) => ['ListWeightHistory', ...refused] as const,
    ),
    [
      'ListWeightHistory',
      { miner_hotkey: historyHotkey(7) },
      'miner_hotkey',
      'only together with miner_uid',
    ] as const,
    [
      'ListWeightHistory',
      { miner_uid: 7, miner_hotkey: 'me' },
      'miner_hotkey',
      'is an SS58 address',
    ] as const,
    ...[SIZE, TOKEN, ...BLOCKS, ...TIMES].map(
      (refused) => ['ListEmissionMetrics', ...refused] as const,
    ),
    ...[SIZE, TOKEN, UID, CATEGORY, ...TIMES].map(
      (refused) => ['ListVerificationResults', ...refused] as const,
    ),
    [
      'ListVerificationResults',
      { gpu_model: 'H100' },
      'gpu_model',
      'only together with miner_uid',
    ] as const,
    ...[SIZE, TOKEN, CATEGORY].map((refused) => ['ListProfiles', ...refused] as const),
    [
      'ListProfiles',
      { updated_since_time: { seconds: -1, nanos: 0 } },
      'updated_since_time',
      '1970 to 9999',
    ] as const,
  ])('refuses in %s: %j', async (method, request, ...[field, rule]) => {
    expect(await REFUSALS[method](request)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_ARGUMENT',
      violations: [{ field, description: expect.stringContaining(rule) }],
    });
    expect(fixture.bugs).toEqual([]);
  });

  it('takes the first and the last time that there can be', async () => {
    const request = {
      start_time: { seconds: 0, nanos: 0 },
      end_time: { seconds: 253_402_300_799, nanos: 999_999_999 },
    };
    decide({ block: 360 });
    fixture.verificationResults.add(sampleStoredReport());
    expect((await listHistory(request)).entries).toHaveLength(1);
    expect((await listMetrics(request)).metrics).toHaveLength(1);
    expect((await listResults(request)).results).toHaveLength(1);
  });

  it('gives 100 for a page size of 0 and 1,000 for a larger one', async () => {
    const pairs = Array.from({ length: 1_001 }, (_, uid) => ({ uid, category: 'H100' }));
    decide({ block: 360, pairs });
    expect((await listHistory({})).entries).toHaveLength(100);
    expect((await listHistory({ page_size: 1_001 })).entries).toHaveLength(1_000);
  });

  it('refuses a token that was made with other filters or by another method', async () => {
    for (const block of [360, 720, 1_080]) decide({ block });
    for (const reportId of ['a', 'b', 'c']) {
      fixture.verificationResults.add(sampleStoredReport({ reportId }));
    }
    const { next_page_token: ofHistory } = await listHistory({ page_size: 1 });
    const { next_page_token: ofMetrics } = await listMetrics({ page_size: 1 });
    const { next_page_token: ofResults } = await listResults({ page_size: 1 });
    const refused = [
      await REFUSALS.ListWeightHistory({ page_token: ofHistory, miner_uid: 7 }),
      await REFUSALS.ListWeightHistory({ page_token: ofHistory, from_block: 0 }),
      await REFUSALS.ListWeightHistory({ page_token: ofHistory, start_time: hour(0) }),
      await REFUSALS.ListWeightHistory({ page_token: ofResults }),
      await REFUSALS.ListEmissionMetrics({ page_token: ofMetrics, to_block: 1_080 }),
      await REFUSALS.ListEmissionMetrics({ page_token: ofHistory }),
      await REFUSALS.ListVerificationResults({ page_token: ofResults, miner_uid: 7 }),
      await REFUSALS.ListVerificationResults({ page_token: ofHistory }),
      await REFUSALS.ListProfiles({ page_token: ofMetrics }),
    ];
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 'INVALID_ARGUMENT',
        violations: [{ field: 'page_token' }],
      });
    }
  });
});
