import type { Statement } from 'better-sqlite3';

/** One insert for several rows and for one. */
export interface InsertStatements {
  readonly several: Pick<Statement<unknown[]>, 'run'>;
  readonly one: Pick<Statement<unknown[]>, 'run'>;
}

interface RowForm {
  readonly columnCount: number;
  /** Rows of the insert for several; see `namedRows`. */
  readonly rowsPerInsert: number;
}

/** Rows for one table, inserted several at a time; the last ones with `flush`, before the transaction ends. */
export class RowInserts {
  readonly #statements: InsertStatements;
  readonly #columnCount: number;
  readonly #parametersMax: number;
  #parameters: unknown[] = [];

  constructor(statements: InsertStatements, { columnCount, rowsPerInsert }: RowForm) {
    this.#statements = statements;
    this.#columnCount = columnCount;
    this.#parametersMax = rowsPerInsert * columnCount;
  }

  add(...row: readonly unknown[]): void {
    this.#parameters.push(...row);
    if (this.#parameters.length < this.#parametersMax) return;
    const parameters = this.#parameters;
    this.#parameters = [];
    this.#statements.several.run(...parameters);
  }

  flush(): void {
    const parameters = this.#parameters;
    this.#parameters = [];
    for (let at = 0; at < parameters.length; at += this.#columnCount) {
      this.#statements.one.run(...parameters.slice(at, at + this.#columnCount));
    }
  }

  /** Forgets what is not inserted yet: its transaction is rolled back. */
  discard(): void {
    this.#parameters = [];
  }
}
