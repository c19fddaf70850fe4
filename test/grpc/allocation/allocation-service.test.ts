import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultEmissionConfig } from '../../../src/domain/emission-rules.ts';
import { AssayError } from '../../../src/domain/errors.ts';
import { CATALOGUE } from '../../../src/domain/gpu/catalogue.ts';
import type { WeightSet } from '../../../src/domain/weight-set.ts';
import { toEmissionConfigMessage } from '../../../src/grpc/emission-config/emission-config-message.ts';
import type { GetAllocationStatisticsResponse__Output } from '../../../src/grpc/generated/assay/v1/GetAllocationStatisticsResponse.ts';
import type { GetWeightsResponse__Output } from '../../../src/grpc/generated/assay/v1/GetWeightsResponse.ts';
import type { WatchWeightSetsResponse__Output } from '../../../src/grpc/generated/assay/v1/WatchWeightSetsResponse.ts';
import { present } from '../../../src/lib/assert.ts';
import { answer, Collected, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';
import { SAMPLE_NOW_MS } from '../../support/report-samples.ts';
import {
  NO_BURN,
  sampleCommitment,
  sampleExtrinsic,
  sampleWeightSet,
} from '../../support/weight-set-samples.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

describe('GetAllocationStatistics', () => {
  const get = () =>
    answer<GetAllocationStatisticsResponse__Output>((callback) =>
      client.allocation.GetAllocationStatistics({}, callback),
    );

  it('has zero blocks and no burn or categories before the first weight set', async () => {
    expect(await get()).toEqual({
      netuid: 39,
      mecid: 1,
      last_weight_set_block: 0,
      next_weight_set_block: 0,
      burn_statistics: null,
      category_statistics: {},
      total_miners_served: 0,
      total_weight: 0,
      as_of_time: { seconds: SAMPLE_NOW_MS / 1_000, nanos: 0 },
      as_of_block: 0,
      as_of_block_hash: '',
    });
  });

  it('says what the newest set that the chain took did, and how things stand now', async () => {
    const head = { block: 400, hash: '0xabc', timeMs: SAMPLE_NOW_MS };
    fixture.weightSetting.state = {
      ...fixture.weightSetting.state,
      head,
      lastSetBlock: 360,
      nextSetBlock: 720,
    };
    fixture.weightSets.sets.push(
      sampleWeightSet({ block: 360, state: 'verified' }),
      sampleWeightSet({ block: 390, state: 'failed' }),
    );
    expect(await get()).toMatchObject({
      last_weight_set_block: 360,
      next_weight_set_block: 720,
      burn_statistics: {
        amount_burned: 100,
        percentage: 10,
        burn_uid: 0,
        configured_percentage: 10,
        unallocated_amount: 0,
      },
      category_statistics: {
        H100: {
          gpu_model: 'H100',
          miners_count: 2,
          total_allocation: 900,
          average_score: sampleWeightSet().categories[0]?.averageScore,
          allocation_percentage: 100,
        },
      },
      total_miners_served: 2,
      total_weight: 1_000,
      as_of_block: 400,
      as_of_block_hash: '0xabc',
    });
  });

  it('names no UID when nothing is burned', async () => {
    const burn = { ...sampleWeightSet().burn, uid: null, weight: 0, percentage: 0 };
    fixture.weightSets.sets.push(sampleWeightSet({ block: 360, state: 'verified', burn }));
    const { burn_statistics } = await get();
    expect(burn_statistics).toMatchObject({ amount_burned: 0, percentage: 0 });
    expect(burn_statistics).not.toHaveProperty('burn_uid');
  });
});

describe('GetWeights', () => {
  const get = (block?: number) =>
    answer<GetWeightsResponse__Output>((callback) =>
      client.allocation.GetWeights(block === undefined ? {} : { block }, callback),
    );

  it('returns the newest set, or the one at a block, with its vector', async () => {
    const failure = {
      reason: 'SettingWeightsTooFast',
      message: 'too fast',
      action: { kind: 'retry_at_block', block: 460 },
    } as const;
    fixture.weightSets.sets.push(
      sampleWeightSet({ block: 360, extrinsicHash: '0xdef' }),
      sampleWeightSet({
        block: 390,
        state: 'failed',
        failure,
        burn: NO_BURN,
      }),
    );
    const first = (await get(360)).weight_set;
    expect(first).toMatchObject({
      block: 360,
      state: 'WEIGHT_SET_STATE_COMPUTED',
      total_weight: 1_000,
      weights: [
        { uid: 0, weight: 100 },
        { uid: 7, weight: 800 },
        { uid: 9, weight: 100 },
      ],
      burn: { uid: 0, weight: 100, percentage: 10, configured_percentage: 10 },
      categories: [
        { gpu_model: 'H100', weight_pool: 900, allocation_percentage: 100, gpu_count: 12 },
      ],
      exclusions: { STALE: 1 },
      emission_config_version: 1,
      version_key: 3,
      extrinsic_hash: '0xdef',
      failure: null,
      phases: { snapshot: { seconds: 0, nanos: 1_500_000 } },
    });
    expect(first?.weights.every(({ hotkey }) => hotkey.length > 40)).toBe(true);
    const newest = (await get()).weight_set;
    expect(newest).toMatchObject({
      block: 390,
      failure: {
        reason: 'SettingWeightsTooFast',
        action: 'RETRY_ACTION_RETRY_AT_BLOCK',
        retry_block: 460,
      },
    });
    expect(newest?.burn).not.toHaveProperty('uid');
  });

  it('says what was signed, with its vector and its commitment', async () => {
    const failure = { reason: 'NOT_REVEALED', message: 'x', action: { kind: 'stop' } } as const;
    const commitment = sampleCommitment();
    fixture.weightSets.sets.push(
      sampleWeightSet({ block: 360, extrinsic: sampleExtrinsic() }),
      sampleWeightSet({
        block: 390,
        state: 'lost',
        failure,
        extrinsic: sampleExtrinsic({ isClipped: false, commitment }),
      }),
    );
    expect((await get(360)).weight_set?.extrinsic).toEqual({
      call: 'set_mechanism_weights',
      clipped: true,
      last_block: 376,
      weights: [
        { uid: 0, weight: 250, hotkey: '' },
        { uid: 3, weight: 0, hotkey: '' },
        { uid: 7, weight: 500, hotkey: '' },
        { uid: 9, weight: 250, hotkey: '' },
      ],
      commitment: null,
    });
    expect((await get()).weight_set).toMatchObject({
      state: 'WEIGHT_SET_STATE_LOST',
      failure: { reason: 'NOT_REVEALED', action: 'RETRY_ACTION_STOP' },
      extrinsic: {
        clipped: false,
        commitment: {
          digest: commitment.digest,
          reveal_round: 17_000_001,
          reveal_block: 725,
          version: 4,
          ciphertext: Buffer.from(commitment.ciphertext),
        },
      },
    });
  });

  it.each([
    [32_768, 32_768],
    [32_769, 0],
  ])('of %d weights that were signed gives %d', async (count, given) => {
    const vector = {
      uids: Uint16Array.from({ length: count }, (_, uid) => uid),
      weights: new Uint16Array(count),
    };
    const extrinsic = sampleExtrinsic({ vector, commitment: sampleCommitment() });
    fixture.weightSets.sets.push(sampleWeightSet({ extrinsic }));
    const signed = (await get()).weight_set?.extrinsic;
    expect(signed?.weights).toHaveLength(given);
    expect(signed?.commitment).toMatchObject({ digest: sampleCommitment().digest, version: 4 });
    expect(signed?.commitment?.ciphertext).toHaveLength(given === 0 ? 0 : 5);
  });

  it('stays below the 4 MiB that clients take by default, with every UID and every category', async () => {
    const hotkey = sampleHotkey(7);
    const [category] = sampleWeightSet().categories;
    const vector = {
      uids: Uint16Array.from({ length: 65_536 }, (_, uid) => uid),
      weights: new Uint16Array(65_536).fill(65_535),
    };
    const commitment = { ...sampleCommitment(), ciphertext: new Uint8Array(300_000) };
    fixture.weightSets.sets.push(
      sampleWeightSet({
        vector,
        extrinsic: sampleExtrinsic({ vector, commitment }),
        hotkeys: Array.from({ length: 65_536 }, () => hotkey),
        categories: CATALOGUE.map((key) => ({ ...present(category, 'a category'), category: key })),
      }),
    );
    const { weight_set } = await get();
    expect(hotkey).toHaveLength(48);
    expect(weight_set?.weights).toHaveLength(65_536);
    expect(weight_set?.weights.at(-1)).toEqual({ uid: 65_535, weight: 65_535, hotkey });
  });

  it('finds nothing before the first set or at another block, and refuses what is no block', async () => {
    const at = (block?: string | number) =>
      refusal((callback) =>
        client.allocation.GetWeights(block === undefined ? {} : { block }, callback),
      );
    expect(await at()).toMatchObject({ code: 'NOT_FOUND', reason: 'WEIGHT_SET_NOT_FOUND' });
    expect(await at(0)).toMatchObject({ message: 'no weight set at block 0' });
    expect(await at('18446744073709551615')).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'block' }],
    });
  });
});

describe('PreviewAllocation', () => {
  it('calculates with the current configuration or with a candidate', async () => {
    const candidate = { ...defaultEmissionConfig(), burnPercentage: 12.5, burnTarget: 4 };
    await answer((callback) => client.allocation.PreviewAllocation({}, callback));
    const request = { emission_config: toEmissionConfigMessage(candidate) };
    const given = await answer((callback) =>
      client.allocation.PreviewAllocation(request, callback),
    );
    expect(given).toMatchObject({ weight_set: { state: 'WEIGHT_SET_STATE_COMPUTED' } });
    // Twice for the candidate: what is in force is calculated with it, to say what would change.
    expect(fixture.weightSetting.previews).toEqual([undefined, candidate, undefined]);
  });

  it('refuses a candidate that breaks a rule', async () => {
    const request = { emission_config: {} };
    expect(
      await refusal((callback) => client.allocation.PreviewAllocation(request, callback)),
    ).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(fixture.weightSetting.previews).toEqual([]);
  });
});

describe('WatchWeightSets', () => {
  const watch = () =>
    new Collected<WatchWeightSetsResponse__Output>(client.allocation.WatchWeightSets({}));

  it('sends every change of state, in order', async () => {
    fixture.weightSetting.changes = async function* () {
      for (const state of ['computed', 'submitted', 'verified'] as const) {
        yield sampleWeightSet({ state });
      }
    };
    const watcher = watch();
    expect(await watcher.ended).toMatchObject({ code: 'OK' });
    expect(watcher.messages.map(({ weight_set }) => weight_set?.state)).toEqual([
      'WEIGHT_SET_STATE_COMPUTED',
      'WEIGHT_SET_STATE_SUBMITTED',
      'WEIGHT_SET_STATE_VERIFIED',
    ]);
  });

  it('stops watching when the caller leaves', async () => {
    const stopped = new Promise<void>((resolve) => {
      fixture.weightSetting.changes = async function* (signal) {
        yield sampleWeightSet();
        await aborted(signal);
        resolve();
      };
    });
    const call = client.allocation.WatchWeightSets({});
    const watcher = new Collected<WatchWeightSetsResponse__Output>(call);
    await watcher.count(1);
    call.cancel();
    await stopped;
  });

  it('tells a watcher to come back when the server drains', async () => {
    fixture.weightSetting.changes = async function* (signal) {
      yield sampleWeightSet();
      await aborted(signal);
    };
    const watcher = watch();
    await watcher.count(1);
    await fixture.server.drain();
    expect(await watcher.ended).toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN' });
  });

  it('passes on how the setter ends a watch', async () => {
    // biome-ignore lint/correctness/useYield: a watch that fails at once
    fixture.weightSetting.changes = async function* () {
      throw new AssayError('watcher_too_slow', 'too slow');
    };
    expect(await watch().ended).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'WATCHER_TOO_SLOW',
    });
  });

  it('ends a watcher that does not read when 256 changes wait for it', async () => {
    const large = largeSet();
    let sent = 0;
    const overrun = new Promise<void>((resolve) => {
      fixture.weightSetting.changes = async function* () {
        try {
          for (;;) {
            sent += 1;
            yield large;
            await new Promise((next) => setImmediate(next));
          }
        } finally {
          resolve();
        }
      };
    });
    const call = client.allocation.WatchWeightSets({});
    const watcher = new Collected<WatchWeightSetsResponse__Output>(call);
    call.pause();
    await overrun;
    expect(sent).toBeGreaterThan(256);
    expect(sent).toBeLessThan(600);
    call.resume();
    expect(await watcher.ended).toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      reason: 'WATCHER_TOO_SLOW',
    });
  });
});

function largeSet(): WeightSet {
  const message = 'x'.repeat(20_000);
  return sampleWeightSet({
    state: 'failed',
    failure: { reason: 'R', message, action: { kind: 'stop' } },
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
