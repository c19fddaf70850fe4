/** Whether the digests of an entry hold: of its text, of the lines it speaks of, and of the entry before. */
import { canonicalJson } from './canonical-json.ts';
import { entryDocument, type LedgerContent, type TextDigest } from './ledger-entry.ts';
import type { FindingList } from './ledger-finding.ts';
import { minerLine } from './miner-line.ts';
import { pairLine, weightLine } from './pair-lines.ts';

/** What digests are checked with. */
export interface SealCheck {
  readonly digestOf: TextDigest;
  /** The digest of the entry before, or of the anchor; without it the link is not checked. */
  readonly previousDigest?: string;
}

/** Checks every digest and count of an entry against what it was taken of. */
export function checkSeal(content: LedgerContent, check: SealCheck, findings: FindingList): void {
  checkText(content, check, findings);
  const { entry } = content.sealed;
  checkLines(content, check.digestOf, findings);
  findings.compare('miner_count', { found: entry.minerCount, expected: content.miners.length });
  findings.compare('pair_count', { found: entry.pairCount, expected: content.pairs.length });
}

function checkText({ sealed }: LedgerContent, check: SealCheck, findings: FindingList): void {
  const { entry, text, digest } = sealed;
  if (canonicalJson(entryDocument(entry)) !== text) {
    findings.add('entry', 'its text is not the canonical text of its values');
  }
  const own = check.digestOf(text);
  if (own !== digest) {
    findings.add('digest', `the entry has the digest ${digest}, but its text gives ${own}`);
  }
  const { previousDigest = entry.previousDigest } = check;
  if (entry.previousDigest !== previousDigest) {
    const claim = `the entry follows one with the digest ${entry.previousDigest}`;
    findings.add('previous_digest', `${claim}, but the one before it has ${previousDigest}`);
  }
}

function checkLines(content: LedgerContent, digestOf: TextDigest, findings: FindingList): void {
  const { sealed, miners, pairs, weights } = content;
  const { inputDigest, pairsDigest, weightsDigest } = sealed.entry;
  const parts = [
    { where: 'input_digest', digest: inputDigest, lines: miners.map(minerLine) },
    { where: 'pairs_digest', digest: pairsDigest, lines: pairs.map(pairLine) },
    { where: 'weights_digest', digest: weightsDigest, lines: weights.map(weightLine) },
  ];
  for (const { where, digest, lines } of parts) {
    const own = digestOf(lines.map((line) => `${line}\n`).join(''));
    if (own === digest) continue;
    findings.add(where, `the entry has ${digest}, but its ${lines.length} lines give ${own}`);
  }
}
