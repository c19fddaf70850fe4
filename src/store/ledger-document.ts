/**
 * One weight set as a JSON document that stands for itself (docs/ledger.md): what the archive keeps and `assay weights
 * export` writes. The head comes on lines of its own, then one line per miner, pair and weight, so that documents can be
 * read and compared with line tools; the line of the entry holds the very text that its digest is of.
 */
import * as z from 'zod';
import { AssayError } from '../domain/errors.ts';
import { canonicalJson } from '../domain/ledger/canonical-json.ts';
import { entryDocument, type LedgerContent } from '../domain/ledger/ledger-entry.ts';
import { minerLine } from '../domain/ledger/miner-line.ts';
import { pairLine, weightLine } from '../domain/ledger/pair-lines.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { WEIGHT_SET_STATES } from '../domain/weight-set-state.ts';
import { errorText } from '../lib/error-text.ts';
import { printable } from '../lib/printable.ts';
import {
  checkedExtrinsic,
  type DocumentExtrinsic,
  EXTRINSIC,
  linesWithExtrinsic,
} from './ledger-document-extrinsic.ts';
import { minerRows, pairRows, weightRows } from './ledger-document-rows.ts';
import { digest, entryOfDocument, parsed } from './ledger-entry-schema.ts';
import { timeText } from './time-text.ts';

const DOCUMENT_FORMAT = 'assay.ledger/1';

/** The largest document that is read: 65,536 miners with about 50 groups of GPUs each. */
export const DOCUMENT_BYTES_MAX = 128 * 1_024 * 1_024;

/** A part of a document ends at the first line behind so many characters. */
const PART_CHARACTERS = 65_536;

/** A real document has five levels. */
const DEPTH_MAX = 8;
/** A real document has many more bytes to each bracket that opens; what is small does no harm. */
const BYTES_PER_BRACKET_MIN = 8;
const COUNTED_BYTES_MIN = 65_536;

/** What became of a set, as far as it is known; the digest does not cover it. */
export type SubmissionOutcome = Pick<
  WeightSet,
  'state' | 'updatedAtMs' | 'extrinsicHash' | 'extrinsic' | 'failure'
>;

/** What a document says. */
export interface LedgerDocument extends LedgerContent {
  readonly submission: StoredOutcome & { readonly extrinsic?: DocumentExtrinsic };
}

type StoredOutcome = Omit<z.infer<typeof SUBMISSION>, 'extrinsic'>;

const nullableText = z.string('is a text or null').nullable();
const SUBMISSION = z.strictObject({
  state: z.enum(WEIGHT_SET_STATES, `is one of ${WEIGHT_SET_STATES.join(', ')}`),
  updated_time: z.iso.datetime('is a time in RFC 3339, UTC'),
  extrinsic_hash: nullableText,
  failure_reason: nullableText,
  failure_message: nullableText,
  failure_action: z
    .enum(['retry_now', 'retry_at_block', 'stop'], 'is an action or null')
    .nullable(),
  failure_retry_block: z.int('is a block or null').min(0, 'is a block or null').nullable(),
  // Without it the set was never signed, or the document is from before such things were kept.
  extrinsic: EXTRINSIC.optional(),
});
const HEAD = z.strictObject({
  format: z.literal(DOCUMENT_FORMAT, `is "${DOCUMENT_FORMAT}"`),
  digest,
  entry: z.unknown(),
  miners: z.unknown(),
  pairs: z.unknown(),
  weights: z.unknown(),
  submission: SUBMISSION,
});

/** The document of a set; the same content and outcome always give the same bytes. */
export function documentText(content: LedgerContent, submission: SubmissionOutcome): string {
  return [...documentParts(content, submission)].join('');
}

/** The same in parts of bounded size, each made when it is asked for; they can be gone through again. */
export function documentParts(
  content: LedgerContent,
  submission: SubmissionOutcome,
): Iterable<string> {
  return { [Symbol.iterator]: () => parts(documentLines(content, submission)) };
}

/**
 * What a document says, whoever wrote it; whether that is true is for `replay` to find out. Line breaks and spaces between
 * the parts are free.
 *
 * @throws AssayError `invalid_argument` with the path, value and rule of each problem.
 */
export function documentOf(text: string): LedgerDocument {
  refuseHostileForm(text);
  const document = parsedJson(text);
  const head = parsed(HEAD, document, '');
  const entry = entryOfDocument(head.entry, 'entry');
  const { extrinsic, ...submission } = head.submission;
  const order = new Map<unknown, number>(entry.catalogue.map((key, index) => [key, index]));
  const content = {
    sealed: { entry, text: canonicalJson(entryDocument(entry)), digest: head.digest },
    miners: minerRows(head.miners, order),
    pairs: pairRows(head.pairs, order),
    weights: weightRows(head.weights),
    submission: { ...submission, ...checkedExtrinsic(extrinsic) },
  };
  refuseOtherSpelling(text, document);
  return content;
}

function* parts(lines: Iterable<string>): Generator<string, undefined> {
  let part = '';
  for (const line of lines) {
    part += `${line}\n`;
    if (part.length < PART_CHARACTERS) continue;
    yield part;
    part = '';
  }
  yield part;
}

function* documentLines(content: LedgerContent, submission: SubmissionOutcome) {
  const { sealed, miners, pairs, weights } = content;
  yield '{';
  yield `"format":${JSON.stringify(DOCUMENT_FORMAT)},`;
  yield `"digest":${JSON.stringify(sealed.digest)},`;
  yield `"entry":${sealed.text},`;
  yield* listLines('miners', miners, minerLine);
  yield* listLines('pairs', pairs, pairLine);
  yield* listLines('weights', weights, weightLine);
  yield* submissionLines(submission);
  yield '}';
}

function* submissionLines({ extrinsic, ...outcome }: SubmissionOutcome) {
  const submission = storedOutcome(outcome);
  if (extrinsic === undefined) yield `"submission":${JSON.stringify(submission)}`;
  else yield* linesWithExtrinsic('submission', submission, extrinsic);
}

function* listLines<Row>(name: string, rows: readonly Row[], lineOf: (row: Row) => string) {
  yield `"${name}":[`;
  const last = rows.length - 1;
  for (const [index, row] of rows.entries()) {
    yield index === last ? lineOf(row) : `${lineOf(row)},`;
  }
  yield '],';
}

function storedOutcome(outcome: SubmissionOutcome): StoredOutcome {
  const { state, updatedAtMs, extrinsicHash, failure } = outcome;
  return {
    state,
    updated_time: timeText(updatedAtMs),
    extrinsic_hash: extrinsicHash ?? null,
    failure_reason: failure?.reason ?? null,
    failure_message: failure?.message ?? null,
    failure_action: failure?.action.kind ?? null,
    failure_retry_block: failure?.action.kind === 'retry_at_block' ? failure.action.block : null,
  };
}

/** Refuses what would take far more memory than its text once it is parsed. */
function refuseHostileForm(text: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > DOCUMENT_BYTES_MAX) {
    throw refused(`${bytes} bytes`, `has at most ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const { depth, brackets } = bracketsIn(text);
  if (depth > DEPTH_MAX) throw refused(`${depth} levels`, `has at most ${DEPTH_MAX} levels`);
  if (bytes > COUNTED_BYTES_MIN && brackets * BYTES_PER_BRACKET_MIN > bytes) {
    throw refused(
      `${brackets} lists and objects in ${bytes} bytes`,
      `has at least ${BYTES_PER_BRACKET_MIN} bytes for each list and object`,
    );
  }
}

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const OPENING: readonly number[] = ['[', '{'].map((bracket) => bracket.charCodeAt(0));
const CLOSING: readonly number[] = [']', '}'].map((bracket) => bracket.charCodeAt(0));

/** The brackets that open outside of texts, and how deep they stand; ends early at a depth that is refused. */
function bracketsIn(text: string): { readonly depth: number; readonly brackets: number } {
  let [depth, deepest, brackets] = [0, 0, 0];
  let isText = false;
  for (let at = 0; at < text.length && deepest <= DEPTH_MAX; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isText = !isText;
    else if (isText) at += Number(code === BACKSLASH);
    else if (code === OPENING[0] || code === OPENING[1]) {
      depth += 1;
      brackets += 1;
      deepest = Math.max(deepest, depth);
    } else if (code === CLOSING[0] || code === CLOSING[1]) depth -= 1;
  }
  return { depth: deepest, brackets };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError('invalid_argument', `the document is no JSON: ${shownError(cause)}`, {
      cause,
    });
  }
}

/** Keys that are written twice and unusual spellings would let another reader see another document. */
function refuseOtherSpelling(text: string, document: unknown): void {
  if (text.replace(/\s+/g, '') === JSON.stringify(document).replace(/\s+/g, '')) return;
  throw refused(
    'its text',
    'names no key twice and spells numbers and texts as JSON.stringify does',
  );
}

function refused(value: string, rule: string): AssayError {
  return AssayError.invalid({ field: 'the document', value, rule });
}

function shownError(error: unknown): string {
  return printable(errorText(error));
}
