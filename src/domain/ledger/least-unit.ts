/**
 * Where the positive floor alone decides: a miner that is due less than one unit of its pool gets exactly one, provided
 * that the pool has a unit for each of its miners. A change that leaves both true leaves the weight as it is.
 *
 * With the `sum` resolution a pool has the same units whatever its miners have. With `max` the total follows the heaviest
 * UID, and the units of all pools follow the total. With C categories, rounding and the floor move that UID by less than
 * d = 3 C + 1 units, so that for its share `h` of a total `t` it holds that 65535 − d < t h < 65535 + d. A pool whose basis
 * grows by the factor `k` makes `h` smaller by that factor at most, and what the growing miner itself is due is too little
 * to count. Hence no total grows by more than `k r` or shrinks by more than `r = (65535 + d) / (65535 − d)`, and a pool is
 * always within one unit of its part of the total.
 */
import { WEIGHT_MAX } from '../allocation.ts';
import type { LedgerEntry, LedgerPair } from './ledger-entry.ts';
import type { KnownPairs, OtherMiners } from './outlook.ts';

/** More than doubles lose in these products. */
const MARGIN = 1e-9;

/** A miner of a decision that would have had more of one category; its score is above 0. */
interface GrownMiner extends Pick<KnownPairs, 'entry' | 'uid'> {
  /** The pair of that category as it was. */
  readonly before: LedgerPair;
  /** All its pairs then, as `pairsOf` gives them. */
  readonly own: readonly LedgerPair[];
  readonly others: readonly OtherMiners[];
}

/** What the miner then has of one pool. */
interface Part {
  readonly isGrown: boolean;
  /** Weight units of the pool in the decision. */
  readonly units: number;
  /** Included miners, and the sum of their basis, the miner with its own included. */
  readonly minerCount: number;
  readonly totalBasis: number;
  readonly basis: number;
}

/** How many units a pool then has at least and at most. */
interface UnitBounds {
  readonly least: number;
  readonly most: number;
}

/** Whether the weight certainly stays as it was, with one unit of the category; see the top of this file. */
export function staysAtOneUnit(miner: GrownMiner): boolean {
  const { entry, uid, before } = miner;
  if (!entry.policy.hasPositiveFloor) return false;
  const parts = partsOf(miner);
  const grown = parts.filter(({ isGrown }) => isGrown);
  if (entry.policy.resolution === 'sum') {
    return grown.every((part) => isOneUnit(part, { least: part.units, most: part.units }));
  }
  const factor = grown.reduce(
    (product, { totalBasis, basis }) =>
      (product * totalBasis) / (totalBasis - basis + before.basis),
    1,
  );
  const isTarget = entry.burn.uid === uid;
  return !isTarget && parts.every((part) => isOneUnit(part, unitsAfter(entry, part, factor)));
}

function partsOf({ entry, before, own, others }: GrownMiner): readonly Part[] {
  const { minMinersPerCategory } = entry.policy;
  return others
    .filter(({ rule }) => rule.shareMicroPercent > 0)
    .flatMap(({ rule, minerCount, totalBasis, weightPool }) =>
      own
        .filter(({ category, reason }) => category === rule.category && reason === undefined)
        .map(({ category, basis }) => ({
          isGrown: category === before.category,
          units: weightPool,
          minerCount: minerCount + 1,
          totalBasis: Number(totalBasis) + basis,
          basis,
        })),
    )
    .filter(({ minerCount }) => minerCount >= minMinersPerCategory);
}

function isOneUnit({ minerCount, totalBasis, basis }: Part, { least, most }: UnitBounds): boolean {
  return minerCount <= least && most * (basis / totalBasis) < 1 - MARGIN;
}

/** @param growth of the basis of the category in which the miner has more. */
function unitsAfter({ policy }: LedgerEntry, { units }: Part, growth: number): UnitBounds {
  const drift = 3 * policy.categories.length + 1;
  const ratio = (WEIGHT_MAX + drift) / (WEIGHT_MAX - drift);
  return { least: (units - 1) / ratio - 1, most: (units + 1) * growth * ratio + 1 };
}
