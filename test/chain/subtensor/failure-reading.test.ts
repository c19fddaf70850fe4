import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RetryAction } from '../../../src/domain/weight-set.ts';
import { failedStep } from '../../support/submission-steps.ts';
import { METADATA_FILE, SubtensorRig } from '../../support/subtensor-rig.ts';
import { intent } from '../dev/dev-chain-support.ts';

const WANTED = intent([[2, 1]]);
const TEMPO_BLOCKS = 50;
const RATE_LIMIT_BLOCKS = 30;

const stop: RetryAction = { kind: 'stop' };
const retryNow: RetryAction = { kind: 'retry_now' };
const atRateLimit: RetryAction = { kind: 'retry_at_block', block: 1 + RATE_LIMIT_BLOCKS };
const atNextEpoch: RetryAction = { kind: 'retry_at_block', block: TEMPO_BLOCKS };
/** Sixteen blocks from the newest final one. */
const afterPool: RetryAction = { kind: 'retry_at_block', block: 1 + 16 };

const CODES: readonly (readonly [code: number, reason: string, action: RetryAction])[] = [
  [0, 'ColdkeySwapAnnounced', stop],
  [1, 'NotEnoughStakeToSetWeights', stop],
  [3, 'SubnetNotExists', stop],
  [6, 'SettingWeightsTooFast', atRateLimit],
  [15, 'InvalidRevealRound', retryNow],
  [16, 'NoWeightsCommitFound', retryNow],
  [17, 'RevealTooEarly', atNextEpoch],
  [18, 'InputLengthsUnequal', stop],
  [19, 'HotKeyNotRegisteredInSubNet', stop],
  [21, 'ColdkeySwapDisputed', stop],
  [77, 'InvalidTransaction', stop],
  [255, 'InvalidTransaction', stop],
];

const REFUSALS: readonly (readonly [text: string, reason: string, action: RetryAction])[] = [
  ['1010: Invalid Transaction: Transaction has a bad signature', 'BadProof', retryNow],
  ['1010: {"invalid":"badProof"}', 'BadProof', retryNow],
  ['1010: Invalid Transaction: Transaction is outdated', 'StaleNonce', retryNow],
  ['1010: {"invalid":{"stale":null}}', 'StaleNonce', retryNow],
  ['1010: {"invalid":{"future":null}}', 'FutureNonce', retryNow],
  ['1010: Transaction has an ancient birth block', 'AncientBirthBlock', afterPool],
  ['1014: Priority is too low: (1 vs 1)', 'PriorityTooLow', afterPool],
  ['1016: Immediately Dropped', 'ImmediatelyDropped', afterPool],
  ['1002: Verification Error: Runtime error', 'InvalidTransaction', stop],
];

describe('a refusal by the pool', () => {
  let rig: SubtensorRig;
  beforeAll(async () => {
    const rules = { tempoBlocks: TEMPO_BLOCKS, weightsRateLimitBlocks: RATE_LIMIT_BLOCKS };
    rig = await SubtensorRig.start({ node: { ...METADATA_FILE, ...rules } });
    await rig.submitted(WANTED);
    expect(rig.node.finalized.number).toBe(1);
  });
  afterAll(() => rig.stop());

  const refusedWith = async (error: Parameters<typeof rig.node.refuseNext>[0]) => {
    rig.node.refuseNext(error);
    const steps = await rig.submitted(WANTED);
    expect(steps.map(({ state }) => state)).toEqual(['prepared', 'failed']);
    return steps.at(-1);
  };

  it.each(CODES)('with the code %i is %s', async (code, reason, action) => {
    const spellings = [
      { code: 1010, message: 'Invalid Transaction', data: `Custom error: ${code}` },
      { code: 1010, message: `{"invalid":{"custom":${code}}}` },
    ];
    for (const error of spellings) {
      expect(await refusedWith(error)).toMatchObject(failedStep(reason, action));
    }
  });

  it.each(REFUSALS)('%s is %s', async (text, reason, action) => {
    const error = { code: Number(text.slice(0, 4)), message: text.slice(6) };
    expect(await refusedWith(error)).toMatchObject(failedStep(reason, action));
  });

  it('leaves nothing in the pool and nothing in flight', async () => {
    expect(rig.node.pooledWeights).toHaveLength(1);
    expect(rig.node.takenWeights).toHaveLength(1);
  });
});

describe('what cannot be given to the chain', () => {
  let rig: SubtensorRig;
  const refusedOn = async (node: NonNullable<Parameters<typeof SubtensorRig.start>[0]>['node']) => {
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true, ...node } });
    try {
      await rig.advance(3);
      return { steps: await rig.submitted(WANTED), pooled: rig.node.pooledWeights };
    } finally {
      await rig.stop();
    }
  };

  it('is not signed when the chain asks for a version of commitments that nobody can make', async () => {
    const { steps, pooled } = await refusedOn({ commitRevealVersion: 5 });
    expect(steps).toMatchObject([failedStep('IncorrectCommitRevealVersion', retryNow)]);
    expect(pooled).toEqual([]);
  });

  it('is not signed when the subnet has no epochs in which it would be opened', async () => {
    const { steps, pooled } = await refusedOn({ tempoBlocks: 0 });
    expect(steps).toMatchObject([failedStep('NoEpochToRevealIn', { kind: 'retry_at_block' })]);
    expect(pooled).toEqual([]);
  });
});
