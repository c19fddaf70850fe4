import type {
  EmissionConfig,
  EmissionConfigVersion,
  GpuAllocation,
} from '../../domain/emission.ts';
import { checkEmissionConfig, normaliseAllocations } from '../../domain/emission-rules.ts';
import { AssayError, type Violation, violation } from '../../domain/errors.ts';
import type { Attribution } from '../generated/assay/v1/Attribution.ts';
import type {
  EmissionConfig__Output,
  EmissionConfig as EmissionConfigMessage,
} from '../generated/assay/v1/EmissionConfig.ts';
import type { EmissionConfigVersion as EmissionConfigVersionMessage } from '../generated/assay/v1/EmissionConfigVersion.ts';
import type { GpuAllocation__Output } from '../generated/assay/v1/GpuAllocation.ts';
import type { GpuCountPolicy } from '../generated/assay/v1/GpuCountPolicy.ts';
import type { UnallocatedPolicy } from '../generated/assay/v1/UnallocatedPolicy.ts';
import type { WeightResolution } from '../generated/assay/v1/WeightResolution.ts';
import { toTimestamp } from '../wire-values.ts';

/** One enum on the wire and what each of its values means; the first is what "unspecified" means too. */
interface Choice<Value extends string> {
  readonly field: string;
  readonly prefix: string;
  readonly values: readonly [Value, ...Value[]];
}

const CHOICES = {
  unallocated: {
    field: 'unallocated',
    prefix: 'UNALLOCATED_POLICY_',
    values: ['burn', 'redistribute'],
  },
  attribution: { field: 'attribution', prefix: 'ATTRIBUTION_', values: ['all', 'primary'] },
  gpuCount: { field: 'gpu_count', prefix: 'GPU_COUNT_POLICY_', values: ['linear', 'ignore'] },
  resolution: { field: 'resolution', prefix: 'WEIGHT_RESOLUTION_', values: ['max', 'sum'] },
} as const;

const UNALLOCATED: Readonly<Record<EmissionConfig['unallocated'], UnallocatedPolicy>> = {
  burn: 'UNALLOCATED_POLICY_BURN',
  redistribute: 'UNALLOCATED_POLICY_REDISTRIBUTE',
};
const ATTRIBUTION: Readonly<Record<EmissionConfig['attribution'], Attribution>> = {
  all: 'ATTRIBUTION_ALL',
  primary: 'ATTRIBUTION_PRIMARY',
};
const GPU_COUNT: Readonly<Record<EmissionConfig['gpuCount'], GpuCountPolicy>> = {
  linear: 'GPU_COUNT_POLICY_LINEAR',
  ignore: 'GPU_COUNT_POLICY_IGNORE',
};
const RESOLUTION: Readonly<Record<EmissionConfig['resolution'], WeightResolution>> = {
  max: 'WEIGHT_RESOLUTION_MAX',
  sum: 'WEIGHT_RESOLUTION_SUM',
};

/** @throws AssayError `invalid_argument` with a violation for each broken rule. */
export function toEmissionConfig(message: EmissionConfig__Output): EmissionConfig {
  const violations: Violation[] = [];
  const choose = <Value extends string>(choice: Choice<Value>, given: unknown): Value => {
    const chosen = chosenValue(choice, given);
    if (chosen !== undefined) return chosen;
    const rule = `is ${choice.values.map((value) => nameOf(choice, value)).join(' or ')}`;
    violations.push(violation({ field: choice.field, value: given, rule }));
    return choice.values[0];
  };
  const allocations = normaliseAllocations(
    Object.entries(message.gpu_allocations).map(([key, given]) => [key, toGpuAllocation(given)]),
  );
  const config: EmissionConfig = {
    burnPercentage: message.burn_percentage,
    burnTarget: message.burn_uid ?? 'owner',
    gpuAllocations: allocations.gpuAllocations,
    weightSetIntervalBlocks: message.weight_set_interval_blocks,
    minMinersPerCategory: message.min_miners_per_category,
    unallocated: choose(CHOICES.unallocated, message.unallocated),
    attribution: choose(CHOICES.attribution, message.attribution),
    gpuCount: choose(CHOICES.gpuCount, message.gpu_count),
    resolution: choose(CHOICES.resolution, message.resolution),
    hasPositiveFloor: message.positive_floor ?? true,
  };
  violations.push(...allocations.violations, ...checkEmissionConfig(config));
  if (violations.length > 0) throw AssayError.invalid(...violations);
  return config;
}

export function toEmissionConfigMessage(config: EmissionConfig): EmissionConfigMessage {
  return {
    burn_percentage: config.burnPercentage,
    ...(config.burnTarget === 'owner' ? {} : { burn_uid: config.burnTarget }),
    gpu_allocations: Object.fromEntries(
      [...config.gpuAllocations].map(([key, { weight, minGpuCount, minGpuVramGib }]) => [
        key,
        { weight, min_gpu_count: minGpuCount, min_gpu_vram: minGpuVramGib },
      ]),
    ),
    weight_set_interval_blocks: config.weightSetIntervalBlocks,
    min_miners_per_category: config.minMinersPerCategory,
    unallocated: UNALLOCATED[config.unallocated],
    attribution: ATTRIBUTION[config.attribution],
    gpu_count: GPU_COUNT[config.gpuCount],
    resolution: RESOLUTION[config.resolution],
    positive_floor: config.hasPositiveFloor,
  };
}

export function toVersionMessage(version: EmissionConfigVersion): EmissionConfigVersionMessage {
  return {
    emission_config: toEmissionConfigMessage(version.config),
    version: version.version,
    etag: version.digest,
    source: version.source,
    create_time: toTimestamp(version.createdAtMs),
    restored_from_version: version.restoredFrom ?? 0,
  };
}

function toGpuAllocation(given: GpuAllocation__Output): GpuAllocation {
  return {
    weight: given.weight,
    minGpuCount: given.min_gpu_count,
    minGpuVramGib: given.min_gpu_vram,
  };
}

function chosenValue<Value extends string>(
  choice: Choice<Value>,
  given: unknown,
): Value | undefined {
  if (given === `${choice.prefix}UNSPECIFIED`) return choice.values[0];
  return choice.values.find((value) => nameOf(choice, value) === given);
}

function nameOf<Value extends string>({ prefix }: Choice<Value>, value: Value): string {
  return `${prefix}${value.toUpperCase()}`;
}
