import type { StorageEntry } from './runtime-chain.ts';

/** The one round of drand's quicknet whose signature the tests know; it is public, as all are. */
export const KNOWN_ROUND = 1_000;
const RANDOMNESS = '0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd';
const SIGNATURE =
  '0xb44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39';

/** The round as the chain keeps it once it has it. */
export function knownPulse(): StorageEntry[] {
  const value = { round: KNOWN_ROUND, randomness: RANDOMNESS, signature: SIGNATURE };
  return [
    { pallet: 'drand', item: 'pulses', keys: [KNOWN_ROUND], value },
    { pallet: 'drand', item: 'lastStoredRound', keys: [], value: KNOWN_ROUND },
  ];
}
