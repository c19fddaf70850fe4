import {
  type HeldPair,
  HISTORY_COLUMNS,
  type HistoryDecision,
  historyRow,
} from './history-rows.ts';
import { type InsertStatements, RowInserts } from './row-inserts.ts';
import { named, namedRows, type SqliteDatabase } from './sqlite-database.ts';

/** These rows are narrow and nothing merges them: sixteen take a fifth less time than one, and more gain nothing. */
const ROWS_PER_INSERT = 16;

/** Writes rows of `weight_allocation_history`. Nothing here begins a transaction. */
export class HistoryInserts {
  readonly #statements: InsertStatements;

  constructor(database: SqliteDatabase) {
    this.#statements = prepare(database);
  }

  /** Inserts pairs from the last to the first: read by falling key they come in the order of the decision. */
  insert(decision: HistoryDecision, pairs: readonly HeldPair[]): void {
    const form = { columnCount: HISTORY_COLUMNS.length, rowsPerInsert: ROWS_PER_INSERT };
    const inserts = new RowInserts(this.#statements, form);
    for (const pair of pairs.toReversed()) inserts.add(...historyRow(decision, pair));
    inserts.flush();
  }
}

function prepare(database: SqliteDatabase): InsertStatements {
  const { rows, parameters } = namedRows(HISTORY_COLUMNS, ROWS_PER_INSERT);
  const table = () => database.query('weight_allocation_history');
  return {
    several: database.statement<unknown[]>(table().insert(rows), parameters),
    one: database.statement<unknown[]>(table().insert(named(HISTORY_COLUMNS)), HISTORY_COLUMNS),
  };
}
