/** Vectors as JSON texts in a column, and back. */
import type { WeightVector } from '../domain/allocation.ts';
import { hotkey } from '../domain/ids.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { inBoundedSteps } from '../lib/bounded-steps.ts';

const COLUMN = 'weights_json';
/** 65,534 entries take about 10 ms in one go. */
const ENTRIES_PER_STEP = 8_192;

/** The vector of a decision: `[[uid,weight,hotkey], …]`. */
export function weightsOf(text: string): Pick<WeightSet, 'vector' | 'hotkeys'> {
  const entries = entriesOf(text);
  return {
    vector: vectorOfEntries(entries),
    hotkeys: entries.map(([, , holder], index) => hotkey(String(holder), `${COLUMN}[${index}]`)),
  };
}

/** A vector alone: `[[uid,weight], …]`. */
export function vectorOf(text: string): WeightVector {
  return vectorOfEntries(entriesOf(text));
}

/** The weight in the entry of a UID, `[uid,weight,…`, of which the text has the beginning; 0 without an entry. */
export function weightOfEntry(text: string | null): number {
  if (text === null) return 0;
  const [, weight] = /^\[\d+,(\d+),/.exec(text) ?? [];
  return uint16(weight === undefined ? undefined : Number(weight));
}

/** The text of a vector that `vectorOf` reads, made in bounded steps. */
export async function vectorJson({ uids, weights }: WeightVector): Promise<string> {
  const parts: string[] = [];
  const steps = { rows: uids.length, rowsPerStep: ENTRIES_PER_STEP };
  await inBoundedSteps(steps, ({ from, to }) => {
    const entries = Array.from(uids.subarray(from, to), (uid, at) => [uid, weights[from + at]]);
    parts.push(JSON.stringify(entries).slice(1, -1));
  });
  return `[${parts.join(',')}]`;
}

function entriesOf(text: string): readonly (readonly unknown[])[] {
  const entries: unknown = JSON.parse(text);
  if (!Array.isArray(entries)) throw new Error(`${COLUMN} is not a list`);
  return entries.map((entry: unknown) => (Array.isArray(entry) ? entry : []));
}

function vectorOfEntries(entries: readonly (readonly unknown[])[]): WeightVector {
  const uids = new Uint16Array(entries.length);
  const weights = new Uint16Array(entries.length);
  for (const [index, [uid, weight]] of entries.entries()) {
    uids[index] = uint16(uid);
    weights[index] = uint16(weight);
  }
  return { uids, weights };
}

function uint16(value: unknown): number {
  const isUint16 = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 65_535;
  if (!isUint16) throw new Error(`${COLUMN} has an entry of another form`);
  return Number(value);
}
