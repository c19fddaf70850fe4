/**
 * What the chain wants of us, one line per question, with a verdict and what to do: asked before each submission, because an
 * extrinsic that fails costs an interval and the pool answers several of these with one and the same code; and by an
 * operator at any time.
 */
import { clockCheck, drandCheck, endpointCheck, walletCheck } from './chain-check-connection.ts';
import type { ChainCheckFacts } from './chain-check-facts.ts';
import type { CheckFinding, CheckVerdict } from './chain-check-finding.ts';
import {
  mechanismCheck,
  permitCheck,
  rateLimitCheck,
  registrationCheck,
  stakeCheck,
  versionKeyCheck,
} from './chain-check-validator.ts';
import { commitRevealCheck, maxWeightCheck, minWeightsCheck } from './chain-check-weights.ts';

export type { ChainCheckFacts, CheckVerdict };

/** By name, in the order in which an operator would look, and the chain itself does (`internal_set_weights`). */
const CHAIN_CHECKS = {
  endpoint: endpointCheck,
  clock: clockCheck,
  wallet: walletCheck,
  mechanism: mechanismCheck,
  registration: registrationCheck,
  stake: stakeCheck,
  version_key: versionKeyCheck,
  rate_limit: rateLimitCheck,
  permit: permitCheck,
  commit_reveal: commitRevealCheck,
  drand: drandCheck,
  min_weights: minWeightsCheck,
  max_weight: maxWeightCheck,
} as const satisfies Record<string, (facts: ChainCheckFacts) => CheckFinding>;

/** What a check is called. */
export type ChainCheckName = keyof typeof CHAIN_CHECKS;

/** All checks, in their order. */
export const CHAIN_CHECK_NAMES = Object.keys(CHAIN_CHECKS) as readonly ChainCheckName[];

/** One line of the answer. */
export interface ChainCheck extends CheckFinding {
  readonly name: ChainCheckName;
}

/** One line for each name, always. */
export function chainChecks(facts: ChainCheckFacts): readonly ChainCheck[] {
  return CHAIN_CHECK_NAMES.map((name) => ({ name, ...CHAIN_CHECKS[name](facts) }));
}
