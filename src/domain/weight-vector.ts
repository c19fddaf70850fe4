import { assert } from '../lib/assert.ts';
import type { WeightVector } from './allocation.ts';
import { MINER_UID_MAX } from './ids.ts';

/**
 * The chain's form of a table of weights by UID, without its zeros.
 *
 * @throws AssertionError when a UID or a weight does not fit 16 bits, or a weight is no integer.
 */
export function weightVectorOf(weightByUid: Float64Array): WeightVector {
  const count = countEntries(weightByUid);
  const uids = new Uint16Array(count);
  const weights = new Uint16Array(count);
  let length = 0;
  for (let uid = 0; uid < weightByUid.length; uid += 1) {
    const weight = weightByUid[uid] as number;
    if (weight === 0) continue;
    // Constant texts: one made for each entry would cost more than the whole division.
    assert(uid <= MINER_UID_MAX, 'every UID fits 16 bits');
    weights[length] = weight;
    assert(weights[length] === weight, 'every weight fits 16 bits');
    uids[length] = uid;
    length += 1;
  }
  return { uids, weights };
}

/** Counts what is not zero; an entry that no weight may be is counted too, so that it is found. */
function countEntries(weightByUid: Float64Array): number {
  let count = 0;
  for (let uid = 0; uid < weightByUid.length; uid += 1) count += Number(weightByUid[uid] !== 0);
  return count;
}
