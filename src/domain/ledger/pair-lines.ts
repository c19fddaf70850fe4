/** Pairs and weights as lines of the ledger; their digests are taken of these lines, each with its line break. */
import { assert, present } from '../../lib/assert.ts';
import { NO_CATEGORY, type PairColumns } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import { type MinerUid, minerUid } from '../ids.ts';
import { EXCLUSION_REASONS, exclusionReason } from '../population.ts';
import type { LedgerPair, LedgerWeight } from './ledger-entry.ts';
import { list, parsedJson, whole, word } from './line-values.ts';

/** `[uid,category,reason,gpu_count,score_micros,basis,weight]`; `category` and `reason` are `null` where there is none. */
export function pairLine(pair: LedgerPair): string {
  const { uid, category = null, reason = null, gpuCount, scoreMicros, basis, weight } = pair;
  return `[${uid},${quoted(category)},${quoted(reason)},${gpuCount},${scoreMicros},${basis},${weight}]`;
}

/**
 * The pair of a line.
 *
 * @throws Error when the line is not one that `pairLine` writes, to the byte.
 */
export function pairOfLine(line: string): LedgerPair {
  const [uid, category, reason, gpuCount, scoreMicros, basis, weight] = list(
    parsedJson(line),
    'a pair',
  );
  const pair = {
    uid: minerUid(whole(uid, 'the UID')),
    category: category === null ? undefined : (word(category, 'the category') as CategoryKey),
    reason: reason === null ? undefined : exclusionReason(reason),
    gpuCount: whole(gpuCount, 'the number of GPUs'),
    scoreMicros: whole(scoreMicros, 'the score'),
    basis: whole(basis, 'the basis'),
    weight: whole(weight, 'the weight'),
  };
  if (pairLine(pair) !== line) throw new Error('the line has more than a pair or another form');
  return pair;
}

/** `[uid,weight,hotkey]`. */
export function weightLine({ uid, weight, hotkey }: LedgerWeight): string {
  return `[${uid},${weight},"${hotkey}"]`;
}

/** Put together by hand, because a weight set writes thousands; the names of categories and reasons need no escaping. */
function quoted(name: string | null): string {
  return name === null ? 'null' : `"${name}"`;
}

/**
 * The pair at a row of the columns, with the categories' names.
 *
 * @throws AssertionError when the catalogue lacks the category or a reason has no name.
 */
export function pairAt(
  columns: PairColumns,
  row: number,
  catalogue: readonly CategoryKey[],
): LedgerPair {
  const index = columns.category[row] as number;
  const code = columns.reason[row] as number;
  return {
    uid: columns.uid[row] as MinerUid,
    category:
      index === NO_CATEGORY
        ? undefined
        : present(catalogue[index], 'every category is in the catalogue'),
    reason:
      code === 0 ? undefined : present(EXCLUSION_REASONS[code - 1], 'every reason has a name'),
    gpuCount: columns.gpuCount[row] as number,
    scoreMicros: columns.scoreMicros[row] as number,
    basis: columns.basis[row] as number,
    weight: columns.weight[row] as number,
  };
}

/**
 * The lines of neighbouring rows in one text, each with its line break: `pairLine` of `pairAt` without an object for each,
 * because a weight set of many miners has more than a hundred thousand.
 *
 * @param rows the first one, and the one after the last.
 * @throws AssertionError as `pairAt`.
 */
export function pairLinesText(
  { uid, category, reason, gpuCount, scoreMicros, basis, weight }: PairColumns,
  rows: { readonly from: number; readonly to: number },
  catalogue: readonly CategoryKey[],
): string {
  const categories = catalogue.map(quoted);
  const reasons = [quoted(null), ...EXCLUSION_REASONS.map(quoted)];
  let text = '';
  for (let row = rows.from; row < rows.to; row += 1) {
    const index = category[row] as number;
    const name = index === NO_CATEGORY ? quoted(null) : categories[index];
    const why = reasons[reason[row] as number];
    assert(name !== undefined, 'every category is in the catalogue');
    assert(why !== undefined, 'every reason has a name');
    text += `[${uid[row]},${name},${why},${gpuCount[row]},${scoreMicros[row]},${basis[row]},${weight[row]}]\n`;
  }
  return text;
}
