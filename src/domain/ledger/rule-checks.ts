/**
 * The rules of `EXCLUSION_REASONS` once more, for one miner and in words. Which of them failed is what the ledger's pairs
 * say; the values and thresholds behind it follow from the miner's facts.
 */
import type { AllocationPolicy, CategoryRule } from '../allocation.ts';
import {
  comparedDurations,
  comparedScores,
  counted,
  countText,
  durationText,
  percentText,
} from '../amount-text.ts';
import type { FactGpus, MinerFacts, PopulationRules } from '../miner-facts.ts';
import type { RuleCheck } from './explanation.ts';

/** The rules that hold for a miner as a whole, up to the first that failed. */
export function minerChecks(facts: MinerFacts, rules: PopulationRules): readonly RuleCheck[] {
  const { neuron } = facts;
  if (neuron === undefined) return [registeredCheck(false)];
  return upToFirstFailure([
    registeredCheck(true),
    holderCheck(facts, neuron),
    axonCheck(neuron, rules),
    ageCheck(facts, rules),
    gpuCheck(facts, rules),
  ]);
}

/** What the rules of a pair ask about besides the miner. */
interface PairGround {
  /** The rule of the pair's category; undefined when it is not rewarded. */
  readonly rule: CategoryRule | undefined;
  readonly policy: AllocationPolicy;
  /** Miners of the category that passed every other rule, this one included. */
  readonly qualifiedMiners: number;
}

/** The rules that hold for one category of a miner whose own rules were kept, up to the first that failed. */
export function pairChecks(
  { gpus, scoreMicros }: Pick<MinerFacts, 'gpus' | 'scoreMicros'>,
  { rule, policy, qualifiedMiners }: PairGround,
): readonly RuleCheck[] {
  if (rule === undefined) return [rewardedCheck(undefined, policy)];
  const machines = machinesWith(gpus, rule);
  return upToFirstFailure([
    rewardedCheck(rule, policy),
    gpuCountCheck(machines, rule),
    memoryCheck(machines, rule),
    scoreCheck(scoreMicros, policy),
    minersCheck(qualifiedMiners, policy),
  ]);
}

/** GiB of a card that passes from so many MiB on: the limit is 90 % of the nominal size, rounded down. */
function nominalGib(minMemoryMib: number): number {
  return Math.ceil((minMemoryMib * 10) / (1_024 * 9));
}

function upToFirstFailure(checks: readonly RuleCheck[]): readonly RuleCheck[] {
  const failed = checks.findIndex(({ passed }) => !passed);
  return failed === -1 ? checks : checks.slice(0, failed + 1);
}

function registeredCheck(passed: boolean): RuleCheck {
  const value = passed ? 'registered' : 'nobody is registered';
  return { rule: 'NOT_REGISTERED', passed, value, threshold: 'registered' };
}

function holderCheck(
  { hotkey, registeredAtBlock }: MinerFacts,
  neuron: NonNullable<MinerFacts['neuron']>,
): RuleCheck {
  return {
    rule: 'HOTKEY_CHANGED',
    passed: neuron.hotkey === hotkey && neuron.registeredAtBlock === registeredAtBlock,
    value: `${hotkey} since block ${registeredAtBlock}`,
    threshold: `${neuron.hotkey} since block ${neuron.registeredAtBlock}`,
  };
}

function axonCheck(
  { isAxonActive }: NonNullable<MinerFacts['neuron']>,
  { requireActiveAxon }: PopulationRules,
): RuleCheck {
  return {
    rule: 'AXON_INACTIVE',
    passed: isAxonActive || !requireActiveAxon,
    value: isAxonActive ? 'announced' : 'not announced',
    threshold: requireActiveAxon ? 'announced' : 'not required',
  };
}

function ageCheck(
  { lastObservedAtMs }: MinerFacts,
  { nowMs, cutoffMs }: PopulationRules,
): RuleCheck {
  // A prover's clock may be ahead by what is tolerated.
  const ageMs = Math.max(0, nowMs - lastObservedAtMs);
  const [age, cutoff] = comparedDurations(ageMs, cutoffMs);
  return {
    rule: 'STALE',
    passed: ageMs <= cutoffMs,
    value: `${age} before the decision`,
    threshold: `at most ${cutoff}`,
  };
}

function gpuCheck({ gpus }: MinerFacts, { executorTtlMs }: PopulationRules): RuleCheck {
  const count = gpus.reduce((sum, group) => sum + group.count, 0);
  return {
    rule: 'NO_VALID_GPU',
    passed: count > 0,
    value: count === 0 ? 'no valid GPU' : counted(count, 'valid GPU'),
    threshold: `one that was verified in the last ${durationText(executorTtlMs)}`,
  };
}

function rewardedCheck(
  rule: CategoryRule | undefined,
  { categories }: AllocationPolicy,
): RuleCheck {
  const sum = categories.reduce((all, { shareMicroPercent }) => all + shareMicroPercent, 0);
  const share = rule === undefined ? 0 : (rule.shareMicroPercent / Math.max(sum, 1)) * 100;
  return {
    rule: 'CATEGORY_NOT_REWARDED',
    passed: rule !== undefined,
    value:
      rule === undefined
        ? 'no pool'
        : `a pool of ${percentText(share)} of what is not burned by configuration`,
    threshold: 'a pool',
  };
}

/** The groups of one category in one machine. */
type Machine = readonly FactGpus[];

function machinesWith(gpus: readonly FactGpus[], { category }: CategoryRule): readonly Machine[] {
  const machines = new Map<number, FactGpus[]>();
  for (const group of gpus) {
    if (group.category !== category) continue;
    machines.set(group.executor, [...(machines.get(group.executor) ?? []), group]);
  }
  return [...machines.values()];
}

function gpuCountCheck(machines: readonly Machine[], { minGpuCount }: CategoryRule): RuleCheck {
  const most = Math.max(0, ...machines.map(gpuCountOf));
  return {
    rule: 'BELOW_MIN_GPU_COUNT',
    passed: most >= minGpuCount,
    value: `${countText(most)} in one machine`,
    threshold: countText(minGpuCount),
  };
}

/**
 * A machine passes when as many of its GPUs as it needs have the memory, so that what counts is the memory that its
 * `minGpuCount` largest GPUs all have, in the machine that is best at that.
 */
function memoryCheck(
  machines: readonly Machine[],
  { minGpuCount, minMemoryMib }: CategoryRule,
): RuleCheck {
  const best = Math.max(0, ...machines.map((machine) => commonMemory(machine, minGpuCount)));
  const where = minGpuCount === 1 ? '' : ` on each of ${countText(minGpuCount)} in one machine`;
  return {
    rule: 'BELOW_MIN_MEMORY',
    passed: best >= minMemoryMib,
    value: `${countText(best)} MiB${where}`,
    threshold:
      minMemoryMib === 0
        ? 'no limit'
        : `${countText(minMemoryMib)} MiB (90 % of ${nominalGib(minMemoryMib)} GiB)`,
  };
}

function gpuCountOf(machine: Machine): number {
  return machine.reduce((sum, { count }) => sum + count, 0);
}

/** MiB that the `count` largest GPUs of a machine all have; 0 when it has fewer. */
function commonMemory(machine: Machine, count: number): number {
  const bySize = machine.toSorted((a, b) => b.memoryMib - a.memoryMib);
  let missing = count;
  const last = bySize.find((group) => {
    missing -= group.count;
    return missing <= 0;
  });
  return last?.memoryMib ?? 0;
}

function scoreCheck(scoreMicros: number, { minScoreMicros }: AllocationPolicy): RuleCheck {
  const [value, threshold] = comparedScores(scoreMicros, minScoreMicros);
  return { rule: 'BELOW_MIN_SCORE', passed: scoreMicros >= minScoreMicros, value, threshold };
}

function minersCheck(count: number, { minMinersPerCategory }: AllocationPolicy): RuleCheck {
  return {
    rule: 'CATEGORY_BELOW_MIN_MINERS',
    passed: count >= minMinersPerCategory,
    value: counted(count, 'miner'),
    threshold: countText(minMinersPerCategory),
  };
}
