import {
  type ChainCheck,
  type ChainCheckFacts,
  type ChainCheckName,
  chainChecks,
} from '../../src/domain/chain-checks.ts';
import { sampleHotkey } from './profile-samples.ts';
import { STANDING_NOW_MS, sampleStanding } from './standing-samples.ts';
import { sampleMetagraph, VALIDATOR_UID } from './weight-setter-samples.ts';

export const VALIDATOR = sampleHotkey(VALIDATOR_UID);
export const SUBMITTED = { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(10, 20) };
export const SELF_WEIGHT = {
  uids: Uint16Array.of(VALIDATOR_UID),
  weights: Uint16Array.of(65_535),
};

/** A chain that would take the validator's weights; nothing is submitted. */
export function facts(overrides: Partial<ChainCheckFacts> = {}): ChainCheckFacts {
  return {
    metagraph: sampleMetagraph(),
    standing: sampleStanding(),
    validatorHotkey: VALIDATOR,
    versionKey: 3,
    nowMs: STANDING_NOW_MS,
    mecid: 0,
    ...overrides,
  };
}

/** The line of one check. */
export function check(
  name: ChainCheckName,
  overrides: Partial<ChainCheckFacts> = {},
): ChainCheck | undefined {
  return chainChecks(facts(overrides)).find((line) => line.name === name);
}
