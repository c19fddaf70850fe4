import type { EmissionConfig } from './emission.ts';

/** One field that differs between two emission configurations; empty text where the field is not there. */
interface EmissionFieldChange {
  /** Path as in `assay.toml`, for example `gpu_allocations.H100.weight`. */
  readonly field: string;
  readonly oldValue: string;
  readonly newValue: string;
}

/** An emission configuration in the spelling of `assay.toml`: plain values, allocations by rising key. */
interface EmissionDocument {
  readonly burn_percentage: number;
  readonly burn_target: number | 'owner';
  readonly weight_set_interval_blocks: number;
  readonly min_miners_per_category: number;
  readonly unallocated: EmissionConfig['unallocated'];
  readonly attribution: EmissionConfig['attribution'];
  readonly gpu_count: EmissionConfig['gpuCount'];
  readonly resolution: EmissionConfig['resolution'];
  readonly positive_floor: boolean;
  readonly gpu_allocations: Readonly<Record<string, AllocationDocument>>;
}

/** One category's part in the spelling of `assay.toml`. */
interface AllocationDocument {
  readonly weight: number;
  readonly min_gpu_count: number;
  readonly min_gpu_vram: number;
}

/** The same document for equal configurations, whatever the order of their allocations. */
export function emissionDocument(config: EmissionConfig): EmissionDocument {
  return {
    burn_percentage: config.burnPercentage,
    burn_target: config.burnTarget,
    weight_set_interval_blocks: config.weightSetIntervalBlocks,
    min_miners_per_category: config.minMinersPerCategory,
    unallocated: config.unallocated,
    attribution: config.attribution,
    gpu_count: config.gpuCount,
    resolution: config.resolution,
    positive_floor: config.hasPositiveFloor,
    gpu_allocations: Object.fromEntries(
      [...config.gpuAllocations]
        .sort(([a], [b]) => compareText(a, b))
        .map(([key, { weight, minGpuCount, minGpuVramGib }]) => [
          key,
          { weight, min_gpu_count: minGpuCount, min_gpu_vram: minGpuVramGib },
        ]),
    ),
  };
}

/** Text that is equal exactly when the configurations are: what their digest is taken of. One line of JSON. */
export function canonicalEmissionText(config: EmissionConfig): string {
  return JSON.stringify(emissionDocument(config));
}

/** What differs, by rising path; empty for equal configurations. */
export function emissionChanges(
  before: EmissionConfig,
  after: EmissionConfig,
): readonly EmissionFieldChange[] {
  const [oldFields, newFields] = [emissionFields(before), emissionFields(after)];
  return [...new Set([...oldFields.keys(), ...newFields.keys()])]
    .map((field) => ({
      field,
      oldValue: oldFields.get(field) ?? '',
      newValue: newFields.get(field) ?? '',
    }))
    .filter(({ oldValue, newValue }) => oldValue !== newValue)
    .sort((a, b) => compareText(a.field, b.field));
}

function emissionFields(config: EmissionConfig): ReadonlyMap<string, string> {
  const { gpu_allocations: allocations, ...plain } = emissionDocument(config);
  return new Map([
    ...Object.entries(plain).map(([field, value]) => [field, String(value)] as const),
    ...Object.entries(allocations).flatMap(([key, allocation]) =>
      Object.entries(allocation).map(
        ([field, value]) => [`gpu_allocations.${key}.${field}`, String(value)] as const,
      ),
    ),
  ]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
