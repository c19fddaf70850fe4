/** An explanation as tables for the person at the terminal. */
import {
  countText,
  exactText,
  percentText,
  scoreText,
  shortHotkey,
} from '../domain/amount-text.ts';
import type {
  PairExplanation,
  RuleCheck,
  WeightExplanation,
} from '../domain/ledger/explanation.ts';
import type { ExclusionReason } from '../domain/population.ts';
import { textTable } from './text-table.ts';

const RULES: Readonly<Record<ExclusionReason, string>> = {
  NOT_REGISTERED: 'UID is registered',
  HOTKEY_CHANGED: 'holder of the UID',
  AXON_INACTIVE: 'axon',
  STALE: 'last report',
  NO_VALID_GPU: 'valid GPUs',
  CATEGORY_NOT_REWARDED: 'category is paid',
  BELOW_MIN_GPU_COUNT: 'GPUs in one machine',
  BELOW_MIN_MEMORY: 'memory of a GPU',
  BELOW_MIN_SCORE: 'score',
  CATEGORY_BELOW_MIN_MINERS: 'miners in the category',
};

/** What the explanation is of, then the rules that were asked and what each category gave, where there are any. */
export function explanationTables(explanation: WeightExplanation): readonly string[] {
  const { checks, pairs } = explanation;
  const rows = [
    ...checks.map((check) => checkRow('', check)),
    ...pairs.flatMap((pair) => pair.checks.map((check) => checkRow(pair.category ?? '', check))),
  ];
  return [
    heading(explanation),
    ...(rows.length > 0 ? [tableOf(['category', 'rule', 'had', 'needed', 'passed'], rows)] : []),
    ...(pairs.length > 0 ? [pairTable(pairs)] : []),
  ];
}

function heading(explanation: WeightExplanation): string {
  const { block, decidedAtMs, uid, miner, emissionConfigVersion, entryDigest } = explanation;
  const { state, failureReason } = explanation;
  const outcome = failureReason === undefined ? '' : `: ${failureReason}`;
  const decided = new Date(decidedAtMs).toISOString();
  const holder =
    miner === undefined
      ? 'no profile'
      : `${miner.hotkey}, registered at block ${miner.registeredAtBlock}`;
  return [
    `Block ${block}, decided ${decided}, emission configuration version ${emissionConfigVersion}`,
    `weights ${state.toUpperCase()}${outcome}`,
    `UID ${uid}: ${holder}`,
    `ledger entry ${entryDigest}`,
  ].join('\n');
}

function checkRow(category: string, { rule, value, threshold, passed }: RuleCheck): string[] {
  return [
    category,
    RULES[rule],
    shortHotkey(value),
    shortHotkey(threshold),
    passed ? 'yes' : `no: ${rule}`,
  ];
}

const NUMBERS = [
  'GPUs',
  'score',
  'basis',
  'total basis',
  'share',
  'pool',
  'exactly',
  'weight',
  'rounding',
];

function pairTable(pairs: readonly PairExplanation[]): string {
  return tableOf(['category', ...NUMBERS, 'left out because'], pairs.map(pairRow));
}

function pairRow(pair: PairExplanation): string[] {
  const { category = '-', reason, rounding } = pair;
  const isPaid = reason === undefined;
  return [
    category,
    countText(pair.gpuCount),
    scoreText(pair.scoreMicros),
    countText(pair.basis),
    countText(pair.categoryTotalBasis),
    isPaid ? percentText(pair.sharePercentage) : '-',
    countText(pair.weightPool),
    isPaid ? exactText(pair.exactWeight) : '-',
    countText(pair.weight),
    isPaid ? `${rounding < 0 ? '-' : '+'}${exactText(Math.abs(rounding))}` : '-',
    reason ?? '',
  ];
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  return textTable({ head, right: NUMBERS, rows });
}
