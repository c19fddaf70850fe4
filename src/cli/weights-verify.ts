import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { AssayError } from '../domain/errors.ts';
import type { LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { replay } from '../domain/ledger/replay.ts';
import { sha256Hex } from '../lib/digest.ts';
import { errorText } from '../lib/error-text.ts';
import { printable } from '../lib/printable.ts';
import { fileError } from '../store/file-errors.ts';
import { DOCUMENT_BYTES_MAX, documentOf, type LedgerDocument } from '../store/ledger-document.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { CliExit } from './exit-codes.ts';
import { findingLines } from './finding-text.ts';

interface Verified {
  readonly document: LedgerDocument | undefined;
  readonly findings: readonly LedgerFinding[];
}

/** `assay weights verify FILE`: whether an exported document holds, without any database. */
export function weightsVerifyCommand(io: CommandIo): Command {
  const command = subcommand(io, 'verify');
  // It reads neither a configuration nor a database, but a script may give every command the same options.
  for (const option of command.options) if (option.long !== '--json') option.hideHelp();
  return command
    .argument('<file>', 'a document of `assay weights export`; - is stdin')
    .action((file: string, options: SharedOptions) => verify(io, file, options));
}

async function verify(io: CommandIo, file: string, options: SharedOptions): Promise<void> {
  const pieces: AsyncIterable<Uint8Array> = file === '-' ? io.stdin() : createReadStream(file);
  const verified = verifiedText(await textOf(pieces, file));
  io.stdout(options.json ? jsonText(resultOf(verified)) : resultText(verified));
  if (verified.findings.length > 0) throw new CliExit('failed', `${file} does not hold`);
}

function verifiedText(text: string): Verified {
  try {
    const document = documentOf(text);
    return { document, findings: replay(document, { digestOf: sha256Hex }) };
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'invalid_argument') throw error;
    const { violations = [] } = error.details;
    const findings = violations.map(({ field, value, rule }) => ({
      where: field,
      message: `${value === '' ? '(empty)' : value} is refused, the rule is: ${rule}`,
    }));
    const message = { where: 'the document', message: error.message };
    return { document: undefined, findings: findings.length > 0 ? findings : [message] };
  }
}

/** @throws CliExit when there is more than `DOCUMENT_BYTES_MAX`, or the bytes are no UTF-8. */
async function textOf(pieces: AsyncIterable<Uint8Array>, file: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      if (bytes > DOCUMENT_BYTES_MAX) {
        throw new CliExit('failed', `${file} has more than ${DOCUMENT_BYTES_MAX} bytes`);
      }
      chunks.push(piece);
    }
  } catch (error) {
    if (error instanceof CliExit) throw error;
    throw new CliExit('failed', errorText(fileError(error, `${file} cannot be read`)), {
      cause: error,
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new CliExit('failed', `${file} is not a text in UTF-8`, { cause });
  }
}

function resultOf({ document, findings }: Verified) {
  const entry = document?.sealed.entry;
  return {
    holds: findings.length === 0,
    netuid: entry?.netuid ?? null,
    mecid: entry?.mecid ?? null,
    block: entry?.block ?? null,
    digest: document?.sealed.digest ?? null,
    previous_digest: entry?.previousDigest ?? null,
    findings,
    submission: document?.submission ?? null,
  };
}

function resultText({ document, findings }: Verified): string {
  if (document === undefined) return `it is not a ledger document:\n${findingLines(findings)}`;
  const { entry, digest } = document.sealed;
  const place = `the weight set of block ${entry.block} on subnet ${entry.netuid}, mechanism ${entry.mecid}`;
  if (findings.length > 0) return `${place} does not hold:\n${findingLines(findings)}`;
  const counts = `${entry.minerCount} miners, ${entry.pairCount} pairs, ${document.weights.length} weights`;
  return [
    `${place} holds: ${counts}`,
    `digest          ${digest}`,
    `previous digest ${entry.previousDigest}`,
    submissionText(document),
    '',
  ].join('\n');
}

function submissionText({ submission }: LedgerDocument): string {
  const hash = printable(submission.extrinsic_hash ?? 'none');
  return `when it was exported it was ${submission.state}, extrinsic ${hash}; no digest covers that`;
}
