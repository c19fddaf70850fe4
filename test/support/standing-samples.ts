import type { ChainStanding } from '../../src/domain/chain-standing.ts';

/** The clock of the samples: 24 s after their newest final block. */
export const STANDING_NOW_MS = Date.UTC(2026, 0, 1, 0, 0, 24);

/** A chain that takes plain weights of the samples' validator. */
export function sampleStanding(overrides: Partial<ChainStanding> = {}): ChainStanding {
  return {
    endpoint: 'wss://node.example',
    runtime: 'node-subtensor 424',
    wallet: 'hotkey default of wallet validator (sr25519)',
    block: 1_000,
    blockTimeMs: STANDING_NOW_MS - 24_000,
    hasSubnet: true,
    mechanismCount: 1,
    stake: { weightRao: 2_000_000_000_000n, thresholdRao: 1_000_000_000_000n },
    commitReveal: { isEnabled: false, version: 4, isSupported: true, revealPeriodEpochs: 1 },
    ...overrides,
  };
}
