/** Pairs and weights as lines of the ledger; their digests are taken of these lines, each with its line break. */
import { present } from '../../lib/assert.ts';
import { NO_CATEGORY, type PairColumns } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import type { MinerUid } from '../ids.ts';
import { EXCLUSION_REASONS } from '../population.ts';
import type { LedgerPair, LedgerWeight } from './ledger-entry.ts';

/** `[uid,category,reason,gpu_count,score_micros,basis,weight]`; `category` and `reason` are `null` where there is none. */
export function pairLine(pair: LedgerPair): string {
  const { uid, category = null, reason = null, gpuCount, scoreMicros, basis, weight } = pair;
  return JSON.stringify([uid, category, reason, gpuCount, scoreMicros, basis, weight]);
}

/** `[uid,weight,hotkey]`. */
export function weightLine({ uid, weight, hotkey }: LedgerWeight): string {
  return JSON.stringify([uid, weight, hotkey]);
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
