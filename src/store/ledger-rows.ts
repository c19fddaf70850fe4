/** Rows of the ledger as entries and facts; a damaged one names its table and key. */
import type { MinerUid } from '../domain/ids.ts';
import type { LedgerEntry, LedgerWeight, SealedEntry } from '../domain/ledger/ledger-entry.ts';
import { holderOfLine, minerOfLine } from '../domain/ledger/miner-line.ts';
import type { MinerFacts } from '../domain/miner-facts.ts';
import { present } from '../lib/assert.ts';
import { unpackLines } from '../lib/packed-lines.ts';
import { entryOfDocument } from './ledger-entry-schema.ts';
import { storedRow } from './stored-row.ts';
import { weightsOf } from './weights-json.ts';

export interface EntryRow {
  readonly block: number;
  readonly entry_json: string;
  readonly digest: string;
}

export interface InputRow {
  readonly emission_metrics_id: number;
  readonly first_uid: number;
  readonly lines: Uint8Array;
}

/** @throws AssayError `store_unusable` when the text is not that of an entry. */
export function sealedOf({ block, entry_json: text, digest }: EntryRow): SealedEntry {
  const entry = storedRow({ table: 'ledger_entries', key: block }, () => entryOfText(text));
  return { entry, text, digest };
}

/** The facts of all miners of a chunk. @throws AssayError `store_unusable`. */
export function minersOf(row: InputRow): readonly MinerFacts[] {
  return storedInput(row, () => unpackLines(row.lines).map(minerOfLine));
}

/** The hotkeys of all miners of a chunk; the rest of their lines is not parsed. @throws AssayError `store_unusable`. */
export function hotkeysOf(row: InputRow): readonly Pick<MinerFacts, 'uid' | 'hotkey'>[] {
  return storedInput(row, () => unpackLines(row.lines).map(holderOfLine));
}

/** The facts of one miner of a chunk; the lines of the others are not parsed. @throws AssayError `store_unusable`. */
export function minerOf(row: InputRow, uid: MinerUid): MinerFacts | undefined {
  return storedInput(row, () => {
    const line = unpackLines(row.lines).find((each) => each.startsWith(`[${uid},`));
    return line === undefined ? undefined : minerOfLine(line);
  });
}

/** @throws AssayError `store_unusable`. */
export function ledgerWeightsOf(row: { readonly block: number; readonly weights_json: string }) {
  return storedRow({ table: 'weight_submissions', key: row.block }, (): readonly LedgerWeight[] => {
    const { vector, hotkeys } = weightsOf(row.weights_json);
    return hotkeys.map((hotkey, index) => ({
      uid: present(vector.uids[index], 'a weight has a UID'),
      weight: present(vector.weights[index], 'a UID has a weight'),
      hotkey,
    }));
  });
}

function entryOfText(text: string): LedgerEntry {
  return entryOfDocument(JSON.parse(text), 'entry_json');
}

function storedInput<T>(row: InputRow, read: () => T): T {
  return storedRow(
    { table: 'ledger_inputs', key: `${row.emission_metrics_id}/${row.first_uid}` },
    read,
  );
}
