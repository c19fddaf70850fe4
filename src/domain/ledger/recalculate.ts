/**
 * Makes a decision once more from what the ledger kept. What was kept may be damaged or made up, so everything that the
 * calculation takes for granted is looked at first: numbers that do not fit its columns would be cut off there.
 */
import { allocate } from '../allocate.ts';
import { type Allocation, MICRO_PERCENT_MAX, NO_CATEGORY } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import { MINER_UID_MAX } from '../ids.ts';
import { EXECUTOR_MAX, type MinerFacts, SCORE_MICROS } from '../miner-facts.ts';
import { PopulationBuilder } from '../population-builder.ts';
import type { LedgerContent, LedgerEntry } from './ledger-entry.ts';
import type { FindingList } from './ledger-finding.ts';

const INT32_MAX = 2 ** 31 - 1;

type Input = Pick<LedgerContent, 'sealed' | 'miners'>;
type Places = ReadonlyMap<CategoryKey, number>;

/**
 * The allocation that an entry's miners, rules and policy give.
 *
 * @returns undefined, with findings, when they cannot be calculated with.
 * @throws AssertionError when the calculation itself finds that they are impossible.
 */
export function recalculate(
  { sealed: { entry }, miners }: Input,
  findings: FindingList,
): Allocation | undefined {
  const before = findings.count;
  const places: Places = new Map(entry.catalogue.map((category, index) => [category, index]));
  checkEntry(entry, places, findings);
  checkMiners(miners, places, findings);
  if (findings.count > before) return undefined;
  const builder = new PopulationBuilder(entry.rules, (category) => places.get(category) as number);
  for (const facts of miners) builder.add(facts);
  return allocate(builder.build(), entry.policy);
}

function checkEntry(entry: LedgerEntry, places: Places, findings: FindingList): void {
  const { rules, policy, catalogue } = entry;
  if (places.size < catalogue.length) findings.add('catalogue', 'a category is listed twice');
  checkRange('catalogue', { value: catalogue.length, max: NO_CATEGORY }, findings);
  const limits = [
    ['rules.now_ms', rules.nowMs, Number.MAX_SAFE_INTEGER],
    ['rules.cutoff_ms', rules.cutoffMs, Number.MAX_SAFE_INTEGER],
    ['rules.executor_ttl_ms', rules.executorTtlMs, Number.MAX_SAFE_INTEGER],
    ['policy.burn_micro_percent', policy.burnMicroPercent, MICRO_PERCENT_MAX],
    ['policy.burn_uid', policy.burnUid ?? 0, MINER_UID_MAX],
    ['policy.min_miners_per_category', policy.minMinersPerCategory, Number.MAX_SAFE_INTEGER],
    ['policy.min_score_micros', policy.minScoreMicros, SCORE_MICROS],
  ] as const;
  for (const [where, value, max] of limits) checkRange(where, { value, max }, findings);
  let last = -1;
  for (const rule of policy.categories) {
    const where = `policy.categories ${rule.category}`;
    if (places.get(rule.category) !== rule.categoryIndex) {
      findings.add(where, `it is not at place ${rule.categoryIndex} of the catalogue`);
    } else if (rule.categoryIndex <= last) {
      findings.add(where, 'the categories are not in the order of the catalogue');
    }
    last = rule.categoryIndex;
    checkRange(where, { value: rule.shareMicroPercent, max: MICRO_PERCENT_MAX }, findings);
    checkRange(where, { value: rule.minGpuCount, max: INT32_MAX }, findings);
    checkRange(where, { value: rule.minMemoryMib, max: INT32_MAX }, findings);
  }
}

function checkMiners(miners: readonly MinerFacts[], places: Places, findings: FindingList): void {
  let last = -1;
  for (const facts of miners) {
    const where = `miner at UID ${facts.uid}`;
    checkRange(where, { value: facts.uid, max: MINER_UID_MAX }, findings);
    if (facts.uid <= last) findings.add(where, `it comes after UID ${last}: UIDs must rise`);
    last = facts.uid;
    checkRange(`score of the ${where}`, { value: facts.scoreMicros, max: SCORE_MICROS }, findings);
    checkPlace(where, facts.primaryCategory, { places, findings });
    for (const { executor, category, count, memoryMib } of facts.gpus) {
      checkPlace(where, category, { places, findings });
      checkRange(`machine of the ${where}`, { value: executor, max: EXECUTOR_MAX }, findings);
      checkRange(`GPUs of the ${where}`, { value: count, min: 1, max: INT32_MAX }, findings);
      checkRange(`GPU memory of the ${where}`, { value: memoryMib, max: INT32_MAX }, findings);
    }
  }
}

function checkPlace(
  where: string,
  category: CategoryKey,
  { places, findings }: { readonly places: Places; readonly findings: FindingList },
): void {
  if (!places.has(category)) findings.add(where, `${category} is not in the entry's catalogue`);
}

function checkRange(
  where: string,
  { value, min = 0, max }: { readonly value: number; readonly min?: number; readonly max: number },
  findings: FindingList,
): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  findings.add(where, `expected an integer from ${min} to ${max}, found ${value}`);
}
