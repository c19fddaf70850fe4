import type { Command } from 'commander';
import { checkSeal } from '../domain/ledger/entry-seal.ts';
import type { LedgerContent } from '../domain/ledger/ledger-entry.ts';
import { FindingList } from '../domain/ledger/ledger-finding.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { sha256Hex } from '../lib/digest.ts';
import { LedgerAudit } from '../store/ledger-audit.ts';
import { documentParts } from '../store/ledger-document.ts';
import { placeOf, writeWhole } from '../store/pending-file.ts';
import { SqliteLedger } from '../store/sqlite-ledger.ts';
import { SqliteWeightSetStore } from '../store/sqlite-weight-set-store.ts';
import { refuseTargets } from '../store/target-files.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { requireName } from './db-files.ts';
import { CliExit } from './exit-codes.ts';
import { findingLines } from './finding-text.ts';
import { wholeNumber } from './option-values.ts';
import { type StoredSubnet, withStoredSubnet } from './stored-ledger.ts';

interface ExportOptions extends SharedOptions {
  readonly block: number;
  readonly out: string;
  readonly replace?: boolean;
}

interface ExportedSet {
  readonly content: LedgerContent;
  readonly set: WeightSet;
}

/** `assay weights export`: writes one weight set as a document that can be verified without the database. */
export function weightsExportCommand(io: CommandIo): Command {
  return subcommand(io, 'export')
    .requiredOption('--block <number>', 'the set that was decided at this block', wholeNumber)
    .requiredOption('--out <file>', 'where to write it; - is stdout')
    .option('--replace', 'write over a file that is there already')
    .action((options: ExportOptions) => exportStored(io, options));
}

async function exportStored(io: CommandIo, options: ExportOptions): Promise<void> {
  const { block, out, json } = options;
  requireName(out);
  await withStoredSubnet(io, options, async (subnet) => {
    const place = out === '-' ? undefined : targetOf(subnet, options);
    const { content, set } = await setAt(subnet, block);
    const parts = documentParts(content, set);
    if (place === undefined) {
      for (const part of parts) io.stdout(part);
      return;
    }
    const bytes = await writeWhole(place, parts);
    const { digest } = content.sealed;
    if (json) io.stdout(jsonText({ file: place, block, digest, bytes }));
    else io.stderr(`${place} is written; check it with: assay weights verify ${place}\n`);
  });
}

/** @throws AssayError when the document cannot have this name. */
function targetOf(subnet: StoredSubnet, { out, replace }: ExportOptions): string {
  const { database, chainStateFile } = subnet;
  const place = placeOf(out);
  const canReplace = replace === true;
  refuseTargets([place], { database: database.file, chainStateFile, canReplace });
  return place;
}

/** @throws AssayError `ledger_entry_not_found`, CliExit when what would be written has other digests than its entry. */
async function setAt(subnet: StoredSubnet, block: number): Promise<ExportedSet> {
  const content = await new SqliteLedger(subnet).contentAt(block);
  const set = await new SqliteWeightSetStore(subnet).at(block);
  if (content === undefined || set === undefined) {
    throw await new LedgerAudit(subnet).missing(block);
  }
  const findings = new FindingList();
  checkSeal(content, { digestOf: sha256Hex }, findings);
  if (findings.count === 0) return { content, set };
  const head = `the weight set of block ${block} is not exported, because it does not hold:`;
  throw new CliExit('failed', `${head}\n${findingLines(findings.list()).trimEnd()}`);
}
