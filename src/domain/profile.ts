import type { CategoryKey } from './gpu/catalogue.ts';
import type { Registration } from './metagraph.ts';

/** GPUs of one category and memory size in one machine. */
export interface ExecutorGpus {
  /** The name as the driver reported it. */
  readonly model: string;
  readonly category: CategoryKey;
  readonly count: number;
  readonly memoryMib: number;
  readonly uuids: readonly string[];
}

/** The newest verification of one machine. */
export interface ExecutorProfile {
  readonly executorId: string;
  readonly isValid: boolean;
  readonly isAttestationValid: boolean;
  readonly hardwareScore: number;
  readonly networkBandwidthMbps?: number;
  readonly verifiedAtMs: number;
  readonly gpus: readonly ExecutorGpus[];
}

/** What Assay knows of one miner (the plan's `MinerGpuProfile`). Immutable: applying a report makes a new one. */
export interface Profile {
  readonly miner: Registration;
  /** Rises by one with each stored change, and goes on where a deleted profile of the UID ended; 0 is one never stored. */
  readonly revision: number;
  /** By executor identifier. */
  readonly executors: ReadonlyMap<string, ExecutorProfile>;
  /** The category with most valid GPUs; while there is none, the one before; `OTHER` before the first. */
  readonly primaryCategory: CategoryKey;
  /** Valid GPUs by category, at `updatedAtMs`. */
  readonly gpuCounts: ReadonlyMap<CategoryKey, number>;
  /** The smoothed score, 0 to 1. */
  readonly score: number;
  /** Reports applied. */
  readonly verificationCount: number;
  /** `observedAtMs` of the newest applied report; older reports are stale. */
  readonly lastObservedAtMs: number;
  readonly updatedAtMs: number;
}

/** What all profiles come to (the plan's `GpuProfileStatistics`). */
export interface ProfileStatistics {
  readonly profileCount: number;
  /** Profiles by primary category, and the mean of their scores; the categories in the order of the catalogue. */
  readonly byCategory: ReadonlyMap<
    CategoryKey,
    { readonly profileCount: number; readonly averageScore: number }
  >;
  /** When a profile changed last; undefined without profiles. */
  readonly updatedAtMs: number | undefined;
}

/** What smoothing and expiry follow. */
export interface ProfilePolicy {
  /** α of the exponential moving average, more than 0 to 1. */
  readonly emaAlpha: number;
  /** Whether the score starts again when the primary category changes. */
  readonly onModelChange: 'reset' | 'keep';
  readonly executorTtlMs: number;
}
