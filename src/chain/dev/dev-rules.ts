/**
 * The chain's rules for weights, in the order in which its `internal_set_weights` and `internal_commit_timelocked_weights`
 * ask them. Which rules hold already in the transaction pool follows `SubtensorTransactionExtension`.
 */
import type { WeightVector } from '../../domain/allocation.ts';
import type { Hotkey } from '../../domain/ids.ts';
import { present } from '../../lib/assert.ts';
import type { DevChainErrorName } from './dev-errors.ts';
import { hasMaxShare, maxUpscaled, U16_MAX } from './dev-scaling.ts';
import { changeNeuron, type DevNeuron, type DevSubnet, neuronOf, slotCount } from './dev-subnet.ts';

/** A signed call. Which of the two it is was decided when it was signed, and can be wrong when a block takes it. */
export interface WeightCall {
  readonly kind: 'set' | 'commit';
  readonly signer: Hotkey;
  readonly vector: WeightVector;
  readonly versionKey: number;
  readonly extrinsicHash: string;
}

type Ruling =
  | { readonly kind: 'accepted'; readonly subnet: DevSubnet }
  | { readonly kind: 'refused'; readonly reason: DevChainErrorName };

const UNREVEALED_COMMITS_MAX = 10;

interface Case {
  readonly subnet: DevSubnet;
  readonly call: WeightCall;
  readonly neuron: DevNeuron | undefined;
  readonly isReveal: boolean;
}

type Rule = readonly [DevChainErrorName, (asked: Case) => boolean];

const REGISTERED: Rule = ['HotKeyNotRegisteredInSubNet', ({ neuron }) => neuron !== undefined];
const STAKED: Rule = ['NotEnoughStakeToSetWeights', hasStake];
const MECHANISM: Rule = [
  'MechanismDoesNotExist',
  ({ subnet }) => subnet.mecid < subnet.hyperparameters.mechanismCount,
];
const SET_RATE: Rule = ['SettingWeightsTooFast', isRateLimitPassed];

const SET_RULES: readonly Rule[] = [
  [
    'CommitRevealEnabled',
    ({ subnet, isReveal }) => isReveal || !subnet.hyperparameters.isCommitRevealEnabled,
  ],
  ['CanNotSetRootNetworkWeights', ({ subnet }) => subnet.netuid !== 0],
  ['WeightVecNotEqualSize', ({ call: { vector } }) => vector.uids.length === vector.weights.length],
  MECHANISM,
  [
    'UidsLengthExceedUidsInSubNet',
    ({ subnet, call }) => call.vector.uids.length <= slotCount(subnet),
  ],
  REGISTERED,
  STAKED,
  ['IncorrectWeightVersionKey', hasVersionKey],
  SET_RATE,
  ['NeuronNoValidatorPermit', hasPermit],
  ['DuplicateUids', ({ call: { vector } }) => new Set(vector.uids).size === vector.uids.length],
  ['UidVecContainInvalidOne', hasOnlyKnownUids],
  ['WeightVecLengthIsLow', hasEnoughWeights],
  ['MaxWeightExceeded', isWithinMaxWeight],
];

const COMMIT_RULES: readonly Rule[] = [
  MECHANISM,
  ['CommitRevealDisabled', ({ subnet }) => subnet.hyperparameters.isCommitRevealEnabled],
  REGISTERED,
  ['CommittingWeightsTooFast', isRateLimitPassed],
  ['TooManyUnrevealedCommits', hasRoomForCommit],
];

/** The pool's checks; timelocked commitments meet their rate limit only in a block. */
const POOL_RULES = {
  set: [REGISTERED, STAKED, SET_RATE],
  commit: [REGISTERED, STAKED],
} as const satisfies Record<WeightCall['kind'], readonly Rule[]>;

/** Why the pool would not take the call, or `undefined`. */
export function poolRefusal(subnet: DevSubnet, call: WeightCall): DevChainErrorName | undefined {
  return firstBroken(POOL_RULES[call.kind], caseOf(subnet, call, false));
}

/** Carries out a call in the newest block of `subnet`. */
export function dispatch(subnet: DevSubnet, call: WeightCall): Ruling {
  return call.kind === 'set' ? setWeights(subnet, call, false) : commitWeights(subnet, call);
}

/** Carries out the weights of a commitment; the chain itself never says why it refuses one. */
export function reveal(subnet: DevSubnet, call: WeightCall): Ruling {
  return setWeights(subnet, call, true);
}

/** First block at which the rate limit lets the signer pass. */
export function rateLimitBlock(subnet: DevSubnet, signer: Hotkey): number {
  const lastUpdateBlock = neuronOf(subnet, signer)?.lastUpdateBlock ?? 0;
  if (lastUpdateBlock === 0) return 0;
  return lastUpdateBlock + subnet.hyperparameters.weightsRateLimitBlocks;
}

function setWeights(subnet: DevSubnet, call: WeightCall, isReveal: boolean): Ruling {
  const asked = caseOf(subnet, call, isReveal);
  const reason = firstBroken(SET_RULES, asked);
  if (reason !== undefined) return { kind: 'refused', reason };
  const { uid } = present(asked.neuron, 'the rules ask for a neuron');
  const weights = {
    validatorUid: uid,
    uids: call.vector.uids.slice(),
    weights: maxUpscaled(call.vector.weights),
  };
  const stored = { ...subnet, weights };
  const isCommitRevealEnabled = subnet.hyperparameters.isCommitRevealEnabled;
  return { kind: 'accepted', subnet: isCommitRevealEnabled ? stored : updated(stored, uid) };
}

function commitWeights(subnet: DevSubnet, call: WeightCall): Ruling {
  const asked = caseOf(subnet, call, false);
  const reason = firstBroken(COMMIT_RULES, asked);
  if (reason !== undefined) return { kind: 'refused', reason };
  const { uid } = present(asked.neuron, 'the rules ask for a neuron');
  const { extrinsicHash, signer, vector, versionKey } = call;
  const commit = { extrinsicHash, signer, vector, versionKey, epoch: subnet.epochIndex };
  return {
    kind: 'accepted',
    subnet: updated({ ...subnet, commits: [...subnet.commits, commit] }, uid),
  };
}

function updated(subnet: DevSubnet, uid: number): DevSubnet {
  return changeNeuron(subnet, uid, { lastUpdateBlock: subnet.block });
}

function caseOf(subnet: DevSubnet, call: WeightCall, isReveal: boolean): Case {
  return { subnet, call, isReveal, neuron: neuronOf(subnet, call.signer) };
}

function firstBroken(rules: readonly Rule[], asked: Case): DevChainErrorName | undefined {
  return rules.find(([, holds]) => !holds(asked))?.[0];
}

function hasStake({ subnet, neuron }: Case): boolean {
  const isOwner = neuron?.hotkey === subnet.ownerHotkey;
  return isOwner || (neuron?.stake ?? 0) >= subnet.hyperparameters.stakeThreshold;
}

function hasVersionKey({ subnet: { hyperparameters }, call }: Case): boolean {
  const wanted = hyperparameters.weightsVersionKey;
  return wanted === 0 || call.versionKey >= wanted;
}

/** A reveal passes while commit-reveal is on: its commitment met the limit already. */
function isRateLimitPassed({ subnet, call, isReveal }: Case): boolean {
  if (isReveal && subnet.hyperparameters.isCommitRevealEnabled) return true;
  return subnet.block >= rateLimitBlock(subnet, call.signer);
}

function hasPermit(asked: Case): boolean {
  const isOwner = asked.neuron?.hotkey === asked.subnet.ownerHotkey;
  return isOwner || isSelfWeight(asked) || asked.neuron?.hasValidatorPermit === true;
}

function hasOnlyKnownUids({ subnet, call }: Case): boolean {
  const known = new Set<number>(subnet.neurons.map((neuron) => neuron.uid));
  return call.vector.uids.every((uid) => known.has(uid));
}

/** Zeros count. */
function hasEnoughWeights(asked: Case): boolean {
  const { subnet, call } = asked;
  const wanted = Math.min(slotCount(subnet), subnet.hyperparameters.minAllowedWeights);
  return isSelfWeight(asked) || call.vector.uids.length >= wanted;
}

function isWithinMaxWeight(asked: Case): boolean {
  const limit = asked.subnet.hyperparameters.maxWeightLimit;
  if (limit === U16_MAX || isSelfWeight(asked)) return true;
  return hasMaxShare(maxUpscaled(asked.call.vector.weights), limit);
}

function isSelfWeight({ call: { vector }, neuron }: Case): boolean {
  return vector.uids.length === 1 && vector.uids[0] === neuron?.uid;
}

function hasRoomForCommit({ subnet, call }: Case): boolean {
  const waiting = subnet.commits.filter(
    ({ signer, epoch }) => signer === call.signer && epoch === subnet.epochIndex,
  );
  return waiting.length < UNREVEALED_COMMITS_MAX;
}
