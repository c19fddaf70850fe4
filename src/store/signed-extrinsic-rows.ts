/** What was signed for the chain as a row below its weight set, and back. */
import type { Commitment, SignedExtrinsic } from '../domain/weight-set.ts';
import { storedRow } from './stored-row.ts';
import { timeText } from './time-text.ts';
import { vectorOf } from './weights-json.ts';

/** All null without commit-reveal. */
interface CommitmentRow {
  readonly commit_ciphertext: Uint8Array | null;
  readonly commit_digest: string | null;
  readonly reveal_round: number | null;
  readonly reveal_block: number | null;
  readonly commit_version: number | null;
}

export interface SignedExtrinsicRow extends CommitmentRow {
  readonly weight_submission_id: number;
  readonly call: string;
  readonly weights_json: string;
  readonly is_clipped: number;
  readonly last_block: number;
  readonly signed_time: string;
}

/** The row that is joined to its weight set; all null when the set was not signed. */
export interface JoinedExtrinsicRow extends CommitmentRow {
  readonly block: number;
  readonly call: string | null;
  readonly signed_weights_json: string | null;
  readonly is_clipped: number | null;
  readonly last_block: number | null;
}

/** Sorted, as Knex sorts them. */
export const SIGNED_EXTRINSIC_COLUMNS = [
  'call',
  'commit_ciphertext',
  'commit_digest',
  'commit_version',
  'is_clipped',
  'last_block',
  'reveal_block',
  'reveal_round',
  'signed_time',
  'weight_submission_id',
  'weights_json',
] as const satisfies readonly (keyof SignedExtrinsicRow)[];

/** What a set is read with; `weights_json` has another name, because the set has a column of that name. */
export const JOINED_EXTRINSIC_COLUMNS = {
  call: 'x.call',
  signed_weights_json: 'x.weights_json',
  is_clipped: 'x.is_clipped',
  last_block: 'x.last_block',
  commit_ciphertext: 'x.commit_ciphertext',
  commit_digest: 'x.commit_digest',
  reveal_round: 'x.reveal_round',
  reveal_block: 'x.reveal_block',
  commit_version: 'x.commit_version',
} as const satisfies Record<Exclude<keyof JoinedExtrinsicRow, 'block'>, string>;

/** Where and when a set was signed. */
interface Signing {
  readonly submissionId: number;
  readonly signedAtMs: number;
}

/** @param weightsJson the extrinsic's vector as `vectorOf` reads it; a large one is not made in one go. */
export function signedExtrinsicRow(
  { call, isClipped, lastBlock, commitment }: SignedExtrinsic,
  weightsJson: string,
  { submissionId, signedAtMs }: Signing,
): SignedExtrinsicRow {
  return {
    weight_submission_id: submissionId,
    call,
    weights_json: weightsJson,
    is_clipped: Number(isClipped),
    last_block: lastBlock,
    commit_ciphertext: commitment?.ciphertext ?? null,
    commit_digest: commitment?.digest ?? null,
    reveal_round: commitment?.revealRound ?? null,
    reveal_block: commitment?.revealBlock ?? null,
    commit_version: commitment?.version ?? null,
    signed_time: timeText(signedAtMs),
  };
}

/** @throws AssayError `store_unusable` when the row is damaged. */
export function signedExtrinsicOf(row: JoinedExtrinsicRow): SignedExtrinsic | undefined {
  const { call } = row;
  if (call === null) return undefined;
  return storedRow({ table: 'signed_extrinsics', key: row.block }, () => ({
    call,
    vector: vectorOf(String(row.signed_weights_json)),
    isClipped: row.is_clipped === 1,
    lastBlock: integer('last_block', row.last_block),
    ...commitmentOf(row),
  }));
}

function commitmentOf(row: CommitmentRow): { commitment?: Commitment } {
  if (row.commit_digest === null) return {};
  return {
    commitment: {
      ciphertext: bytes(row.commit_ciphertext),
      digest: row.commit_digest,
      revealRound: integer('reveal_round', row.reveal_round),
      revealBlock: integer('reveal_block', row.reveal_block),
      version: integer('commit_version', row.commit_version),
    },
  };
}

/** A driver may give a view of memory that it uses again. */
function bytes(stored: unknown): Uint8Array {
  if (!(stored instanceof Uint8Array)) throw new Error('commit_ciphertext is no bytes');
  return Uint8Array.from(stored);
}

function integer(column: string, stored: unknown): number {
  if (!Number.isSafeInteger(stored)) throw new Error(`${column} is no integer`);
  return Number(stored);
}
