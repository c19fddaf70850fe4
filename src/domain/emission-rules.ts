import type { EmissionConfig, GpuAllocation } from './emission.ts';
import { AssayError, type Violation, violation } from './errors.ts';
import { type CategoryKey, nearestCategory, OTHER, parseCategoryKey } from './gpu/catalogue.ts';
import { MINER_UID_MAX } from './ids.ts';

/** 10⁻⁶ percent in one percent. */
export const MICROS_PER_PERCENT = 1_000_000;

/** The whole in 10⁻⁶ percent. */
export const MICRO_PERCENT_MAX = 100 * MICROS_PER_PERCENT;

/** Limits of an emission configuration; block numbers on the chain are 32 bits wide. */
const EMISSION_LIMITS = {
  sumToleranceMicroPercent: 10_000,
  intervalBlocksMax: 4_294_967_295,
  minMinersMax: MINER_UID_MAX + 1,
  minGpuCountMax: 2_048,
  minGpuVramGibMax: 4_096,
} as const;

const BURN_RULE = 'is a percentage from 0 to 100 with at most six decimals';
const SHARE_RULE = 'is a percentage more than 0 to 100 with at most six decimals';
const CATEGORY_CHARACTERS_MAX = 64;

const DEFAULT_SHARES: readonly (readonly [string, number])[] = [
  ['H200', 30],
  ['H100', 30],
  ['A100', 20],
  ['RTX4090', 12],
  ['RTX3090', 8],
];

/** What holds when nothing is configured (design.md §6): nothing is burned on purpose, five categories are paid. */
export function defaultEmissionConfig(): EmissionConfig {
  return {
    burnPercentage: 0,
    burnTarget: 'owner',
    gpuAllocations: new Map(
      DEFAULT_SHARES.map(([key, weight]) => [
        key as CategoryKey,
        { weight, minGpuCount: 0, minGpuVramGib: 0 },
      ]),
    ),
    weightSetIntervalBlocks: 360,
    minMinersPerCategory: 1,
    unallocated: 'burn',
    attribution: 'all',
    gpuCount: 'linear',
    resolution: 'max',
    hasPositiveFloor: true,
  };
}

/** Completes what was given by the defaults. Allocations are taken whole: they sum to 100 by themselves. */
export function mergeWithDefaults(given: Partial<EmissionConfig>): EmissionConfig {
  return { ...defaultEmissionConfig(), ...given };
}

/**
 * The percentage as an exact integer of 10⁻⁶ percent, 0 to 100,000,000.
 *
 * @throws AssayError `invalid_argument` for NaN, infinities, values outside of 0 to 100 and more than six decimals.
 */
export function toMicroPercent(percent: number, field = 'percentage'): number {
  if (!isPercentage(percent)) {
    throw AssayError.invalid({ field, value: percent, rule: BURN_RULE });
  }
  return asMicros(percent);
}

/** What became of allocation keys in any spelling. */
interface NormalisedAllocations {
  /** By canonical key; a key that is not in the catalogue stays as written, for `checkEmissionConfig` to refuse. */
  readonly gpuAllocations: ReadonlyMap<CategoryKey, GpuAllocation>;
  /** One for each key that repeats an earlier one in another spelling. */
  readonly violations: readonly Violation[];
}

/** Brings keys to their canonical spelling (`h100` to `H100`) and finds those that mean the same category twice. */
export function normaliseAllocations(
  entries: Iterable<readonly [string, GpuAllocation]>,
): NormalisedAllocations {
  const gpuAllocations = new Map<CategoryKey, GpuAllocation>();
  const violations: Violation[] = [];
  for (const [written, allocation] of entries) {
    const key = parseCategoryKey(written) ?? (written as CategoryKey);
    if (gpuAllocations.has(key)) {
      const rule = `names each category once, ${key} is there already`;
      violations.push(violation({ field: allocationField(written), value: written, rule }));
    } else {
      gpuAllocations.set(key, allocation);
    }
  }
  return { gpuAllocations, violations };
}

/**
 * Every broken rule of an emission configuration, none for a valid one. Fields are named as in `assay.toml` and in the
 * proto, for example `gpu_allocations.H100.weight`.
 */
export function checkEmissionConfig(config: EmissionConfig): readonly Violation[] {
  const { burnPercentage, burnTarget, weightSetIntervalBlocks, minMinersPerCategory } = config;
  const { intervalBlocksMax, minMinersMax } = EMISSION_LIMITS;
  const burn = { field: 'burn_percentage', value: burnPercentage, rule: BURN_RULE };
  return [
    ...(isPercentage(burnPercentage) ? [] : [violation(burn)]),
    ...(burnTarget === 'owner' ? [] : integer('burn_uid', burnTarget, [0, MINER_UID_MAX])),
    ...allocationViolations(config.gpuAllocations),
    ...integer('weight_set_interval_blocks', weightSetIntervalBlocks, [1, intervalBlocksMax]),
    ...integer('min_miners_per_category', minMinersPerCategory, [1, minMinersMax]),
  ];
}

function allocationViolations(allocations: ReadonlyMap<CategoryKey, GpuAllocation>): Violation[] {
  if (allocations.size === 0) {
    const rule = 'allocates to at least one category';
    return [violation({ field: 'gpu_allocations', value: '', rule })];
  }
  return [
    ...[...allocations].flatMap(([key, allocation]) => [
      ...categoryViolations(key),
      ...limitViolations(allocationField(key), allocation),
    ]),
    ...sumViolations([...allocations.values()].map(({ weight }) => weight)),
  ];
}

function categoryViolations(key: CategoryKey): Violation[] {
  const field = allocationField(key);
  const canonical = parseCategoryKey(key);
  if (canonical === OTHER) {
    const rule = 'is a category that can be paid, unknown GPUs cannot';
    return [violation({ field, value: key, rule })];
  }
  if (canonical === key) return [];
  const rule = `is a known category, the nearest is ${canonical ?? nearestCategory(key)}`;
  return [violation({ field, value: key, rule })];
}

function limitViolations(field: string, allocation: GpuAllocation): Violation[] {
  const { weight, minGpuCount, minGpuVramGib } = allocation;
  const { minGpuCountMax, minGpuVramGibMax } = EMISSION_LIMITS;
  const share = { field: `${field}.weight`, value: weight, rule: SHARE_RULE };
  return [
    ...(isPercentage(weight) && weight > 0 ? [] : [violation(share)]),
    ...integer(`${field}.min_gpu_count`, minGpuCount, [0, minGpuCountMax]),
    ...integer(`${field}.min_gpu_vram`, minGpuVramGib, [0, minGpuVramGibMax]),
  ];
}

/** Sums integers, so that the tolerance is exact; says nothing while a weight itself is wrong. */
function sumViolations(weights: readonly number[]): Violation[] {
  if (!weights.every(isPercentage)) return [];
  const sum = weights.reduce((total, weight) => total + asMicros(weight), 0);
  if (Math.abs(sum - MICRO_PERCENT_MAX) <= EMISSION_LIMITS.sumToleranceMicroPercent) return [];
  const rule = 'has weights that sum to 100 within 0.01';
  const value = `sum ${sum / MICROS_PER_PERCENT}`;
  return [violation({ field: 'gpu_allocations', value, rule })];
}

function integer(
  field: string,
  value: number,
  [min, max]: readonly [number, number],
): readonly Violation[] {
  if (Number.isInteger(value) && value >= min && value <= max) return [];
  return [violation({ field, value, rule: `is an integer from ${min} to ${max}` })];
}

/**
 * A double is a decimal of at most six digits exactly when it is the double nearest to its own rounding to six digits,
 * which `toFixed` computes from the exact value.
 */
function isPercentage(value: number): boolean {
  return value >= 0 && value <= 100 && Number(value.toFixed(6)) === value;
}

/** Exact for a percentage: the product is off by less than 10⁻⁷. Adding 0 makes a negative zero positive. */
function asMicros(percent: number): number {
  return Math.round(percent * MICROS_PER_PERCENT) + 0;
}

/** The path of an allocation; keys that would read badly in it are quoted. */
function allocationField(key: string): string {
  const isPlain = /^[A-Za-z0-9_-]{1,64}$/.test(key);
  return `gpu_allocations.${isPlain ? key : JSON.stringify(key.slice(0, CATEGORY_CHARACTERS_MAX))}`;
}
