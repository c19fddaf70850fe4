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

/**
 * Finds the `count` largest keys (1 to all of them; finite, not negative) in linear time. The keys are counted into buckets
 * of equal width, and the bucket in which the cut falls is looked at again by itself: each look narrows the range at least
 * 64 times, so that even keys of 53 bits need at most nine.
 */
export function selectLargest(keys: Float64Array, count: number): Cut {
  let search: Search = { keys, count };
  while (search.keys.length > SORT_KEYS_MAX) {
    const range = rangeOf(search.keys);
    if (range.min === range.max) return { threshold: range.min, atThreshold: search.count };
    search = narrowByBuckets(search, range);
  }
  return cutOf(search.keys.slice().sort(), search.count);
}

function narrowByBuckets({ keys, count }: Search, range: { min: number; max: number }): Search {
  const scale = bucketScale(range, keys.length);
  const sizes = bucketSizes(keys, range.min, scale);
  let wanted = count;
  let bucket = sizes.length - 1;
  while (wanted > (sizes[bucket] as number)) {
    wanted -= sizes[bucket] as number;
    bucket -= 1;
  }
  const size = sizes[bucket] as number;
  return { keys: bucketOf(keys, { ...scale, min: range.min, bucket, size }), count: wanted };
}

interface Scale {
  readonly factor: number;
  readonly last: number;
}

function cutOf(sorted: Float64Array, count: number): Cut {
  const threshold = sorted[sorted.length - count] as number;
  const firstAbove = sorted.lastIndexOf(threshold) + 1;
  return { threshold, atThreshold: count - (sorted.length - firstAbove) };
}

function rangeOf(keys: Float64Array): { min: number; max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as number;
    if (key < min) min = key;
    if (key > max) max = key;
  }
  return { min, max };
}

function bucketScale({ min, max }: { min: number; max: number }, keyCount: number): Scale {
  const last = Math.min(keyCount, BUCKETS_MAX) - 1;
  return { factor: last / (max - min), last };
}

// Rounding may lift the largest key past the last bucket, hence the minimum; the same expression in both functions puts a
// key into the same bucket.
function bucketSizes(keys: Float64Array, min: number, { factor, last }: Scale): Int32Array {
  const sizes = new Int32Array(last + 1);
  for (let index = 0; index < keys.length; index += 1) {
    const bucket = Math.min(((keys[index] as number) - min) * factor, last) | 0;
    sizes[bucket] = (sizes[bucket] as number) + 1;
  }
  return sizes;
}

function bucketOf(
  keys: Float64Array,
  wanted: Scale & { readonly min: number; readonly bucket: number; readonly size: number },
): Float64Array {
  const { factor, last, min, bucket } = wanted;
  const found = new Float64Array(wanted.size);
  let length = 0;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as number;
    if ((Math.min((key - min) * factor, last) | 0) !== bucket) continue;
    found[length] = key;
    length += 1;
  }
  return found;
}
