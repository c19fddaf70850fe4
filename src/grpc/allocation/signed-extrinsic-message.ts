import type { Commitment, SignedExtrinsic } from '../../domain/weight-set.ts';
import { present } from '../../lib/assert.ts';
import type { Commitment as CommitmentMessage } from '../generated/assay/v1/Commitment.ts';
import type { SignedExtrinsic as SignedExtrinsicMessage } from '../generated/assay/v1/SignedExtrinsic.ts';
import type { Weight } from '../generated/assay/v1/Weight.ts';

/** With more of them the message could exceed the 4 MiB that clients take by default; allocation.proto names the number. */
const SIGNED_WEIGHTS_MAX = 32_768;

/** With the vector and the ciphertext, unless they are too large for a message. */
export function toSignedExtrinsicMessage(extrinsic: SignedExtrinsic): SignedExtrinsicMessage {
  const { vector, commitment } = extrinsic;
  const summary = toSignedExtrinsicSummary(extrinsic);
  if (vector.uids.length > SIGNED_WEIGHTS_MAX) return summary;
  return {
    ...summary,
    weights: weights(extrinsic),
    ...(commitment === undefined
      ? {}
      : { commitment: { ...toCommitmentMessage(commitment), ciphertext: commitment.ciphertext } }),
  };
}

/** Without the vector and the ciphertext. */
export function toSignedExtrinsicSummary(extrinsic: SignedExtrinsic): SignedExtrinsicMessage {
  const { call, isClipped, lastBlock, commitment } = extrinsic;
  return {
    call,
    clipped: isClipped,
    last_block: lastBlock,
    ...(commitment === undefined ? {} : { commitment: toCommitmentMessage(commitment) }),
  };
}

function weights({ vector }: SignedExtrinsic): Weight[] {
  return Array.from(vector.uids, (uid, index) => ({
    uid,
    weight: present(vector.weights[index], 'one weight per UID'),
  }));
}

function toCommitmentMessage(commitment: Commitment): CommitmentMessage {
  const { digest, revealRound, revealBlock, version } = commitment;
  return { digest, reveal_round: revealRound, reveal_block: revealBlock, version };
}
