import { assert } from '../lib/assert.ts';

/**
 * One step of the exponential moving average, `α·s + (1−α)·previous`, or `s` when there is no previous score. Source:
 * R. G. Brown, "Exponential Smoothing for Predicting Demand" (1956), in the form that starts at the first observation.
 * From scores within [0, 1] the result is within [0, 1]: `α + (1−α)` never rounds above 1 and rounding is monotone.
 */
export function smoothedScore({
  previous,
  sample,
  alpha,
}: {
  readonly previous: number | undefined;
  readonly sample: number;
  readonly alpha: number;
}): number {
  const score = previous === undefined ? sample : alpha * sample + (1 - alpha) * previous;
  assert(score >= 0 && score <= 1, `a score is from 0 to 1, got ${score}`);
  return score;
}
