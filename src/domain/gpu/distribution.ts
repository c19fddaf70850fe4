import type { ExecutorGpus, ExecutorProfile } from '../profile.ts';
import { type CategoryKey, categoryIndex, OTHER } from './catalogue.ts';

/** What decides whether the GPUs of a machine count. */
export type JudgedExecutor = Pick<
  ExecutorProfile,
  'executorId' | 'isValid' | 'isAttestationValid' | 'verifiedAtMs' | 'gpus'
>;

/** GPUs of one group that count. */
export interface CountedGpus {
  /** Number of the machine within the miner, from 0. */
  readonly executorIndex: number;
  readonly group: ExecutorGpus;
  /** At least 1. */
  readonly count: number;
}

/**
 * The GPUs of one miner that count. Only machines that were valid with a valid
 * attestation count. A GPU, known by its uuid, counts once: the machine that was verified last keeps it, the lower
 * `executorId` when both were verified at one time. GPUs without identifiers cannot be told apart and all count.
 */
export function countedGpus(executors: Iterable<JudgedExecutor>): readonly CountedGpus[] {
  const counted: CountedGpus[] = [];
  const claimed = new Set<string>();
  for (const [executorIndex, executor] of newestFirst(executors).entries()) {
    for (const group of executor.gpus) {
      const count = group.count - claim(group.uuids, claimed);
      if (count > 0) counted.push({ executorIndex, group, count });
    }
  }
  return counted;
}

/** Counted GPUs by category, without zeros. */
export function countByCategory(counted: readonly CountedGpus[]): ReadonlyMap<CategoryKey, number> {
  const counts = new Map<CategoryKey, number>();
  for (const { group, count } of counted) {
    counts.set(group.category, (counts.get(group.category) ?? 0) + count);
  }
  return counts;
}

/** Counted GPUs of one miner by category, in the order of the catalogue (the plan's `calculate_gpu_distribution`). */
export function gpuCounts(executors: readonly ExecutorProfile[]): ReadonlyMap<CategoryKey, number> {
  const counts = simpleCounts(executors) ?? countByCategory(countedGpus(executors));
  if (counts.size <= 1) return counts;
  return new Map([...counts].sort(([a], [b]) => categoryIndex(a) - categoryIndex(b)));
}

/** The same without asking which machine was verified last; undefined when two of them claim one GPU. */
function simpleCounts(
  executors: readonly ExecutorProfile[],
): ReadonlyMap<CategoryKey, number> | undefined {
  const counts = new Map<CategoryKey, number>();
  let claimed: Set<string> | undefined;
  for (const { isValid, isAttestationValid, gpus } of executors) {
    if (!isValid || !isAttestationValid) continue;
    for (const { category, count, uuids } of gpus) {
      if (uuids.length > 0) {
        claimed ??= new Set();
        if (claim(uuids, claimed) > 0) return undefined;
      }
      if (count > 0) counts.set(category, (counts.get(category) ?? 0) + count);
    }
  }
  return counts;
}

/**
 * The category with most GPUs (the plan's `determine_primary_gpu_model`); of equals the one that comes first in the
 * catalogue; `OTHER` without any GPU.
 */
export function primaryCategory(counts: ReadonlyMap<CategoryKey, number>): CategoryKey {
  let primary = OTHER;
  let most = 0;
  for (const [category, count] of counts) {
    const isFirstOfEqual =
      count === most && most > 0 && categoryIndex(category) < categoryIndex(primary);
    if (count <= most && !isFirstOfEqual) continue;
    primary = category;
    most = count;
  }
  return primary;
}

function newestFirst(executors: Iterable<JudgedExecutor>): JudgedExecutor[] {
  return Array.from(executors)
    .filter(({ isValid, isAttestationValid }) => isValid && isAttestationValid)
    .sort((a, b) => b.verifiedAtMs - a.verifiedAtMs || (a.executorId < b.executorId ? -1 : 1));
}

/** Claims the uuids and says how many of them were claimed before. */
function claim(uuids: readonly string[], claimed: Set<string>): number {
  const before = claimed.size;
  for (const uuid of uuids) claimed.add(uuid);
  return uuids.length - (claimed.size - before);
}
