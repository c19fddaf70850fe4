/** What was signed for the chain as the end of a ledger document (docs/ledger.md), and back. No digest covers it. */
import * as z from 'zod';
import { MINER_UID_MAX } from '../domain/ids.ts';
import type { SignedExtrinsic } from '../domain/weight-set.ts';
import { rowsOf, whole } from './ledger-document-rows.ts';
import { integer, text } from './ledger-entry-schema.ts';

type SignedWeight = readonly [uid: number, weight: number];

/** Four times what 65,536 weights take. */
const CIPHERTEXT_BYTES_MAX = 1_048_576;
const WHOLE_BYTES = /^0x[0-9a-f]*$/;

const count = integer(0, Number.MAX_SAFE_INTEGER);
const ciphertextRule = `is 0x and two lower-case hexadecimal digits per byte, at most ${CIPHERTEXT_BYTES_MAX} bytes`;
const COMMITMENT = z.strictObject({
  ciphertext: z.string(ciphertextRule).refine(isCiphertext, ciphertextRule),
  digest: text(/^0x[0-9a-f]{64}$/, 'is 0x and 64 lower-case hexadecimal digits'),
  reveal_round: count,
  reveal_block: count,
  version: count,
});

/** Everything but the weights, which are read row by row: a problem for each of many would not fit into memory. */
export const EXTRINSIC = z.strictObject({
  call: text(/^[\x21-\x7e]{1,128}$/, 'is 1 to 128 printable characters'),
  clipped: z.boolean('is true or false'),
  last_block: count,
  commitment: COMMITMENT.nullable(),
  weights: z.unknown(),
});

type StoredExtrinsic = z.infer<typeof EXTRINSIC>;

/** What a document says that was signed. */
export interface DocumentExtrinsic extends StoredExtrinsic {
  readonly weights: readonly SignedWeight[];
}

/** The lines of a named object whose last field is the extrinsic: a line for each weight. */
export function* linesWithExtrinsic(name: string, object: object, extrinsic: SignedExtrinsic) {
  const { call, isClipped, lastBlock, commitment, vector } = extrinsic;
  const head = {
    call,
    clipped: isClipped,
    last_block: lastBlock,
    commitment: commitment === undefined ? null : storedCommitment(commitment),
  } satisfies Omit<StoredExtrinsic, 'weights'>;
  const opened = JSON.stringify({ ...object, extrinsic: head }).slice(0, -'}}'.length);
  yield `"${name}":${opened},"weights":[`;
  const last = vector.uids.length - 1;
  for (const [index, uid] of vector.uids.entries()) {
    yield `[${uid},${vector.weights[index]}]${index === last ? '' : ','}`;
  }
  yield ']}}';
}

/** @throws AssayError `invalid_argument`. */
export function checkedExtrinsic(extrinsic: StoredExtrinsic | undefined): {
  extrinsic?: DocumentExtrinsic;
} {
  if (extrinsic === undefined) return {};
  const weights = rowsOf(extrinsic.weights, {
    field: 'submission.extrinsic.weights',
    read: signedWeight,
    rank: ([uid]) => uid,
  });
  return { extrinsic: { ...extrinsic, weights } };
}

function signedWeight([uid, weight, ...more]: readonly unknown[]): SignedWeight {
  if (more.length > 0) throw new Error('has a UID and a weight only');
  return [whole(uid, MINER_UID_MAX, 'UID'), whole(weight, 65_535, 'weight')];
}

function storedCommitment(commitment: NonNullable<SignedExtrinsic['commitment']>) {
  return {
    ciphertext: `0x${Buffer.from(commitment.ciphertext).toString('hex')}`,
    digest: commitment.digest,
    reveal_round: commitment.revealRound,
    reveal_block: commitment.revealBlock,
    version: commitment.version,
  } satisfies StoredExtrinsic['commitment'];
}

function isCiphertext(value: string): boolean {
  const isShort = value.length <= '0x'.length + 2 * CIPHERTEXT_BYTES_MAX;
  return isShort && value.length % 2 === 0 && WHOLE_BYTES.test(value);
}
