/** Compares what an entry recorded with what its input gives when it is calculated again. */
import type { Allocation } from '../allocation.ts';
import type { LedgerContent, LedgerPair, LedgerWeight } from './ledger-entry.ts';
import type { FindingList } from './ledger-finding.ts';
import { pairAt } from './pair-lines.ts';

/** Adds a finding for everything that is recorded differently from `allocation`. */
export function compareAllocation(
  content: LedgerContent,
  allocation: Allocation,
  findings: FindingList,
): void {
  comparePairs(content, allocation, findings);
  compareWeights(content, allocation, findings);
  compareEntry(content, allocation, findings);
}

const NONE = 'none';

const PAIR_FIELDS = ['reason', 'gpuCount', 'scoreMicros', 'basis', 'weight'] as const;

function comparePairs(
  { sealed: { entry }, pairs }: LedgerContent,
  { pairs: columns }: Allocation,
  findings: FindingList,
): void {
  const recorded = new Map(pairs.map((pair) => [pairKey(pair), pair]));
  if (recorded.size < pairs.length) findings.add('pairs', 'a miner has two pairs of one category');
  const expected = Array.from(columns.uid, (_, row) => pairAt(columns, row, entry.catalogue));
  const keys = expected.map(pairKey);
  for (const [row, pair] of expected.entries()) {
    const key = keys[row] as string;
    const found = recorded.get(key);
    recorded.delete(key);
    if (found === undefined) findings.add(key, 'expected, but not recorded');
    else if (PAIR_FIELDS.some((field) => found[field] !== pair[field])) {
      findings.add(key, `expected ${pairText(pair)}; found ${pairText(found)}`);
    }
  }
  for (const key of recorded.keys()) findings.add(key, 'recorded, but not expected');
  const isOrdered = pairs.every((pair, row) => pairKey(pair) === keys[row]);
  if (!isOrdered) findings.add('pairs', 'expected by category in catalogue order, then UID');
}

function pairKey({ uid, category }: LedgerPair): string {
  return category === undefined
    ? `pair of UID ${uid} without a category`
    : `pair of UID ${uid} in ${category}`;
}

function pairText({ reason, gpuCount, scoreMicros, basis, weight }: LedgerPair): string {
  const standing = reason ?? 'included';
  return `${standing}, ${gpuCount} GPUs, score ${scoreMicros}, basis ${basis}, weight ${weight}`;
}

function compareWeights(
  content: LedgerContent,
  { vector }: Allocation,
  findings: FindingList,
): void {
  const { weights } = content;
  const recorded = new Map(weights.map((weight) => [weight.uid, weight]));
  const expected = new Map(
    Array.from(vector.uids, (uid, row) => [uid, vector.weights[row] as number]),
  );
  const sums = sumsByUid(content);
  const uids = new Set([...expected.keys(), ...recorded.keys(), ...sums.keys()]);
  for (const uid of uids) {
    const where = `weight of UID ${uid}`;
    const found = recorded.get(uid)?.weight;
    findings.compare(where, { found: found ?? NONE, expected: expected.get(uid) ?? NONE });
    const sum = sums.get(uid) ?? 0;
    if ((found ?? 0) !== sum) {
      findings.add(where, `its pairs and the burn come to ${sum}, found ${found ?? NONE}`);
    }
  }
  if (weights.some(({ uid }, row) => row > 0 && uid <= (weights[row - 1] as LedgerWeight).uid)) {
    findings.add('weights', 'expected by rising UID, each one once');
  }
  compareHotkeys(content, findings);
}

/** What the recorded pairs, and the burn, give each UID. */
function sumsByUid({ sealed, pairs }: LedgerContent): ReadonlyMap<number, number> {
  const { burn } = sealed.entry;
  const sums = new Map<number, number>();
  if (burn.uid !== null) sums.set(burn.uid, burn.weight);
  for (const { uid, weight } of pairs) sums.set(uid, (sums.get(uid) ?? 0) + weight);
  return sums;
}

/** The hotkey of a weight is that of the metagraph, which the miner's line has too. */
function compareHotkeys({ miners, weights }: LedgerContent, findings: FindingList): void {
  const factsAt = new Map<number, LedgerContent['miners'][number]>(
    miners.map((facts) => [facts.uid, facts]),
  );
  for (const { uid, hotkey } of weights) {
    const facts = factsAt.get(uid);
    if (facts === undefined) continue;
    const expected = facts.neuron?.hotkey ?? NONE;
    findings.compare(`hotkey of UID ${uid}`, { found: hotkey, expected });
  }
}

const BURN_FIELDS = [
  ['uid', 'uid'],
  ['weight', 'weight'],
  ['percentage', 'percentage'],
  ['configured_weight', 'configuredWeight'],
  ['empty_category_weight', 'emptyCategoryWeight'],
  ['below_minimum_weight', 'belowMinimumWeight'],
  ['rounding_weight', 'roundingWeight'],
] as const;

const CATEGORY_FIELDS = [
  ['gpu_model', 'category'],
  ['miner_count', 'minerCount'],
  ['gpu_count', 'gpuCount'],
  ['total_basis', 'totalBasis'],
  ['weight_pool', 'weightPool'],
] as const;

function compareEntry(
  { sealed: { entry } }: LedgerContent,
  allocation: Allocation,
  findings: FindingList,
): void {
  const { totalWeight, minersServed, burn, categories } = allocation;
  findings.compare('total_weight', { found: entry.totalWeight, expected: totalWeight });
  findings.compare('miners_served', { found: entry.minersServed, expected: minersServed });
  for (const [name, field] of BURN_FIELDS) {
    findings.compare(`burn.${name}`, { found: entry.burn[field], expected: burn[field] });
  }
  const count = categories.length;
  findings.compare('number of categories', { found: entry.categories.length, expected: count });
  for (const [index, category] of categories.entries()) {
    const found = entry.categories[index];
    if (found === undefined) continue;
    for (const [name, field] of CATEGORY_FIELDS) {
      const where = `categories ${category.category} ${name}`;
      findings.compare(where, { found: found[field], expected: category[field] });
    }
  }
}
