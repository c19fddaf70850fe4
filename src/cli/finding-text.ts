import type { LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { printable } from '../lib/printable.ts';

/** Findings as lines of text, indented below what they are about. */
export function findingLines(findings: readonly LedgerFinding[]): string {
  return findings
    .map(({ where, message }) => `  ${printable(where)}: ${printable(message)}\n`)
    .join('');
}
