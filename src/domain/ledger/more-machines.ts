/** Machines that a miner could have had besides its own. */
import type { CategoryRule } from '../allocation.ts';
import { countText } from '../amount-text.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import { gpuCounts, type Holding, primaryOf } from './outlook.ts';

/** GPUs of a machine that one speaks of, unless its category asks for more. */
const USUAL_GPU_COUNT = 8;

/** Machines of one category, all alike. */
export interface Machines {
  readonly machineCount: number;
  /** GPUs in each. */
  readonly gpuCount: number;
}

/** A machine that one would speak of. */
export function usualMachine({ minGpuCount }: CategoryRule): Machines {
  return { machineCount: 1, gpuCount: Math.max(USUAL_GPU_COUNT, minGpuCount) };
}

/** The smallest machine that counts. */
export function smallestMachine({ minGpuCount }: CategoryRule): Machines {
  return { machineCount: 1, gpuCount: Math.max(1, minGpuCount) };
}

/**
 * Usual machines, as many as it takes for the category to count: one, or with primary attribution so many that no other
 * category has more GPUs.
 */
export function machinesToEnter(
  { gpus }: Holding,
  rule: CategoryRule,
  { policy, catalogue }: Pick<LedgerEntry, 'policy' | 'catalogue'>,
): Machines {
  const usual = usualMachine(rule);
  const primary = primaryOf(gpus, catalogue);
  if (policy.attribution === 'all' || primary === undefined) return usual;
  const isTieEnough = catalogue.indexOf(rule.category) < catalogue.indexOf(primary.category);
  const lead = primary.count + (isTieEnough ? 0 : 1);
  const missing = lead - (gpuCounts(gpus).get(rule.category) ?? 0);
  return { ...usual, machineCount: Math.ceil(missing / usual.gpuCount) };
}

/** The same with these machines, whose GPUs have the memory that the category asks for. */
export function withMachines(
  { gpus, scoreMicros }: Holding,
  { category, minMemoryMib }: CategoryRule,
  { machineCount, gpuCount }: Machines,
): Holding {
  const first = Math.max(-1, ...gpus.map(({ executor }) => executor)) + 1;
  const added = Array.from({ length: machineCount }, (_, index) => ({
    executor: first + index,
    category,
    count: gpuCount,
    memoryMib: minMemoryMib,
  }));
  return { gpus: [...gpus, ...added], scoreMicros };
}

/** `one machine with 8 H100 of at least 73,728 MiB`, `3 machines, each with 8 H100`. */
export function machinesText(
  { category, minMemoryMib }: CategoryRule,
  { machineCount, gpuCount }: Machines,
): string {
  const memory = minMemoryMib === 0 ? '' : ` of at least ${countText(minMemoryMib)} MiB`;
  const gpus = `${countText(gpuCount)} ${category}${memory}`;
  return machineCount === 1
    ? `one machine with ${gpus}`
    : `${countText(machineCount)} machines, each with ${gpus}`;
}
