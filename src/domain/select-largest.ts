/** Where the largest keys end: every key above `threshold` belongs to them, and `atThreshold` of those equal to it. */
interface Cut {
  readonly threshold: number;
  readonly atThreshold: number;
}

const SORT_KEYS_MAX = 64;
const BUCKETS_MAX = 2_048;

/** The keys among which the cut is still sought, and how many of them belong to the largest. */
interface Search {
  readonly keys: Float64Array;
  readonly count: number;
}

/** Bounds of keys: none is below `min` or above `max`. */
interface Range {
  readonly min: number;
  readonly max: number;
}

/**
 * Finds the `count` largest keys (1 to all of them; finite, from 0 to `max`) in linear time. The keys are counted into
 * buckets of equal width, and the bucket in which the cut falls is looked at again by itself: each look narrows the range at
 * least 64 times, so that even keys of 53 bits need at most nine.
 */
export function selectLargest(keys: Float64Array, count: number, max: number): Cut {
  let search: Search = { keys, count };
  let range: Range = { min: 0, max };
  while (search.keys.length > SORT_KEYS_MAX) {
    if (range.min === range.max) return { threshold: range.min, atThreshold: search.count };
    search = narrowByBuckets(search, range);
    range = rangeOf(search.keys);
  }
  return cutOf(search.keys.slice().sort(), search.count);
}

function cutOf(sorted: Float64Array, count: number): Cut {
  const threshold = sorted[sorted.length - count] as number;
  const firstAbove = sorted.lastIndexOf(threshold) + 1;
  return { threshold, atThreshold: count - (sorted.length - firstAbove) };
}

function rangeOf(keys: Float64Array): Range {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as number;
    if (key < min) min = key;
    if (key > max) max = key;
  }
  return { min, max };
}

function narrowByBuckets({ keys, count }: Search, range: Range): Search {
  const sizes = bucketSizes(keys, range);
  let wanted = count;
  let bucket = sizes.length - 1;
  while (wanted > (sizes[bucket] as number)) {
    wanted -= sizes[bucket] as number;
    bucket -= 1;
  }
  const found = new Float64Array(sizes[bucket] as number);
  takeBucket(keys, range, { bucket, found });
  return { keys: found, count: wanted };
}

// The same expressions in both functions put a key into the same bucket; the last one is for what equals the maximum.
function bucketSizes(keys: Float64Array, { min, max }: Range): Int32Array {
  const last = Math.min(keys.length, BUCKETS_MAX);
  const factor = last / (max - min);
  const sizes = new Int32Array(last + 1);
  for (let index = 0; index < keys.length; index += 1) {
    const bucket = (((keys[index] as number) - min) * factor) | 0;
    sizes[bucket] = (sizes[bucket] as number) + 1;
  }
  return sizes;
}

function takeBucket(
  keys: Float64Array,
  { min, max }: Range,
  { bucket, found }: { readonly bucket: number; readonly found: Float64Array },
): void {
  const factor = Math.min(keys.length, BUCKETS_MAX) / (max - min);
  let length = 0;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as number;
    if ((((key - min) * factor) | 0) !== bucket) continue;
    found[length] = key;
    length += 1;
  }
}
