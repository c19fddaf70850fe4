import type { CategoryKey } from './gpu/catalogue.ts';

/** One category's part of the non-burned total. */
export interface GpuAllocation {
  /** Percentage, more than 0 to 100, at most six decimals. */
  readonly weight: number;
  /** GPUs of the category that one executor needs; 0 or 1 means no limit. */
  readonly minGpuCount: number;
  /** GiB that one GPU needs; 0 or 1 means no limit, otherwise 90 % of it passes. */
  readonly minGpuVramGib: number;
}

/** How emission is divided (the plan's `EmissionConfig`). */
export interface EmissionConfig {
  /** Percentage of the total that is burned, 0 to 100, at most six decimals. */
  readonly burnPercentage: number;
  /** A fixed UID, or the UID of the subnet owner's hotkey, looked up at every set. */
  readonly burnTarget: number | 'owner';
  /** By category key; the weights sum to 100 within 0.01. */
  readonly gpuAllocations: ReadonlyMap<CategoryKey, GpuAllocation>;
  readonly weightSetIntervalBlocks: number;
  readonly minMinersPerCategory: number;
  readonly unallocated: 'burn' | 'redistribute';
  readonly attribution: 'all' | 'primary';
  readonly gpuCount: 'linear' | 'ignore';
  readonly resolution: 'max' | 'sum';
  readonly hasPositiveFloor: boolean;
}

/** Where an accepted configuration came from. */
export type EmissionConfigSource = 'default' | 'file' | 'api';

/** One accepted configuration. */
export interface EmissionConfigVersion {
  readonly config: EmissionConfig;
  /** Rises by one with each accepted change, from 1. */
  readonly version: number;
  /** SHA-256 of the canonical text, hexadecimal; what callers send back as `etag`. */
  readonly digest: string;
  readonly source: EmissionConfigSource;
  /** The version that this one brought back. */
  readonly restoredFrom?: number;
  readonly createdAtMs: number;
}
