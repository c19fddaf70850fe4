import { compareAllocation } from './compare-allocation.ts';
import { checkSeal, type SealCheck } from './entry-seal.ts';
import { LEDGER_FORMAT, type LedgerContent } from './ledger-entry.ts';
import { FindingList, type LedgerFinding } from './ledger-finding.ts';
import { recalculate } from './recalculate.ts';

/**
 * Proves an entry from the ledger alone: its text and every digest, the link to the entry before, and the whole decision,
 * which is calculated again from the miners and compared field by field.
 *
 * Never throws, whatever the values are: what cannot be examined is a finding too.
 *
 * @returns nothing when everything holds; otherwise the first `FINDINGS_MAX` findings and the number of the others.
 */
export function replay(content: LedgerContent, check: SealCheck): readonly LedgerFinding[] {
  const { format } = content.sealed.entry;
  if (format !== LEDGER_FORMAT) return [unknownFormat(format)];
  const findings = new FindingList();
  try {
    checkSeal(content, check, findings);
    const allocation = recalculate(content, findings);
    if (allocation !== undefined) compareAllocation(content, allocation, findings);
  } catch (error) {
    findings.add('entry', `it cannot be examined to its end: ${(error as Error).message}`);
  }
  return findings.list();
}

function unknownFormat(format: number): LedgerFinding {
  return {
    where: 'format',
    message: `expected ${LEDGER_FORMAT}, found ${format}: use a version of Assay that writes format ${format}`,
  };
}
