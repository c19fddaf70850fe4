import type { CategoryAllocation } from '../domain/allocation.ts';
import { countText } from '../domain/amount-text.ts';
import { WEIGHT_SET_PHASES, type WeightSet } from '../domain/weight-set.ts';
import { textTable } from './text-table.ts';

const SHOWN_WEIGHTS = 5;

/** A weight set as a person reads it: burn, pools, top and bottom weights, the block, and the time of each phase. */
export function weightSetTable(set: WeightSet): string {
  return [heading(set), pools(set), weights(set), exclusions(set), signed(set), phases(set), '']
    .filter((part) => part !== undefined)
    .join('\n');
}

function heading(set: WeightSet): string {
  const failure = set.failure === undefined ? '' : `: ${set.failure.message}`;
  return `\nBlock ${set.block}, netuid ${set.netuid}: weights ${set.state}${failure}`;
}

function pools(set: WeightSet): string {
  const numbers = ['miners', 'GPUs', 'mean score', 'pool', 'of total'];
  const { burn, totalWeight } = set;
  const target = burn.uid === null ? 'burn' : `burn to UID ${burn.uid}`;
  return textTable({
    head: ['category', ...numbers],
    right: numbers,
    rows: [
      ...set.categories.map((category) => poolRow(category, totalWeight)),
      [target, '', '', '', countText(burn.weight), share(burn.weight, totalWeight)],
      ['total', countText(set.minersServed), '', '', countText(totalWeight), '100.00 %'],
    ],
  });
}

function poolRow(category: CategoryAllocation, totalWeight: number): string[] {
  return [
    category.category,
    countText(category.minerCount),
    countText(category.gpuCount),
    category.averageScore.toFixed(3),
    countText(category.weightPool),
    share(category.weightPool, totalWeight),
  ];
}

function weights(set: WeightSet): string {
  const entries = Array.from(set.vector.uids, (uid, index) => ({
    uid,
    weight: set.vector.weights[index] as number,
    hotkey: set.hotkeys[index] ?? '',
  })).sort((a, b) => b.weight - a.weight || a.uid - b.uid);
  const line = ({ uid, weight, hotkey }: (typeof entries)[number]) =>
    `  UID ${String(uid).padStart(5)}  ${String(weight).padStart(5)}  ${hotkey}`;
  if (entries.length <= 2 * SHOWN_WEIGHTS) return ['weights', ...entries.map(line)].join('\n');
  return [
    `top ${SHOWN_WEIGHTS} of ${entries.length} weights`,
    ...entries.slice(0, SHOWN_WEIGHTS).map(line),
    `bottom ${SHOWN_WEIGHTS}`,
    ...entries.slice(-SHOWN_WEIGHTS).map(line),
  ].join('\n');
}

function exclusions(set: WeightSet): string | undefined {
  if (set.exclusions.size === 0) return undefined;
  const parts = [...set.exclusions].map(([reason, pairs]) => `${reason} ${countText(pairs)}`);
  return `left out (miner, category): ${parts.join(', ')}`;
}

function signed({ extrinsic }: WeightSet): string | undefined {
  if (extrinsic === undefined) return undefined;
  const { call, isClipped, lastBlock, commitment } = extrinsic;
  const parts = [call, `until block ${lastBlock}`];
  if (isClipped) parts.push("clipped to the subnet's limit");
  if (commitment !== undefined) {
    const { digest, revealBlock, revealRound } = commitment;
    parts.push(`commitment ${digest} opens at block ${revealBlock} with round ${revealRound}`);
  }
  return `signed: ${parts.join(', ')}`;
}

function phases(set: WeightSet): string {
  const parts = WEIGHT_SET_PHASES.flatMap((phase) => {
    const ms = set.phasesMs.get(phase);
    return ms === undefined ? [] : [`${phase} ${ms.toFixed(1)} ms`];
  });
  return `phases: ${parts.join(' · ')}`;
}

function share(part: number, total: number): string {
  return `${((part / Math.max(total, 1)) * 100).toFixed(2)} %`;
}
