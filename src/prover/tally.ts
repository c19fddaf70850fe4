/** How many reports had which outcome. */
export interface Tally {
  readonly applied: number;
  readonly duplicate: number;
  readonly stale: number;
  readonly refused: number;
}

export type TallyField = keyof Tally;

const EMPTY_TALLY: Tally = { applied: 0, duplicate: 0, stale: 0, refused: 0 };

export function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, tally) => ({
      applied: sum.applied + tally.applied,
      duplicate: sum.duplicate + tally.duplicate,
      stale: sum.stale + tally.stale,
      refused: sum.refused + tally.refused,
    }),
    EMPTY_TALLY,
  );
}

export function tallyOf(outcomes: readonly TallyField[]): Tally {
  const counted = { ...EMPTY_TALLY };
  for (const outcome of outcomes) counted[outcome] += 1;
  return counted;
}
