/** The rows of a ledger document as facts, pairs and weights, each checked: the document may come from anybody. */
import { AssayError } from '../domain/errors.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { hotkey, minerUid } from '../domain/ids.ts';
import type { LedgerPair, LedgerWeight } from '../domain/ledger/ledger-entry.ts';
import { minerOfLine } from '../domain/ledger/miner-line.ts';
import { pairLine, weightLine } from '../domain/ledger/pair-lines.ts';
import { EXECUTOR_MAX, type MinerFacts, SCORE_MICROS } from '../domain/miner-facts.ts';
import { EXCLUSION_REASONS, type ExclusionReason } from '../domain/population.ts';
import { errorText } from '../lib/error-text.ts';
import { printable } from '../lib/printable.ts';
import {
  INT32_MAX,
  PROBLEMS_MAX,
  SHOWN_CHARACTERS_MAX,
  shownValue,
} from './ledger-entry-schema.ts';

const REASONS: ReadonlySet<unknown> = new Set(EXCLUSION_REASONS);

/** The order of the categories that rows may name. */
type CategoryOrder = ReadonlyMap<unknown, number>;

/** @throws AssayError `invalid_argument`. */
export function minerRows(value: unknown, order: CategoryOrder): readonly MinerFacts[] {
  return rowsOf(value, {
    field: 'miners',
    read: (row) => checkedMiner(minerOfLine(JSON.stringify(row)), order),
    rank: ({ uid }) => uid,
  });
}

/** @throws AssayError `invalid_argument`. */
export function pairRows(value: unknown, order: CategoryOrder): readonly LedgerPair[] {
  return rowsOf(value, {
    field: 'pairs',
    read: (row) => asWritten(row, pairOf(row, order), pairLine),
    // A UID has 16 bits; pairs without a category stand behind all others.
    rank: ({ uid, category }) => (order.get(category) ?? order.size) * 65_536 + uid,
  });
}

/** @throws AssayError `invalid_argument`. */
export function weightRows(value: unknown): readonly LedgerWeight[] {
  return rowsOf(value, {
    field: 'weights',
    read: (row) => asWritten(row, weightOf(row), weightLine),
    rank: ({ uid }) => uid,
  });
}

interface RowForm<Row> {
  readonly field: string;
  /** @throws Error with the rule that the row breaks, also when it is written in another way than the digests take it. */
  readonly read: (row: readonly unknown[]) => Row;
  /** Rises from row to row. */
  readonly rank: (row: Row) => number;
}

interface RowProblem {
  readonly field: string;
  readonly value: string;
  readonly rule: string;
}

/** @throws AssayError `invalid_argument` with the first problems only. */
export function rowsOf<Row>(value: unknown, form: RowForm<Row>): readonly Row[] {
  if (!Array.isArray(value)) {
    throw AssayError.invalid({ field: form.field, value: shownValue(value), rule: 'is a list' });
  }
  const rows: Row[] = [];
  const problems: RowProblem[] = [];
  let last = -1;
  for (const [index, part] of value.entries()) {
    if (problems.length === PROBLEMS_MAX) break;
    try {
      if (!Array.isArray(part)) throw new Error('is a list');
      const row = form.read(part);
      if (form.rank(row) <= last) throw new Error('stands in order, after the row before it');
      last = form.rank(row);
      rows.push(row);
    } catch (error) {
      problems.push(problemOf(`${form.field}[${index}]`, part, error));
    }
  }
  if (problems.length > 0) throw AssayError.invalid(...problems);
  return rows;
}

/** A digest is taken of the line that the row is written as again: nothing may get lost on the way. */
function asWritten<Row>(row: readonly unknown[], read: Row, lineOf: (read: Row) => string): Row {
  if (lineOf(read) !== JSON.stringify(row)) throw new Error('has the form of docs/ledger.md');
  return read;
}

function problemOf(field: string, value: unknown, error: unknown): RowProblem {
  const rule = errorText(error);
  const shown = Array.isArray(value) ? JSON.stringify(value) : shownValue(value);
  return {
    field,
    value: printable(shown.slice(0, SHOWN_CHARACTERS_MAX)),
    rule: printable(rule.slice(0, SHOWN_CHARACTERS_MAX)),
  };
}

function checkedMiner(facts: MinerFacts, order: CategoryOrder): MinerFacts {
  whole(facts.scoreMicros, SCORE_MICROS, 'score');
  known(facts.primaryCategory, order);
  let gpuCount = 0;
  for (const { executor, category, count, memoryMib } of facts.gpus) {
    whole(executor, EXECUTOR_MAX, 'number of a machine');
    known(category, order);
    whole(memoryMib, INT32_MAX, 'GPU memory');
    gpuCount += count;
  }
  whole(gpuCount, INT32_MAX, 'number of GPUs');
  return facts;
}

function pairOf(row: readonly unknown[], order: CategoryOrder): LedgerPair {
  const [uid, category, reason, gpuCount, scoreMicros, basis, weight] = row;
  if (reason !== null && !REASONS.has(reason)) throw new Error('has a known reason or null');
  return {
    uid: minerUid(Number(uid), 'uid'),
    category: category === null ? undefined : known(category, order),
    reason: reason === null ? undefined : (reason as ExclusionReason),
    gpuCount: whole(gpuCount, INT32_MAX, 'number of GPUs'),
    scoreMicros: whole(scoreMicros, SCORE_MICROS, 'score'),
    basis: whole(basis, Number.MAX_SAFE_INTEGER, 'basis'),
    weight: whole(weight, Number.MAX_SAFE_INTEGER, 'weight'),
  };
}

function weightOf([uid, weight, owner]: readonly unknown[]): LedgerWeight {
  return {
    uid: minerUid(Number(uid), 'uid'),
    weight: whole(weight, 65_535, 'weight'),
    hotkey: hotkey(String(owner), 'hotkey'),
  };
}

function known(category: unknown, order: CategoryOrder): CategoryKey {
  if (!order.has(category)) throw new Error("names categories of the entry's catalogue");
  return category as CategoryKey;
}

export function whole(value: unknown, max: number, name: string): number {
  if (!Number.isSafeInteger(value) || Number(value) < 0 || Number(value) > max) {
    throw new Error(`has a ${name} that is an integer from 0 to ${max}`);
  }
  return Number(value);
}
