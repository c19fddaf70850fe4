import { describe, expect, it } from 'vitest';
import { poolRefusal } from '../../../src/chain/subtensor/pool-refusal.ts';
import { POOL_CODES } from '../../../src/domain/chain-errors.ts';

const refused = (reason: string) => ({ kind: 'refused', reason });

describe('poolRefusal', () => {
  it.each([...POOL_CODES, [77, 'InvalidTransaction']])(
    'reads the code %i in every spelling',
    (code, reason) => {
      const spellings = [
        `1010: Invalid Transaction: Custom error: ${code}`,
        `1010: {"invalid":{"custom":${code}}}`,
        `{"invalid":{"custom":${code}}}`,
      ];
      for (const message of spellings) {
        expect(poolRefusal({ code: 1010, message })).toEqual(refused(reason));
      }
    },
  );

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
    ['1011: Unknown Transaction Validity', 'InvalidTransaction'],
  ])('names %s', (message, reason) => {
    expect(poolRefusal({ code: Number(message.slice(0, 4)), message })).toEqual(refused(reason));
  });

  it.each([
    [-32_000, 'something else'],
    [-32_000, 'no answer after 1000 ms'],
    [-32_603, '-32603: Internal error: upstream timed out'],
    [429, '429: Too many requests'],
  ])(
    'does not take %i, %s for the word of the pool: it may have the transaction',
    (code, message) => {
      expect(poolRefusal({ code, message })).toEqual({ kind: 'imported' });
    },
  );

  it.each([-32_600, -32_601, -32_602])('knows that %i never came to the pool', (code) => {
    const message = `${code}: Method not found`;
    expect(poolRefusal({ code, message })).toEqual(refused('InvalidTransaction'));
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
