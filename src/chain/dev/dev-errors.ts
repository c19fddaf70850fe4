import type { RetryAction, WeightSetFailure } from '../../domain/weight-set.ts';

/** What is known when a failure is given its action. */
export interface FailureContext {
  readonly block: number;
  readonly nextEpochBlock: number;
  /** First block at which the rate limit lets weights pass. */
  readonly rateLimitBlock: number;
}

interface ErrorRow {
  readonly message: string;
  readonly action: (context: FailureContext) => RetryAction;
}

const stop = (): RetryAction => ({ kind: 'stop' });
const retryNow = (): RetryAction => ({ kind: 'retry_now' });
const atRateLimit = ({ rateLimitBlock }: FailureContext): RetryAction => ({
  kind: 'retry_at_block',
  block: rateLimitBlock,
});
const atNextEpoch = ({ nextEpochBlock }: FailureContext): RetryAction => ({
  kind: 'retry_at_block',
  block: nextEpochBlock,
});

/**
 * The chain's own error names, and two outcomes that it does not name. The action follows who can help: the next attempt
 * decides anew from a fresh metagraph, so it helps where the input was out of date; an operator must act where it was not.
 */
const DEV_CHAIN_ERRORS = {
  CommitRevealEnabled: { message: 'the subnet takes commitments only', action: retryNow },
  CommitRevealDisabled: { message: 'the subnet takes plain weights only', action: retryNow },
  CanNotSetRootNetworkWeights: { message: 'netuid 0 is the root network', action: stop },
  WeightVecNotEqualSize: { message: 'as many weights as UIDs are needed', action: stop },
  MechanismDoesNotExist: { message: 'the subnet has no such mechanism', action: stop },
  UidsLengthExceedUidsInSubNet: { message: 'more UIDs than the subnet has', action: stop },
  HotKeyNotRegisteredInSubNet: { message: 'the validator hotkey has no UID', action: stop },
  NotEnoughStakeToSetWeights: { message: 'the stake is below the threshold', action: stop },
  IncorrectWeightVersionKey: {
    message: 'the version key is lower than the one the subnet asks for',
    action: stop,
  },
  SettingWeightsTooFast: { message: 'the rate limit has not passed', action: atRateLimit },
  CommittingWeightsTooFast: { message: 'the rate limit has not passed', action: atRateLimit },
  TooManyUnrevealedCommits: { message: 'ten commitments wait already', action: atNextEpoch },
  NeuronNoValidatorPermit: { message: 'the hotkey has no validator permit', action: atNextEpoch },
  DuplicateUids: { message: 'a UID is named twice', action: stop },
  UidVecContainInvalidOne: { message: 'a UID does not exist', action: retryNow },
  WeightVecLengthIsLow: { message: 'fewer weights than the subnet asks for', action: retryNow },
  MaxWeightExceeded: { message: 'a weight is above the largest share allowed', action: retryNow },
  WeightsNotRevealed: {
    message: 'the epoch of the reveal has passed and the commitment was dropped',
    action: atRateLimit,
  },
  SubmissionLost: { message: 'no block took the submission during its era', action: retryNow },
} as const satisfies Record<string, ErrorRow>;

export type DevChainErrorName = keyof typeof DEV_CHAIN_ERRORS;

export function failure(name: DevChainErrorName, context: FailureContext): WeightSetFailure {
  const { message, action } = DEV_CHAIN_ERRORS[name];
  return { reason: name, message, action: action(context) };
}
