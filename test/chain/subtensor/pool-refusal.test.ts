import { describe, expect, it } from 'vitest';
import { poolRefusal } from '../../../src/chain/subtensor/pool-refusal.ts';

const refused = (reason: string) => ({ kind: 'refused', reason });

describe('poolRefusal', () => {
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
    [77, 'InvalidTransaction'],
  ])('reads the code %i in every spelling', (code, reason) => {
    const spellings = [
      `1010: Invalid Transaction: Custom error: ${code}`,
      `1010: {"invalid":{"custom":${code}}}`,
      `{"invalid":{"custom":${code}}}`,
    ];
    for (const message of spellings) {
      expect(poolRefusal({ code: 1010, message })).toEqual(refused(reason));
    }
  });

  it.each([
    ['1010: Invalid Transaction: Transaction has a bad signature', 'BadProof'],
    ['1010: {"invalid":"badProof"}', 'BadProof'],
    ['1010: Invalid Transaction: Transaction has an ancient birth block', 'AncientBirthBlock'],
    ['1010: Invalid Transaction: Transaction is outdated', 'StaleNonce'],
    ['1010: {"invalid":{"stale":null}}', 'StaleNonce'],
    ['1010: Invalid Transaction: Transaction will be valid in the future', 'FutureNonce'],
    ['1010: {"invalid":{"future":null}}', 'FutureNonce'],
    ['1014: Priority is too low: (1 vs 1)', 'PriorityTooLow'],
    ['1016: Immediately Dropped: The transaction could not enter the pool', 'ImmediatelyDropped'],
    ['1010: Invalid Transaction: Inability to pay some fees', 'InvalidTransaction'],
    ['something else', 'InvalidTransaction'],
  ])('names %s', (message, reason) => {
    expect(poolRefusal({ code: Number(message.slice(0, 4)) || -32_000, message })).toEqual(
      refused(reason),
    );
  });

  it.each(['1013: Transaction Already Imported', '1012: Transaction is temporarily banned'])(
    'takes %s for a transaction that may be on its way',
    (message) => {
      expect(poolRefusal({ code: Number(message.slice(0, 4)), message })).toEqual({
        kind: 'imported',
      });
    },
  );
});
