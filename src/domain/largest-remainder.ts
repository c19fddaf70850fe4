import { bigIntsOf, divideDown, fitsDoubles, type Parts, type Quotients } from './exact.ts';
import { selectLargest } from './select-largest.ts';

/**
 * Divides `units` between parts by largest remainder (Hamilton's method): each gets its exact share rounded down, and the
 * units left over go one each to the largest remainders, at equal remainders to the part that comes first. Every part ends
 * within one unit of its exact share, a larger basis never gets less, and the sum is `units`.
 *
 * @param units an integer from 0 to 2⁴⁸.
 * @param buffers one entry per part; their content is lost.
 * @returns the units of each part, in `buffers.weight`.
 */
export function divideUnits(
  units: number,
  parts: Parts,
  buffers: Quotients = newQuotients(parts.basis.length),
): Float64Array {
  const { weight, remainder } = buffers;
  if (!fitsDoubles(units, parts)) {
    weight.set(divideBigInts(units, parts));
    return weight;
  }
  const left = divideDown(units, parts, buffers);
  if (left > 0) addToLargest(weight, { keys: remainder, max: parts.sum }, left);
  return weight;
}

function newQuotients(length: number): Quotients {
  return { weight: new Float64Array(length), remainder: new Float64Array(length) };
}

/** What parts are ranked by; no key is above `max`. */
interface Ranking {
  readonly keys: Float64Array;
  readonly max: number;
}

/** Adds 1 to the `count` weights with the largest keys; at equal keys the first ones count as larger. */
export function addToLargest(weight: Float64Array, { keys, max }: Ranking, count: number): void {
  const { threshold, atThreshold } = selectLargest(keys, count, max);
  let ties = atThreshold;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as number;
    // Added without a branch: which remainders are large cannot be predicted.
    weight[index] = (weight[index] as number) + Number(key > threshold);
    if (key === threshold && ties > 0) {
      weight[index] = (weight[index] as number) + 1;
      ties -= 1;
    }
  }
}

function divideBigInts(units: number, parts: Parts): Float64Array {
  const basis = bigIntsOf(parts);
  const sum = basis.reduce((total, value) => total + value, 0n);
  const products = basis.map((value) => BigInt(units) * value);
  const weight = Float64Array.from(products, (product) => Number(product / sum));
  const left = weight.reduce((rest, value) => rest - value, units);
  const remainders = products.map((product, index) => ({ index, rest: product % sum }));
  remainders.sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  for (const { index } of remainders.slice(0, left)) weight[index] = (weight[index] as number) + 1;
  return weight;
}
