import { partsOf } from './exact.ts';
import { addToLargest } from './largest-remainder.ts';

/**
 * Lifts every part with a positive basis to at least one unit, in place, and takes the units from the largest weights,
 * which are levelled down to a common height. A larger basis never gets less than a smaller one; at equal basis the first
 * part never gets less than a later one. When there are fewer units than parts with a positive basis, the largest get one
 * each, at equal basis the first. The sum stays the same.
 *
 * @param weight integers that rise with the basis, as `divideUnits` gives them; at most 2²⁴.
 */
export function liftToOne(weight: Float64Array, basis: Float64Array): void {
  const { zeros, missing, max } = countMissing(weight, basis);
  if (missing === 0 || max === 0) return;
  // Where less is missing than the largest weight has, that one alone could pay for all, and nothing need be added up.
  if (missing >= max) {
    const units = weight.reduce((sum, value) => sum + value, 0);
    if (units < weight.length - zeros + missing) {
      weight.fill(0);
      addToLargest(weight, { keys: basis, max: partsOf(basis).max }, units);
      return;
    }
  }
  // Each step down frees a unit at least, so that no weight further below the largest is levelled.
  const lowest = Math.max(0, max - missing);
  const highest = liftZeros(weight, basis, lowest);
  const { rows, surplus } = levelDown(weight, highest, { max, lowest, wanted: missing });
  if (surplus > 0) giveBack(weight, basis, { rows, surplus });
}

/** Counts the weights of zero and those of them that lack a unit, and finds the largest weight. */
function countMissing(weight: Float64Array, basis: Float64Array) {
  let zeros = 0;
  let missing = 0;
  let max = 0;
  for (let row = 0; row < weight.length; row += 1) {
    const value = weight[row] as number;
    if (value > max) max = value;
    else if (value === 0) {
      zeros += 1;
      missing += Number((basis[row] as number) > 0);
    }
  }
  return { zeros, missing, max };
}

/** Lifts zeros to one; returns the rows of the weights above `lowest`. */
function liftZeros(weight: Float64Array, basis: Float64Array, lowest: number): number[] {
  const highest: number[] = [];
  for (let row = 0; row < weight.length; row += 1) {
    const value = weight[row] as number;
    if (value > lowest) highest.push(row);
    else if (value === 0 && (basis[row] as number) > 0) weight[row] = 1;
  }
  return highest;
}

interface Levelled {
  /** What was cut. */
  readonly rows: readonly number[];
  /** Units that were freed beyond those wanted. */
  readonly surplus: number;
}

/** Cuts weights down to the highest level at which that frees the `wanted` units. */
function levelDown(
  weight: Float64Array,
  highest: readonly number[],
  { max, lowest, wanted }: { max: number; lowest: number; wanted: number },
): Levelled {
  const sizes = new Int32Array(max - lowest + 1);
  for (const row of highest) {
    const height = (weight[row] as number) - lowest;
    sizes[height] = (sizes[height] as number) + 1;
  }
  let level = max;
  let above = 0;
  let freed = 0;
  while (freed < wanted) {
    above += sizes[level - lowest] as number;
    level -= 1;
    freed += above;
  }
  const rows = highest.filter((row) => (weight[row] as number) > level);
  for (const row of rows) weight[row] = level;
  return { rows, surplus: freed - wanted };
}

function giveBack(weight: Float64Array, basis: Float64Array, { rows, surplus }: Levelled): void {
  const own = partsOf(Float64Array.from(rows, (row) => basis[row] as number));
  const given = new Float64Array(rows.length);
  addToLargest(given, { keys: own.basis, max: own.max }, surplus);
  rows.forEach((row, index) => {
    weight[row] = (weight[row] as number) + (given[index] as number);
  });
}
