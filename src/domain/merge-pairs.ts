import type { ScoredPairs } from './allocation.ts';
import { emptyPairs } from './score-pairs.ts';

/**
 * Puts the pairs of several parts of a population together, by category index, then UID: the same as scoring it whole,
 * when each miner is in one part.
 */
export function mergePairs(parts: readonly ScoredPairs[]): ScoredPairs {
  const [first = emptyPairs(0), ...rest] = parts;
  return rest.reduce(mergeTwo, first);
}

function mergeTwo(a: ScoredPairs, b: ScoredPairs): ScoredPairs {
  const merged = emptyPairs(a.uid.length + b.uid.length);
  let atA = 0;
  let atB = 0;
  while (atA < a.uid.length || atB < b.uid.length) {
    const endA = runBefore({ pairs: a, start: atA }, b, atB);
    copyRun(merged, atA + atB, { pairs: a, start: atA, end: endA });
    atA = endA;
    const endB = runBefore({ pairs: b, start: atB }, a, atA);
    copyRun(merged, atA + atB, { pairs: b, start: atB, end: endB });
    atB = endB;
  }
  return merged;
}

/**
 * Where the run of pairs from `start` ends that come before pair `other` of `others`. It is sought in growing steps: shards
 * of an ordered population have few and long runs.
 */
function runBefore(
  { pairs, start }: { readonly pairs: ScoredPairs; readonly start: number },
  others: ScoredPairs,
  other: number,
): number {
  const length = pairs.uid.length;
  if (other >= others.uid.length) return length;
  const category = others.category[other] as number;
  const uid = others.uid[other] as number;
  const isBefore = (row: number) => {
    const step = (pairs.category[row] as number) - category;
    return step < 0 || (step === 0 && (pairs.uid[row] as number) < uid);
  };
  let low = start;
  let stride = 1;
  while (low + stride <= length && isBefore(low + stride - 1)) {
    low += stride;
    stride *= 2;
  }
  let high = Math.min(low + stride - 1, length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyRun(
  target: ScoredPairs,
  offset: number,
  { pairs, start, end }: { pairs: ScoredPairs; start: number; end: number },
): void {
  target.uid.set(pairs.uid.subarray(start, end), offset);
  target.category.set(pairs.category.subarray(start, end), offset);
  target.reason.set(pairs.reason.subarray(start, end), offset);
  target.gpuCount.set(pairs.gpuCount.subarray(start, end), offset);
  target.scoreMicros.set(pairs.scoreMicros.subarray(start, end), offset);
  target.basis.set(pairs.basis.subarray(start, end), offset);
}
