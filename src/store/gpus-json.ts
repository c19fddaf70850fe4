/**
 * GPUs and their counts as JSON text and back. Checked by hand and remembered by text, because many
 * executors are read at once: machines without GPU identifiers mostly share one text.
 */
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { ExecutorGpus } from '../domain/profile.ts';

const REMEMBERED_MAX = 4_096;
const remembered = new Map<string, readonly ExecutorGpus[]>();

interface StoredGpus {
  readonly model: string;
  readonly category: CategoryKey;
  readonly count: number;
  readonly memory_mib: number;
  readonly uuids?: readonly string[];
}

export function gpusJson(gpus: readonly ExecutorGpus[]): string {
  return JSON.stringify(
    gpus.map(
      ({ model, category, count, memoryMib, uuids }): StoredGpus =>
        uuids.length === 0
          ? { model, category, count, memory_mib: memoryMib }
          : { model, category, count, memory_mib: memoryMib, uuids },
    ),
  );
}

/** @throws Error when the text is not what `gpusJson` gives. */
export function gpusOf(text: string): readonly ExecutorGpus[] {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const stored: unknown = JSON.parse(text);
  if (!Array.isArray(stored)) throw new Error('gpus_json is not a list');
  const gpus = stored.map(executorGpus);
  const isShared = gpus.every(({ uuids }) => uuids.length === 0);
  if (isShared && remembered.size < REMEMBERED_MAX) remembered.set(text, gpus);
  return gpus;
}

export function gpuCountsJson(counts: ReadonlyMap<CategoryKey, number>): string {
  return JSON.stringify(Object.fromEntries(counts));
}

/** @throws Error when the text is not what `gpuCountsJson` gives. */
export function gpuCountsOf(text: string): ReadonlyMap<CategoryKey, number> {
  const stored: unknown = JSON.parse(text);
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) {
    throw new Error('gpu_counts_json is not an object');
  }
  const counts = new Map<CategoryKey, number>();
  for (const [category, count] of Object.entries(stored)) {
    if (!isCount(count)) throw new Error(`gpu_counts_json.${category} is not a count`);
    counts.set(category as CategoryKey, count);
  }
  return counts;
}

function executorGpus(stored: unknown): ExecutorGpus {
  if (!isStoredGpus(stored)) throw new Error('gpus_json has an entry of another form');
  const { model, category, count, memory_mib: memoryMib, uuids = [] } = stored;
  return { model, category, count, memoryMib, uuids };
}

function isStoredGpus(value: unknown): value is StoredGpus {
  if (typeof value !== 'object' || value === null) return false;
  const { model, category, count, memory_mib, uuids } = value as Record<string, unknown>;
  return (
    typeof model === 'string' &&
    typeof category === 'string' &&
    isCount(count) &&
    isCount(memory_mib) &&
    (uuids === undefined || (Array.isArray(uuids) && uuids.every((id) => typeof id === 'string')))
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
