import { describe, expect, it } from 'vitest';
import { chainFailure, POOL_CODES, POOL_RETRY_BLOCKS } from '../../src/domain/chain-errors.ts';

const CONTEXT = { block: 1_000, nextEpochBlock: 1_360, rateLimitBlock: 1_090 };

const RETRY_NOW = { kind: 'retry_now' };
const STOP = { kind: 'stop' };
const AT_EPOCH = { kind: 'retry_at_block', block: 1_360 };
const AT_RATE_LIMIT = { kind: 'retry_at_block', block: 1_090 };
const AFTER_POOL = { kind: 'retry_at_block', block: 1_000 + POOL_RETRY_BLOCKS };

describe('a refusal of the chain', () => {
  it.each([
    ['CommitRevealEnabled', RETRY_NOW],
    ['CommitRevealDisabled', RETRY_NOW],
    ['IncorrectCommitRevealVersion', RETRY_NOW],
    ['InvalidRevealRound', RETRY_NOW],
    ['TooManyUnrevealedCommits', AT_EPOCH],
    ['CanNotSetRootNetworkWeights', STOP],
    ['SubnetNotExists', STOP],
    ['MechanismDoesNotExist', STOP],
    ['HotKeyNotRegisteredInSubNet', STOP],
    ['NotEnoughStakeToSetWeights', STOP],
    ['IncorrectWeightVersionKey', STOP],
    ['SettingWeightsTooFast', AT_RATE_LIMIT],
    ['CommittingWeightsTooFast', AT_RATE_LIMIT],
    ['NeuronNoValidatorPermit', AT_EPOCH],
    ['WeightVecNotEqualSize', STOP],
    ['InputLengthsUnequal', STOP],
    ['UidsLengthExceedUidsInSubNet', STOP],
    ['DuplicateUids', STOP],
    ['UidVecContainInvalidOne', RETRY_NOW],
    ['WeightVecLengthIsLow', RETRY_NOW],
    ['MaxWeightExceeded', RETRY_NOW],
    ['NoWeightsCommitFound', RETRY_NOW],
    ['InvalidRevealCommitHashNotMatch', RETRY_NOW],
    ['ExpiredWeightCommit', RETRY_NOW],
    ['RevealTooEarly', AT_EPOCH],
    ['CallFiltered', AT_EPOCH],
    ['ColdkeySwapAnnounced', STOP],
    ['ColdkeySwapDisputed', STOP],
    ['BadProof', RETRY_NOW],
    ['AncientBirthBlock', AFTER_POOL],
    ['StaleNonce', RETRY_NOW],
    ['FutureNonce', RETRY_NOW],
    ['PriorityTooLow', AFTER_POOL],
    ['ImmediatelyDropped', AFTER_POOL],
    ['InvalidTransaction', STOP],
    ['WeightsNotRevealed', RETRY_NOW],
    ['SubmissionLost', RETRY_NOW],
  ])('by the name of %s has its action', (name, action) => {
    const failure = chainFailure(name, CONTEXT);
    expect(failure).toMatchObject({ reason: name, action });
    expect(failure.message).toMatch(/^[a-z].{10,}\w$/);
    expect(failure.message).not.toContain(name);
  });

  it.each(['SlippageTooHigh', 'toString', ''])('by the unknown name "%s" stops', (name) => {
    expect(chainFailure(name, CONTEXT)).toEqual({
      reason: name,
      action: STOP,
      message: `the chain refused with ${name}, an error that this version does not know`,
    });
  });
});

describe('the codes of the pool', () => {
  it('stand for names that are known', () => {
    for (const [code, name] of POOL_CODES) {
      expect(chainFailure(name, CONTEXT).message, `${code}`).not.toContain('does not know');
    }
  });

  it.each([
    [0, 'ColdkeySwapAnnounced'],
    [1, 'NotEnoughStakeToSetWeights'],
    [3, 'SubnetNotExists'],
    [6, 'SettingWeightsTooFast'],
    [15, 'InvalidRevealRound'],
    [16, 'NoWeightsCommitFound'],
    [17, 'RevealTooEarly'],
    [18, 'InputLengthsUnequal'],
    [19, 'HotKeyNotRegisteredInSubNet'],
    [21, 'ColdkeySwapDisputed'],
    [255, 'InvalidTransaction'],
    [2, undefined],
  ])('call %i %s', (code, name) => {
    expect(POOL_CODES.get(code)).toBe(name);
  });
});
