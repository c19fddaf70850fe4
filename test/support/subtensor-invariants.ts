import type { WeightVector } from '../../src/domain/allocation.ts';
import { sameWeights } from '../../src/domain/read-back.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { isOver } from '../../src/domain/weight-set-state.ts';
import type { TakenWeights } from './subtensor-node/node-chain.ts';
import type { StubNode } from './subtensor-node/stub-node.ts';

/** What a block had stored for our validator. */
export interface Snapshot {
  readonly number: number;
  readonly hash: string;
  readonly weights: WeightVector | undefined;
}

/** A run that has come to its end. */
export interface EndedRun {
  readonly node: StubNode;
  readonly sets: readonly WeightSet[];
  readonly rateLimitBlocks: number;
  /** Of every block that was ever the best one. */
  readonly snapshots: readonly Snapshot[];
}

/** What the chain and the ledger must never show together; each line is one case where they do. */
export function brokenInvariants(run: EndedRun): readonly string[] {
  const { node } = run;
  const onChain = node.takenWeights.filter(({ block, blockHash }) =>
    node.isOnBestLine({ number: block, hash: blockHash }),
  );
  const history = run.snapshots.filter((snapshot) => node.isOnBestLine(snapshot));
  return [
    ...sentTwice(node),
    ...notRecorded(run),
    ...takenTwice(onChain),
    ...tooClose(onChain, run.rateLimitBlocks),
    ...leftOpen(run),
    ...run.sets.flatMap((set) => misjudged(set, { onChain, history, sets: run.sets })),
  ];
}

/** Nothing is submitted a second time, whatever became of the first. */
function sentTwice({ submissions }: StubNode): readonly string[] {
  return repeated(submissions).map((bytes) => `${bytes.slice(0, 40)} was submitted twice`);
}

/** What the pool has seen was in the ledger before. */
function notRecorded({ node, sets }: EndedRun): readonly string[] {
  const recorded = new Set(sets.map(({ extrinsicHash }) => extrinsicHash));
  return node.pooledWeights
    .filter((hash) => !recorded.has(hash))
    .map((hash) => `${hash} was sent and not recorded`);
}

/** A decision has one signature, so a signature that is in the chain once is a decision that is in the chain once. */
function takenTwice(onChain: readonly TakenWeights[]): readonly string[] {
  return repeated(onChain.map(({ extrinsicHash }) => extrinsicHash)).map(
    (hash) => `${hash} is in the chain twice`,
  );
}

/** The chain would refuse it too: that it had to is the mistake. */
function tooClose(onChain: readonly TakenWeights[], rateLimitBlocks: number): readonly string[] {
  const accepted = onChain.filter(({ isAccepted }) => isAccepted);
  return onChain.flatMap(({ block, extrinsicHash }) => {
    const before = accepted.filter((other) => other.block < block).at(-1);
    const isTooClose = before !== undefined && block - before.block < rateLimitBlocks;
    const isSame = accepted.some(
      (other) => other.block === block && other.extrinsicHash !== extrinsicHash,
    );
    return isTooClose || isSame
      ? [`${extrinsicHash} at block ${block} is within the rate limit of block ${before?.block}`]
      : [];
  });
}

function leftOpen({ sets }: EndedRun): readonly string[] {
  return sets
    .filter(({ state }) => !isOver(state))
    .map(({ block, state }) => `the set of block ${block} is still ${state}`);
}

interface Truth {
  readonly onChain: readonly TakenWeights[];
  readonly history: readonly Snapshot[];
  readonly sets: readonly WeightSet[];
}

/**
 * `verified` is exactly what the chain did store; otherwise the chain did not, or not for long. Where two sets have the
 * same weights nobody can tell whose the chain has stored.
 */
function misjudged(set: WeightSet, truth: Truth): readonly string[] {
  const what = `the set of block ${set.block}`;
  const hasTwin = truth.sets.some((other) => other !== set && hasSameWeights(other, set));
  const storedAt = hasTwin ? seenAtBlock(set, truth.history) : storedAtBlock(set, truth);
  if (set.state === 'verified' && storedAt === undefined) {
    return [`${what} is verified, and the chain never stored it`];
  }
  const isDenied = (set.state === 'failed' || set.state === 'lost') && storedAt !== undefined;
  if (!isDenied || hasTwin || set.failure?.reason === 'SUPERSEDED') return [];
  return [`${what} is ${set.state} (${set.failure?.reason}), and block ${storedAt} stored it`];
}

function hasSameWeights(one: WeightSet, other: WeightSet): boolean {
  const [a, b] = [one.extrinsic?.vector, other.extrinsic?.vector];
  return a !== undefined && b !== undefined && textOf(a) === textOf(b);
}

function textOf({ uids, weights }: WeightVector): string {
  return `${uids.join()} ${weights.join()}`;
}

/** The first block after its transaction took effect that has its weights. */
function storedAtBlock(
  set: WeightSet,
  { onChain, history }: Pick<Truth, 'onChain' | 'history'>,
): number | undefined {
  const taken = onChain.find((each) => each.extrinsicHash === set.extrinsicHash && each.isAccepted);
  if (taken === undefined) return undefined;
  const { block, call } = taken;
  const after = history.filter(({ number }) =>
    call.kind === 'set' ? number === block : number > block,
  );
  return seenAtBlock(set, after);
}

/** The first block after the decision that has its weights. */
function seenAtBlock(
  { block, extrinsic }: WeightSet,
  history: readonly Snapshot[],
): number | undefined {
  return history.find(
    ({ number, weights }) =>
      number > block &&
      extrinsic !== undefined &&
      weights !== undefined &&
      sameWeights(extrinsic.vector, weights),
  )?.number;
}

function repeated(values: readonly string[]): readonly string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
