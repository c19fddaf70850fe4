/**
 * Exact integer shares `units × basis / sum` in doubles. The product does not fit a double, so its quotient is estimated
 * and corrected by its exact remainder. That remainder is known twice: as a double whose error stays below 2³¹, and modulo
 * 2³² from 32-bit products. Together they give every bit of it, as long as `sum < 2⁵¹` and `units × basis < 2⁸²`: two
 * roundings of half a unit in the last place of a number under 2⁸² are 2²⁹ at most, and the quotient, under 2⁵⁰, is off by
 * one at most. Beyond these bounds BigInt does the same.
 */

/** Parts that divide units between them in proportion to their basis. */
export interface Parts {
  /** Non-negative integers. Rounded when `exact` is given, which then counts. */
  readonly basis: Float64Array;
  /** Sum of the basis, more than 0; rounded when it exceeds 2⁵³. */
  readonly sum: number;
  /** Largest basis. */
  readonly max: number;
  /** The basis of parts that doubles cannot hold. */
  readonly exact?: readonly bigint[];
}

/** `units × basis / sum` rounded down, and whether nothing was lost by it. */
export interface Share {
  readonly floor: number;
  readonly isWhole: boolean;
}

/** What `divideDown` fills, one entry per part. */
export interface Quotients {
  readonly weight: Float64Array;
  /** `units × basis − weight × sum`, from 0 to `sum − 1`. */
  readonly remainder: Float64Array;
}

const SUM_MAX = 2 ** 51;
const PRODUCT_MAX = 2 ** 82;

/** Gives parts their sum and largest basis. */
export function partsOf(basis: Float64Array): Parts {
  let sum = 0;
  let max = 0;
  for (let index = 0; index < basis.length; index += 1) {
    const value = basis[index] as number;
    sum += value;
    if (value > max) max = value;
  }
  return { basis, sum, max };
}

/** Parts with a basis of any size, reduced by what they have in common. At least one is positive. */
export function partsOfBigInts(values: readonly bigint[]): Parts {
  const divisor = values.reduce(greatestCommonDivisor, 0n);
  const exact = values.map((value) => value / divisor);
  const parts = partsOf(Float64Array.from(exact, Number));
  return parts.sum < SUM_MAX ? parts : { ...parts, exact };
}

/** The sum of the basis, exact at any size. */
export function exactSum(parts: Parts): bigint {
  if (parts.exact === undefined && parts.sum < Number.MAX_SAFE_INTEGER) return BigInt(parts.sum);
  return bigIntsOf(parts).reduce((sum, value) => sum + value, 0n);
}

/** The basis as BigInts. */
export function bigIntsOf(parts: Parts): readonly bigint[] {
  return parts.exact ?? Array.from(parts.basis, BigInt);
}

/** Whether `units` can be divided between the parts in doubles. */
export function fitsDoubles(units: number, parts: Parts): boolean {
  return parts.sum < SUM_MAX && units * parts.max < PRODUCT_MAX;
}

/** The exact share of one part in `units`. */
export function shareOf(units: number, parts: Parts, index: number): Share {
  if (!fitsDoubles(units, parts)) return shareOfBigInt(units, parts, index);
  const basis = parts.basis[index] as number;
  const quotient = Math.floor(basis * (units / parts.sum));
  const near = units * basis - quotient * parts.sum;
  const low = Math.imul(units | 0, basis | 0) - Math.imul(quotient | 0, parts.sum | 0);
  const rest = exactRest(near, low);
  if (rest < 0) return { floor: quotient - 1, isWhole: rest === -parts.sum };
  if (rest >= parts.sum) return { floor: quotient + 1, isWhole: rest === parts.sum };
  return { floor: quotient, isWhole: rest === 0 };
}

/**
 * Gives every part its share rounded down.
 *
 * @returns the units that are left over, fewer than the parts with a remainder. Only for what `fitsDoubles`.
 */
export function divideDown(units: number, parts: Parts, { weight, remainder }: Quotients): number {
  const { basis, sum } = parts;
  const ratio = units / sum;
  const unitsLow = units | 0;
  const sumLow = sum | 0;
  // From zero, not down from `units`: V8 keeps a number that begins as an argument as an object, a new one for each part.
  let given = 0;
  for (let index = 0; index < basis.length; index += 1) {
    const value = basis[index] as number;
    let quotient = Math.floor(value * ratio);
    const near = units * value - quotient * sum;
    const low = Math.imul(unitsLow, value | 0) - Math.imul(quotient | 0, sumLow);
    let rest = exactRest(near, low);
    if (rest < 0) {
      quotient -= 1;
      rest += sum;
    } else if (rest >= sum) {
      quotient += 1;
      rest -= sum;
    }
    weight[index] = quotient;
    remainder[index] = rest;
    given += quotient;
  }
  return units - given;
}

/** The integer that equals `low` modulo 2³² and lies within 2³¹ of `near`. */
function exactRest(near: number, low: number): number {
  return near + ((low - (near | 0)) | 0);
}

function shareOfBigInt(units: number, parts: Parts, index: number): Share {
  const sum = exactSum(parts);
  const basis = parts.exact?.[index] ?? BigInt(parts.basis[index] as number);
  const product = BigInt(units) * basis;
  return { floor: Number(product / sum), isWhole: product % sum === 0n };
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
