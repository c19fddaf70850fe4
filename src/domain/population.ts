/**
 * The input of one calculation as columns: plain typed arrays that cross to a worker thread without being cloned.
 * `miners` has one row per miner; `gpus` has one row per GPU group of its valid, unexpired executors.
 */
export interface Population {
  readonly miners: {
    readonly uid: Int32Array;
    /** `round(score × 10⁶)`, 0 to 1,000,000. */
    readonly scoreMicros: Int32Array;
    /** 0 when the miner takes part, otherwise the code of the reason that shuts it out (see `EXCLUSION_REASONS`). */
    readonly standing: Uint8Array;
    /** Index into the catalogue of the primary category. */
    readonly primaryCategory: Uint16Array;
  };
  readonly gpus: {
    /** Row in `miners`; rows of one miner need not be neighbours. */
    readonly miner: Int32Array;
    /** Number of the executor, unique within the population. */
    readonly executor: Int32Array;
    /** Index into the catalogue. */
    readonly category: Uint16Array;
    readonly count: Int32Array;
    readonly memoryMib: Int32Array;
  };
}

/**
 * Why a (miner, category) pair is left out, in the order in which the rules are asked; the position in this list plus one
 * is the code in a column, 0 means included.
 */
export const EXCLUSION_REASONS = [
  'NOT_REGISTERED',
  'HOTKEY_CHANGED',
  'AXON_INACTIVE',
  'STALE',
  'NO_VALID_GPU',
  'CATEGORY_NOT_REWARDED',
  'BELOW_MIN_GPU_COUNT',
  'BELOW_MIN_MEMORY',
  'BELOW_MIN_SCORE',
  'CATEGORY_BELOW_MIN_MINERS',
] as const;

/** Why a pair is left out. */
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** @throws Error when the value is none of them. */
export function exclusionReason(value: unknown): ExclusionReason {
  const reason = EXCLUSION_REASONS.find((known) => known === value);
  if (reason === undefined) throw new Error('the reason is not a known one');
  return reason;
}

/** The code of a reason in a column: 1 for the first. */
export function exclusionCode(reason: ExclusionReason): number {
  return EXCLUSION_REASONS.indexOf(reason) + 1;
}
