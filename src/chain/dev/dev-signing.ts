/**
 * What the simulation signs. Its commitments are not encrypted: what stands for the ciphertext is the vector in clear
 * text, so that the rest of the service meets the same facts as on the real chain and nobody needs drand to try it.
 */
import type { SignedFacts } from '../../actors/ports.ts';
import type { Commitment } from '../../domain/weight-set.ts';
import { hashOf, nextEpochBlock } from './dev-block.ts';
import type { WeightCall } from './dev-rules.ts';
import type { DevSubnet } from './dev-subnet.ts';

/** What a commitment is made of, whether it is about to be sent or waits on chain. */
type Committed = Pick<WeightCall, 'extrinsicHash' | 'signer' | 'vector' | 'versionKey'>;

/** The commit-reveal version of the real chain whose calls and states the simulation follows. */
export const DEV_COMMIT_REVEAL_VERSION = 4;

/** What is known of a call when it is signed at the newest block of `subnet`. */
export function signedFacts(call: WeightCall, subnet: DevSubnet, eraBlocks: number): SignedFacts {
  const facts = { call: callName(call, subnet), lastBlock: subnet.block + eraBlocks };
  return call.kind === 'set' ? facts : { ...facts, commitment: commitmentOf(call, subnet) };
}

/** A commitment that waits is asked for its digest at every head, and a vector may have 65,536 entries. */
const digests = new WeakMap<Committed, string>();

/** BLAKE2b-256 of what stands for the ciphertext; the hash of the extrinsic in it tells equal weights apart. */
export function digestOf(committed: Committed): string {
  const known = digests.get(committed);
  if (known !== undefined) return known;
  const digest = hashOf(clearText(committed));
  digests.set(committed, digest);
  return digest;
}

function commitmentOf(call: WeightCall, subnet: DevSubnet): Commitment {
  const revealBlock = expectedRevealBlock(subnet);
  return {
    ciphertext: new TextEncoder().encode(clearText(call)),
    digest: digestOf(call),
    // Without drand there are no rounds; the block that opens it stands for its round.
    revealRound: revealBlock,
    revealBlock,
    version: DEV_COMMIT_REVEAL_VERSION,
  };
}

function clearText({ extrinsicHash, signer, vector, versionKey }: Committed): string {
  const { uids, weights } = vector;
  return JSON.stringify({
    extrinsicHash,
    signer,
    uids: [...uids],
    weights: [...weights],
    versionKey,
  });
}

/** The epoch that opens it, when the next block takes it; a subnet without epochs never does. */
function expectedRevealBlock(subnet: DevSubnet): number {
  const { tempoBlocks, revealPeriodEpochs } = subnet.hyperparameters;
  const next = nextEpochBlock(subnet);
  const isTakenInNextEpoch = next === subnet.block + 1;
  return next + (isTakenInNextEpoch ? revealPeriodEpochs : revealPeriodEpochs - 1) * tempoBlocks;
}

function callName({ kind }: WeightCall, { mecid }: DevSubnet): string {
  const part = mecid === 0 ? 'weights' : 'mechanism_weights';
  return kind === 'set' ? `set_${part}` : `commit_timelocked_${part}`;
}
