/**
 * The shape of `[emission]`. What the values must mean is decided by `checkEmissionConfig`, the same rules that an update
 * over gRPC meets; so numbers pass here whatever they are, NaN included.
 */
import * as z from 'zod';
import type { EmissionConfig, GpuAllocation } from '../domain/emission.ts';
import { checkEmissionConfig, normaliseAllocations } from '../domain/emission-rules.ts';
import { type Violation, violation } from '../domain/errors.ts';
import { parseCategoryKey } from '../domain/gpu/catalogue.ts';
import { shownValue } from './config-error.ts';
import { boolean, isTable, table, word } from './field-types.ts';
import { nearestKey } from './nearest-key.ts';

const ALLOCATIONS = 'gpu_allocations';
const ALLOCATION_PART = /\.(weight|min_gpu_count|min_gpu_vram)$/;

const anyNumber = (rule: string) => z.custom<number>((value) => typeof value === 'number', rule);

const allocationTable = z.strictObject({
  weight: anyNumber('is a number'),
  min_gpu_count: anyNumber('is a number').default(0),
  min_gpu_vram: anyNumber('is a number').default(0),
});

/** The keys of `[emission]`, without the aliases that are resolved before. */
export const emissionFields = z.strictObject({
  burn_percentage: anyNumber('is a number'),
  burn_target: z.union([z.literal('owner'), anyNumber('')], 'is "owner" or a UID from 0 to 65535'),
  weight_set_interval_blocks: anyNumber('is a number'),
  min_miners_per_category: anyNumber('is a number'),
  unallocated: word(['burn', 'redistribute']),
  attribution: word(['all', 'primary']),
  gpu_count: word(['linear', 'ignore']),
  resolution: word(['max', 'sum']),
  positive_floor: boolean(),
  gpu_allocations: table('is a table of categories, for example { H100 = 60, A100 = 40 }'),
});

/** `[emission]` as an `EmissionConfig` that breaks no rule. */
export const emissionSection = emissionFields.transform((given, context): EmissionConfig => {
  const { gpuAllocations, isWhole } = readAllocations(given.gpu_allocations, context);
  const config: EmissionConfig = {
    burnPercentage: given.burn_percentage,
    burnTarget: given.burn_target,
    gpuAllocations,
    weightSetIntervalBlocks: given.weight_set_interval_blocks,
    minMinersPerCategory: given.min_miners_per_category,
    unallocated: given.unallocated,
    attribution: given.attribution,
    gpuCount: given.gpu_count,
    resolution: given.resolution,
    hasPositiveFloor: given.positive_floor,
  };
  for (const broken of checkEmissionConfig(config)) {
    if (isWhole || broken.field !== ALLOCATIONS)
      addViolation(given.gpu_allocations, context, broken);
  }
  return config;
});

interface ReadAllocations {
  readonly gpuAllocations: EmissionConfig['gpuAllocations'];
  /** Whether every entry could be read; what is said of their sum would mislead otherwise. */
  readonly isWhole: boolean;
}

function readAllocations(
  given: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): ReadAllocations {
  const entries = Object.entries(given).flatMap(([key, value]) => {
    const { allocation, issues } = parseAllocation(value);
    for (const { path, ...issue } of issues) {
      context.addIssue({ code: 'custom', path: [ALLOCATIONS, key, ...path], ...issue });
    }
    return allocation === undefined ? [] : [[key, allocation] as const];
  });
  const { gpuAllocations, violations } = normaliseAllocations(entries);
  for (const broken of violations) addViolation(given, context, broken);
  return { gpuAllocations, isWhole: context.issues.length === 0 };
}

interface AllocationIssue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly params?: { readonly nearest: string | undefined };
}

interface ParsedAllocation {
  readonly allocation?: GpuAllocation;
  readonly issues: readonly AllocationIssue[];
}

function parseAllocation(value: unknown): ParsedAllocation {
  if (typeof value === 'number') {
    return { allocation: { weight: value, minGpuCount: 0, minGpuVramGib: 0 }, issues: [] };
  }
  if (!isTable(value)) {
    const message = 'is a percentage or { weight = 8.0, min_gpu_count = 4, min_gpu_vram = 80 }';
    return { issues: [{ message, path: [] }] };
  }
  const { success, data, error } = allocationTable.safeParse(value);
  if (!success) return { issues: error.issues.flatMap(allocationIssues) };
  const { weight, min_gpu_count: minGpuCount, min_gpu_vram: minGpuVramGib } = data;
  return { allocation: { weight, minGpuCount, minGpuVramGib }, issues: [] };
}

/** Unknown keys become ordinary issues: theirs alone would not stop the transforms that follow. */
function allocationIssues(issue: z.core.$ZodIssue): AllocationIssue[] {
  if (issue.code !== 'unrecognized_keys') return [{ message: issue.message, path: issue.path }];
  const known = Object.keys(allocationTable.shape);
  return issue.keys.map((name) => ({
    message: 'is not a key',
    path: [name],
    params: { nearest: nearestKey(name, known) },
  }));
}

function addViolation(
  allocations: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
  broken: Violation,
) {
  const { field, rule } = broken;
  const key = refusedCategory(broken, Object.keys(allocations));
  const text = key === undefined ? broken.value : shownValue(allocations[key]);
  context.addIssue({ code: 'custom', message: rule, path: [field], params: { text } });
}

/** The key of an allocation that is refused for its key; its value says the key again, which the problem names already. */
function refusedCategory({ field, value }: Violation, keys: readonly string[]): string | undefined {
  if (!field.startsWith(`${ALLOCATIONS}.`) || ALLOCATION_PART.test(field)) return undefined;
  const asValue = (key: string) => violation({ field, value: key, rule: '' }).value;
  return (
    keys.find((key) => asValue(key) === value) ??
    keys.find((key) => parseCategoryKey(key) === value)
  );
}
