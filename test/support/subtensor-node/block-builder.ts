/** Builds a block on its parent: the step, the inherent, then the extrinsics that the pool offers. */
import { compactToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { type ChainEvent, type Opening, openBlock } from './block-step.ts';
import { type Block, sealed } from './block-tree.ts';
import type { ChainState } from './chain-state.ts';
import type { SubtensorRuntime } from './runtime.ts';
import type { SignedExtrinsic } from './signed-extrinsic.ts';
import type { PooledExtrinsic } from './transaction-pool.ts';
import { dispatchCall, poolCode } from './weight-calls.ts';

export interface BlockPlan extends Opening {
  readonly salt: string;
  readonly offered: readonly PooledExtrinsic[];
  readonly nextRuntime: SubtensorRuntime;
}

export interface BuiltBlock {
  readonly block: Block;
  /** Extrinsics in the block, and whether their call was carried out. */
  readonly taken: readonly { readonly extrinsic: SignedExtrinsic; readonly isAccepted: boolean }[];
  /** Extrinsics that can be in no later block either. */
  readonly invalid: readonly SignedExtrinsic[];
}

const DISPATCH = { weight: { refTime: 1_000, proofSize: 0 }, class: 'Normal', paysFee: 'No' };

export function buildBlock(parent: Block, plan: BlockPlan): BuiltBlock {
  const runtime = parent.nextRuntime;
  const opened = openBlock(parent.state, plan);
  const records = opened.events.map((event) => runtime.eventRecord(event, undefined));
  records.push(runtime.eventRecord(success(), 0));
  const extrinsics = [runtime.timestampExtrinsic(plan.timeMs)];
  const taken: BuiltBlock['taken'][number][] = [];
  const invalid: SignedExtrinsic[] = [];
  let { state } = opened;
  for (const { extrinsic, runtime: signedFor } of plan.offered) {
    const fate = signedFor === runtime ? fateOf(state, extrinsic) : 'invalid';
    if (fate === 'invalid') invalid.push(extrinsic);
    if (fate !== 'taken') continue;
    const { events, ...applied } = apply(state, extrinsic, runtime);
    state = applied.state;
    for (const event of events) records.push(runtime.eventRecord(event, extrinsics.length));
    extrinsics.push(extrinsic.bytes);
    taken.push({ extrinsic, isAccepted: applied.isAccepted });
  }
  const number = parent.number + 1;
  const block = {
    number,
    ...sealed({ number, parentHash: parent.hash, extrinsics }, plan.salt),
    extrinsics,
    events: u8aToHex(u8aConcat(compactToU8a(records.length), ...records)),
    state,
    runtime,
    nextRuntime: plan.nextRuntime,
  };
  return { block, taken, invalid };
}

/** The block before all others. */
export function genesisBlock(state: ChainState, runtime: SubtensorRuntime): Block {
  const contents = { number: 0, parentHash: `0x${'00'.repeat(32)}`, extrinsics: [] };
  const salt = `${state.subnet.seed}/${state.subnet.netuid}`;
  return {
    number: 0,
    ...sealed(contents, salt),
    extrinsics: [],
    events: '0x00',
    state,
    runtime,
    nextRuntime: runtime,
  };
}

function fateOf(state: ChainState, extrinsic: SignedExtrinsic): 'taken' | 'waits' | 'invalid' {
  const { signer, nonce, lastBlock, call } = extrinsic;
  const wanted = state.nonces.get(signer) ?? 0;
  if (nonce < wanted) return 'invalid';
  if (lastBlock !== undefined && state.subnet.block > lastBlock) return 'invalid';
  if (nonce > wanted) return 'waits';
  return call !== undefined && poolCode(state, call) !== undefined ? 'invalid' : 'taken';
}

function apply(
  state: ChainState,
  { signer, nonce, call }: SignedExtrinsic,
  runtime: SubtensorRuntime,
) {
  const nonces = new Map(state.nonces).set(signer, nonce + 1);
  const counted = { ...state, nonces };
  if (call === undefined) return { state: counted, events: [success()], isAccepted: true };
  const result = dispatchCall(counted, call);
  if (result.kind === 'refused') {
    const events = [failed(runtime.moduleError(result.reason))];
    return { state: counted, events, isAccepted: false };
  }
  return { state: result.state, events: [...result.events, success()], isAccepted: true };
}

function success(): ChainEvent {
  return { pallet: 'System', name: 'ExtrinsicSuccess', values: [DISPATCH] };
}

function failed(error: unknown): ChainEvent {
  return { pallet: 'System', name: 'ExtrinsicFailed', values: [error, DISPATCH] };
}
