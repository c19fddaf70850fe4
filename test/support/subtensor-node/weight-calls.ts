/** The weight calls: what the pool asks of them, and what they do in a block. */

import { blake2AsHex } from '@polkadot/util-crypto';
import { dispatch, poolRefusal, type WeightCall } from '../../../src/chain/dev/dev-rules.ts';
import type { Hotkey } from '../../../src/domain/ids.ts';
import { type ChainEvent, withNewWeights } from './block-step.ts';
import { type ChainState, netuidIndex, withSubnet } from './chain-state.ts';

interface CallBase {
  readonly signer: Hotkey;
  readonly extrinsicHash: string;
  readonly netuid: number;
  readonly mecid: number;
}

export type NodeWeightCall =
  | (CallBase & {
      readonly kind: 'set';
      readonly uids: readonly number[];
      readonly weights: readonly number[];
      readonly versionKey: number;
    })
  | (CallBase & {
      readonly kind: 'commit';
      readonly ciphertext: Uint8Array;
      readonly revealRound: number;
      readonly version: number;
    });

type Dispatched =
  | {
      readonly kind: 'accepted';
      readonly state: ChainState;
      readonly events: readonly ChainEvent[];
    }
  | { readonly kind: 'refused'; readonly reason: string };

const NOTHING = { uids: new Uint16Array(), weights: new Uint16Array() };

/** The numbers that the pool's refusals have, named as the runtime names them. */
const CUSTOM_CODES = {
  StakeAmountTooLow: 1,
  RateLimitExceeded: 6,
  InvalidRevealRound: 15,
} as const;

/** The custom error for which the pool refuses a call for the block that `state` is in, or `undefined`. */
export function poolCode(state: ChainState, call: NodeWeightCall): number | undefined {
  const { subnet } = state;
  const { hyperparameters } = subnet;
  const reason = poolRefusal(subnet, ruledCall(call));
  const isKnown = call.netuid === subnet.netuid && reason !== 'HotKeyNotRegisteredInSubNet';
  const isStakeTooLow = isKnown
    ? reason === 'NotEnoughStakeToSetWeights'
    : hyperparameters.stakeThreshold > 0;
  if (isStakeTooLow) return CUSTOM_CODES.StakeAmountTooLow;
  if (call.kind === 'commit' && call.revealRound < state.drandRound) {
    return CUSTOM_CODES.InvalidRevealRound;
  }
  const isTooFast = isKnown && reason === 'SettingWeightsTooFast';
  const hasLimit = !hyperparameters.isCommitRevealEnabled;
  return isTooFast && hasLimit ? CUSTOM_CODES.RateLimitExceeded : undefined;
}

/** Carries out a call in the block that `state` is in. */
export function dispatchCall(state: ChainState, call: NodeWeightCall): Dispatched {
  const { subnet } = state;
  const isSimulated = call.netuid === subnet.netuid && call.mecid === subnet.mecid;
  if (!isSimulated) return { kind: 'refused', reason: elsewhere(state, call) };
  return call.kind === 'set' ? setWeights(state, call) : commit(state, call);
}

/** Of the subnets and mechanisms only one is simulated; the others do not exist. */
function elsewhere({ subnet }: ChainState, call: NodeWeightCall): string {
  const isCommitReveal =
    call.netuid !== subnet.netuid || subnet.hyperparameters.isCommitRevealEnabled;
  if (call.kind === 'set' && isCommitReveal) return 'CommitRevealEnabled';
  return call.netuid === 0 && call.kind === 'set'
    ? 'CanNotSetRootNetworkWeights'
    : 'MechanismDoesNotExist';
}

function setWeights(state: ChainState, call: NodeWeightCall): Dispatched {
  const ruling = dispatch(state.subnet, ruledCall(call));
  if (ruling.kind === 'refused') return ruling;
  const { state: after, uid } = withNewWeights(state, ruling.subnet);
  const values = [netuidIndex(state.subnet), uid];
  const events = [{ pallet: 'SubtensorModule', name: 'WeightsSet', values }];
  return { kind: 'accepted', state: after, events };
}

function commit(state: ChainState, call: NodeWeightCall & { readonly kind: 'commit' }): Dispatched {
  const ruling = dispatch(state.subnet, ruledCall(call));
  const asksVersionFirst =
    ruling.kind === 'accepted' ||
    !['MechanismDoesNotExist', 'CommitRevealDisabled'].includes(ruling.reason);
  if (asksVersionFirst && call.version !== state.commitRevealVersion) {
    return { kind: 'refused', reason: 'IncorrectCommitRevealVersion' };
  }
  if (ruling.kind === 'refused') return ruling;
  const { ciphertext, revealRound, signer, extrinsicHash } = call;
  const sealed = new Map(state.sealed).set(extrinsicHash, {
    block: state.subnet.block,
    ciphertext,
    revealRound,
  });
  const values = [signer, netuidIndex(state.subnet), blake2AsHex(ciphertext), revealRound];
  return {
    kind: 'accepted',
    state: { ...withSubnet(state, ruling.subnet), sealed },
    events: [{ pallet: 'SubtensorModule', name: 'TimelockedWeightsCommitted', values }],
  };
}

/** The call as the dev chain's rules take it; they do not look into a commitment. */
function ruledCall(call: NodeWeightCall): WeightCall {
  const { kind, signer, extrinsicHash } = call;
  return kind === 'set'
    ? {
        kind,
        signer,
        extrinsicHash,
        vector: { uids: Uint16Array.from(call.uids), weights: Uint16Array.from(call.weights) },
        versionKey: call.versionKey,
      }
    : { kind, signer, extrinsicHash, vector: NOTHING, versionKey: 0 };
}
