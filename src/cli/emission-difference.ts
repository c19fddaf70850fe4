/** What another emission configuration changes, as a person reads it. */
import type { CategoryImpact__Output } from '../grpc/generated/assay/v1/CategoryImpact.ts';
import type { EmissionConfigChange__Output } from '../grpc/generated/assay/v1/EmissionConfigChange.ts';
import type { EmissionImpact__Output } from '../grpc/generated/assay/v1/EmissionImpact.ts';
import type { MinerImpact__Output } from '../grpc/generated/assay/v1/MinerImpact.ts';
import { textTable } from './text-table.ts';

/** As the service answers it; at least one field differs. */
export interface EmissionDifference {
  readonly changes: readonly EmissionConfigChange__Output[];
  readonly impact: EmissionImpact__Output | null;
  /** Why there is no impact. */
  readonly impact_unavailable: string;
}

const PART_DIGITS = 4;
const CHANGE_DIGITS = 3;

/** The changed fields, then categories and miners before and after; the text ends with a line break. */
export function differenceText({
  changes,
  impact,
  impact_unavailable,
}: EmissionDifference): string {
  const parts = [
    changesTable(changes),
    ...(impact === null
      ? [`what that changes for categories and miners is not known: ${impact_unavailable}`]
      : ['of the total, as things stand now', categoriesTable(impact), minersText(impact.miners)]),
  ];
  return `${parts.join('\n')}\n`;
}

function changesTable(changes: readonly EmissionConfigChange__Output[]): string {
  return textTable({
    head: ['field', 'before', 'after'],
    rows: changes.map(({ field, old_value, new_value }) => [
      field,
      old_value || '-',
      new_value || '-',
    ]),
  });
}

function categoriesTable({ categories, ...impact }: EmissionImpact__Output): string {
  const numbers = ['miners before', 'after', 'part before', 'after', 'change'];
  const { old_burn_percentage: before, new_burn_percentage: after } = impact;
  return textTable({
    head: ['category', ...numbers],
    right: numbers,
    rows: [...categories.map(categoryRow), ['burn', '', '', ...partCells(before, after)]],
  });
}

function categoryRow(category: CategoryImpact__Output): string[] {
  return [
    category.gpu_model,
    String(category.old_miner_count),
    String(category.new_miner_count),
    ...partCells(category.old_percentage, category.new_percentage),
  ];
}

function minersText(miners: readonly MinerImpact__Output[]): string {
  if (miners.length === 0) return 'no miner gets another part of the total';
  const table = textTable({
    head: ['UID', 'hotkey', 'part before', 'after', 'change'],
    right: ['UID', 'part before', 'after', 'change'],
    rows: miners.map(({ miner_uid, miner_hotkey, old_percentage, new_percentage }) => [
      String(miner_uid),
      miner_hotkey,
      ...partCells(old_percentage, new_percentage),
    ]),
  });
  return `the miners whose part changes most\n${table}`;
}

/** A change too small for the digits of the parts is still shown as one. */
function partCells(before: number, after: number): string[] {
  const change = after - before;
  const sign = change > 0 ? '+' : '';
  return [
    `${before.toFixed(PART_DIGITS)} %`,
    `${after.toFixed(PART_DIGITS)} %`,
    change === 0 ? '' : `${sign}${Number(change.toPrecision(CHANGE_DIGITS))}`,
  ];
}
