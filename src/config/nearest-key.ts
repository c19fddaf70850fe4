import { editDistance } from '../domain/gpu/edit-distance.ts';

/** Longer keys are nobody's typing errors and would cost quadratic time. */
const LETTERS_MAX = 200;

/**
 * The candidate that is written most alike, or undefined when none is alike enough to be meant: a third of the last
 * part's letters may differ, or the last parts of both paths are equal (`netuid` for `chain.netuid`).
 */
export function nearestKey(written: string, candidates: readonly string[]): string | undefined {
  if (written.length > LETTERS_MAX) return undefined;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(written, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const distanceMax = Math.max(1, Math.floor(lastPart(written).length / 3));
  if (best !== undefined && best.distance <= distanceMax) return best.candidate;
  return ranked.find(({ candidate }) => lastPart(candidate) === lastPart(written))?.candidate;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
