/** One thing that does not hold in an entry. */
export interface LedgerFinding {
  /** The part of the entry, in the spelling of its document, for example `burn` or `pair of UID 7 in H100`. */
  readonly where: string;
  /** What was expected and what was found, for an operator. */
  readonly message: string;
}

/** The most findings that are listed; the rest is counted in one more. */
export const FINDINGS_MAX = 20;

/** Collects findings: the first ones whole, the rest as their number. */
export class FindingList {
  readonly #findings: LedgerFinding[] = [];
  #count = 0;

  /** How many there are, listed or not. */
  get count(): number {
    return this.#count;
  }

  add(where: string, message: string): void {
    this.#count += 1;
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ where, message });
  }

  /** Adds a finding when a recorded value is not the expected one. */
  compare(where: string, { found, expected }: { found: unknown; expected: unknown }): void {
    if (found !== expected) this.add(where, `expected ${expected}, found ${found}`);
  }

  list(): readonly LedgerFinding[] {
    const more = this.#count - this.#findings.length;
    if (more === 0) return [...this.#findings];
    return [...this.#findings, { where: 'further findings', message: `and ${more} more` }];
  }
}
