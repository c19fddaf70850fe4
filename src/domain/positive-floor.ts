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
  const { units, positive, missing, max } = countOf(weight, basis);
  if (missing === 0 || units === 0) return;
  if (units < positive) {
    weight.fill(0);
    addToLargest(weight, basis, units);
    return;
  }
  const { level, above, surplus } = levelOf(weight, { max, wanted: missing });
  const levelled = levelDown(weight, { basis, level, above });
  if (surplus > 0) giveBack(weight, levelled, surplus);
}

function countOf(weight: Float64Array, basis: Float64Array) {
  let [units, positive, missing, max] = [0, 0, 0, 0];
  for (let index = 0; index < weight.length; index += 1) {
    const value = weight[index] as number;
    units += value;
    if (value > max) max = value;
    const isPositive = Number((basis[index] as number) > 0);
    positive += isPositive;
    missing += isPositive & Number(value === 0);
  }
  return { units, positive, missing, max };
}

/** The highest level at which cutting the weights above it frees `wanted` units, and what it frees beyond them. */
function levelOf(weight: Float64Array, { max, wanted }: { max: number; wanted: number }) {
  const sizes = countByWeight(weight, max);
  let level = max;
  let above = 0;
  let freed = 0;
  while (freed < wanted) {
    above += sizes[level] as number;
    level -= 1;
    freed += above;
  }
  return { level, above, surplus: freed - wanted };
}

function countByWeight(weight: Float64Array, max: number): Int32Array {
  const sizes = new Int32Array(max + 1);
  for (let index = 0; index < weight.length; index += 1) {
    const value = weight[index] as number;
    sizes[value] = (sizes[value] as number) + 1;
  }
  return sizes;
}

interface Levelled {
  readonly rows: Int32Array;
  readonly basis: Float64Array;
}

/** Cuts the weights above the level down to it and lifts zeros to one; returns what was cut. */
function levelDown(
  weight: Float64Array,
  { basis, level, above }: { basis: Float64Array; level: number; above: number },
): Levelled {
  const levelled = { rows: new Int32Array(above), basis: new Float64Array(above) };
  let length = 0;
  for (let row = 0; row < weight.length; row += 1) {
    const value = weight[row] as number;
    const ownBasis = basis[row] as number;
    if (value > level) {
      weight[row] = level;
      levelled.rows[length] = row;
      levelled.basis[length] = ownBasis;
      length += 1;
    } else if (value === 0 && ownBasis > 0) {
      weight[row] = 1;
    }
  }
  return levelled;
}

function giveBack(weight: Float64Array, { rows, basis }: Levelled, units: number): void {
  const given = new Float64Array(rows.length);
  addToLargest(given, basis, units);
  rows.forEach((row, index) => {
    weight[row] = (weight[row] as number) + (given[index] as number);
  });
}
