/**
 * Everything that the chain may answer to weights, by the chain's own names: a runtime error of that name in the metadata,
 * or what the transaction pool calls it. Indices and codes shift between runtimes, names stay.
 *
 * The action follows who can help. The next attempt decides anew from a fresh metagraph, so it helps where the input was
 * out of date; time helps where a limit runs; an operator must act where neither does.
 */
import type { RetryAction, WeightSetFailure } from './weight-set.ts';

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

/**
 * Blocks until a transaction that stands in the way has most likely been taken, a crowded pool is emptier, or finality has
 * caught up. What was dropped may still come from another node; it has the nonce of the next attempt, so only one of the two
 * is taken.
 */
export const POOL_RETRY_BLOCKS = 16;

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
const afterPool = ({ block }: FailureContext): RetryAction => ({
  kind: 'retry_at_block',
  block: block + POOL_RETRY_BLOCKS,
});

const CHAIN_ERRORS = {
  CommitRevealEnabled: { message: 'the subnet takes commitments only', action: retryNow },
  CommitRevealDisabled: { message: 'the subnet takes plain weights only', action: retryNow },
  IncorrectCommitRevealVersion: {
    message: 'the chain asks for another version of commitments',
    action: retryNow,
  },
  InvalidRevealRound: {
    message: 'the drand round of the commitment is out already',
    action: retryNow,
  },
  TooManyUnrevealedCommits: { message: 'ten commitments wait already', action: atNextEpoch },
  CanNotSetRootNetworkWeights: { message: 'netuid 0 is the root network', action: stop },
  SubnetNotExists: { message: 'there is no such subnet', action: stop },
  MechanismDoesNotExist: { message: 'the subnet has no such mechanism', action: stop },
  HotKeyNotRegisteredInSubNet: { message: 'the validator hotkey has no UID', action: stop },
  NotEnoughStakeToSetWeights: { message: 'the stake is below the threshold', action: stop },
  IncorrectWeightVersionKey: {
    message: 'the version key is lower than the one the subnet asks for',
    action: stop,
  },
  SettingWeightsTooFast: { message: 'the rate limit has not passed', action: atRateLimit },
  CommittingWeightsTooFast: { message: 'the rate limit has not passed', action: atRateLimit },
  NeuronNoValidatorPermit: { message: 'the hotkey has no validator permit', action: atNextEpoch },
  WeightVecNotEqualSize: { message: 'as many weights as UIDs are needed', action: stop },
  InputLengthsUnequal: { message: 'lists of one length are needed', action: stop },
  UidsLengthExceedUidsInSubNet: { message: 'more UIDs than the subnet has', action: stop },
  DuplicateUids: { message: 'a UID is named twice', action: stop },
  UidVecContainInvalidOne: { message: 'a UID does not exist', action: retryNow },
  WeightVecLengthIsLow: { message: 'fewer weights than the subnet asks for', action: retryNow },
  MaxWeightExceeded: { message: 'a weight is above the largest share allowed', action: retryNow },
  NoWeightsCommitFound: { message: 'there is no commitment to reveal', action: retryNow },
  InvalidRevealCommitHashNotMatch: {
    message: 'the revealed weights are not those of the commitment',
    action: retryNow,
  },
  ExpiredWeightCommit: { message: 'the epoch of the reveal has passed', action: retryNow },
  RevealTooEarly: { message: 'the epoch of the reveal has not come', action: atNextEpoch },
  CallFiltered: {
    message: 'the chain takes no weights at present: it is in safe mode',
    action: atNextEpoch,
  },
  ColdkeySwapAnnounced: {
    message: 'the account that signs is about to be swapped for another',
    action: stop,
  },
  ColdkeySwapDisputed: {
    message: 'the swap of the account that signs is disputed, which locks it',
    action: stop,
  },
  BadProof: {
    message: 'the chain has another genesis or runtime than signed for',
    action: retryNow,
  },
  // Eras begin at a final block: when finality is far behind, which passes, each is over before it begins.
  AncientBirthBlock: { message: 'the era of the submission was over', action: afterPool },
  StaleNonce: { message: 'the nonce of the submission is used already', action: retryNow },
  FutureNonce: { message: 'the nonce of the submission is ahead of the chain', action: retryNow },
  PriorityTooLow: {
    message: 'another transaction of the hotkey waits in the pool with the same nonce',
    action: afterPool,
  },
  ImmediatelyDropped: { message: 'the pool is full', action: afterPool },
  InvalidTransaction: {
    message: 'the pool calls the submission invalid and does not say why',
    action: stop,
  },
  // The rate limit holds anyway. Several in a row have a cause that only an operator finds, so they must count.
  WeightsNotRevealed: {
    message: 'the epoch of the reveal has passed and the commitment was dropped',
    action: retryNow,
  },
  NoEpochToRevealIn: {
    message: 'the subnet runs no epoch in which a commitment could be opened',
    action: atNextEpoch,
  },
  WeightsEventMissing: {
    message: 'the chain carried the call out without saying that it took weights',
    action: stop,
  },
  SubmissionLost: { message: 'no block took the submission during its era', action: retryNow },
} as const satisfies Record<string, ErrorRow>;

/** A name that the table has. `docs/errors.md` lists them all with their actions, and a test compares. */
export type ChainErrorName = keyof typeof CHAIN_ERRORS;

/**
 * The number in the pool's `Custom error: N` as the name of an error (`CustomTransactionError` in
 * common/src/transaction_error.rs and its conversions). The pool asks for stake first, so 1 also stands for a hotkey
 * without a UID and for a subnet that is not there. A number that is not listed is an `InvalidTransaction`.
 */
export const POOL_CODES: ReadonlyMap<number, ChainErrorName> = new Map([
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
]);

/** The failure that an error of the chain stands for. A name that is not in the table stops: nobody knows what would help. */
export function chainFailure(name: string, context: FailureContext): WeightSetFailure {
  if (!isChainErrorName(name)) {
    const message = `the chain refused with ${name}, an error that this version does not know`;
    return { reason: name, message, action: stop() };
  }
  const { message, action } = CHAIN_ERRORS[name];
  return { reason: name, message, action: action(context) };
}

function isChainErrorName(name: string): name is ChainErrorName {
  return Object.hasOwn(CHAIN_ERRORS, name);
}
