/** What a block does before its extrinsics: opens commitments, then runs the epoch that falls due. */
import { reveal } from '../../../src/chain/dev/dev-rules.ts';
import type { DevCommit } from '../../../src/chain/dev/dev-subnet.ts';
import { decodeSs58 } from '../../../src/lib/ss58.ts';
import { decodePayload, decryptTimelocked, type TestBeacon } from '../timelock-decryption.ts';
import { type ChainState, drandRoundAt, hasPulse, netuidIndex, withSubnet } from './chain-state.ts';

export interface ChainEvent {
  readonly pallet: string;
  readonly name: string;
  readonly values: readonly unknown[];
}

interface Step {
  readonly state: ChainState;
  readonly events: readonly ChainEvent[];
}

/** An epoch comes at the latest after as many blocks as the largest tempo. */
const TEMPO_MAX_BLOCKS = 50_400;

export interface Opening {
  readonly timeMs: number;
  readonly beacon: TestBeacon;
  /** What happens to the state before anything else. */
  readonly change: (state: ChainState) => ChainState;
}

export function openBlock(before: ChainState, { timeMs, beacon, change }: Opening): Step {
  const { subnet } = before;
  const begun = { ...before, subnet: { ...subnet, block: subnet.block + 1, blockTimeMs: timeMs } };
  const { state, events } = revealDue(change(begun), beacon);
  return { state: withPulses(ranEpoch(state), timeMs), events };
}

/** The epoch that the block belongs to: one that falls due in it counts already. */
function epochWithLookahead(state: ChainState): number {
  return state.subnet.epochIndex + (isEpochDue(state) ? 1 : 0);
}

function isEpochDue({ subnet, pendingEpochAt, blocksSinceLastStep }: ChainState): boolean {
  const tempo = subnet.hyperparameters.tempoBlocks;
  if (tempo === 0) return false;
  if (pendingEpochAt > 0 && subnet.block >= pendingEpochAt) return true;
  if (blocksSinceLastStep > TEMPO_MAX_BLOCKS) return true;
  return subnet.block - subnet.lastEpochBlock >= tempo;
}

function revealDue(state: ChainState, beacon: TestBeacon): Step {
  const epoch = epochWithLookahead(state) - state.subnet.hyperparameters.revealPeriodEpochs;
  const kept = state.subnet.commits.filter(
    (commit) => commit.epoch > epoch || (commit.epoch === epoch && isWaiting(state, commit)),
  );
  const due = state.subnet.commits.filter(
    (commit) => commit.epoch === epoch && !isWaiting(state, commit),
  );
  if (kept.length === state.subnet.commits.length) return { state, events: [] };
  const hashes = new Set(kept.map(({ extrinsicHash }) => extrinsicHash));
  const sealed = new Map([...state.sealed].filter(([hash]) => hashes.has(hash)));
  const events: ChainEvent[] = [];
  let after: ChainState = { ...state, sealed, subnet: { ...state.subnet, commits: kept } };
  for (const commit of due) {
    const step = opened(after, { commit, sealedBy: state, beacon });
    after = step.state;
    events.push(...step.events);
  }
  return { state: after, events };
}

function isWaiting(state: ChainState, { extrinsicHash }: DevCommit): boolean {
  const round = state.sealed.get(extrinsicHash)?.revealRound ?? 0;
  return !hasPulse(state, round);
}

interface Unsealing {
  readonly commit: DevCommit;
  readonly sealedBy: ChainState;
  readonly beacon: TestBeacon;
}

/** Whatever is wrong with a commitment, the chain drops it without a word. */
function opened(state: ChainState, { commit, sealedBy, beacon }: Unsealing): Step {
  const unchanged = { state, events: [] };
  const sealed = sealedBy.sealed.get(commit.extrinsicHash);
  const payload = sealed && payloadOf(sealed.ciphertext, beacon.signature(sealed.revealRound));
  if (payload === undefined) return unchanged;
  const signer = decodeSs58(commit.signer) ?? new Uint8Array();
  if (payload.hotkey !== undefined && !Buffer.from(payload.hotkey).equals(signer)) return unchanged;
  const { extrinsicHash, signer: hotkey } = commit;
  const vector = {
    uids: Uint16Array.from(payload.uids),
    weights: Uint16Array.from(payload.values),
  };
  const versionKey = Number(payload.versionKey);
  const call = { kind: 'set', signer: hotkey, vector, versionKey, extrinsicHash } as const;
  const ruling = reveal(state.subnet, call);
  if (ruling.kind === 'refused') return unchanged;
  const index = netuidIndex(state.subnet);
  const { state: after, uid } = withNewWeights(state, ruling.subnet);
  return {
    state: after,
    events: [
      { pallet: 'SubtensorModule', name: 'WeightsSet', values: [index, uid] },
      { pallet: 'SubtensorModule', name: 'TimelockedWeightsRevealed', values: [index, hotkey] },
    ],
  };
}

function payloadOf(ciphertext: Uint8Array, signature: Uint8Array) {
  try {
    return decodePayload(decryptTimelocked(ciphertext, signature));
  } catch {
    return undefined;
  }
}

/** Keeps what the dev chain's rules stored, which hold one validator's weights only. */
export function withNewWeights(state: ChainState, subnet: ChainState['subnet']) {
  const stored = subnet.weights;
  if (stored === undefined) throw new Error('the rules stored no weights');
  const { validatorUid, uids, weights } = stored;
  const all = new Map(state.weights).set(validatorUid, { uids, weights });
  return { state: { ...withSubnet(state, subnet), weights: all }, uid: validatorUid };
}

function ranEpoch(state: ChainState): ChainState {
  const counted = { ...state, blocksSinceLastStep: state.blocksSinceLastStep + 1 };
  if (!isEpochDue(counted)) return counted;
  const { subnet } = state;
  return {
    ...state,
    pendingEpochAt: 0,
    blocksSinceLastStep: 0,
    subnet: { ...subnet, epochIndex: subnet.epochIndex + 1, lastEpochBlock: subnet.block },
  };
}

/** The chain's workers bring the new signatures as extrinsics: the next block is the first to use them. */
function withPulses(state: ChainState, timeMs: number): ChainState {
  return { ...state, drandRound: Math.max(state.drandRound, drandRoundAt(timeMs)) };
}
