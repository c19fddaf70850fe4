import type { Command } from 'commander';
import { counted, countText } from '../domain/amount-text.ts';
import { type AuditedEntry, LedgerAudit, type LedgerSubnet } from '../store/ledger-audit.ts';
import type { LedgerAnchor } from '../store/sqlite-ledger.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { CliExit } from './exit-codes.ts';
import { findingLines } from './finding-text.ts';
import { wholeNumber } from './option-values.ts';
import { withStoredSubnet } from './stored-ledger.ts';

interface ReplayOptions extends SharedOptions {
  readonly block?: number;
  readonly all?: boolean;
}

/** What the audit of a ledger came to; single entries are not kept, however many there are. */
interface Tally {
  entries: number;
  firstBlock: number | undefined;
  lastBlock: number | undefined;
  held: number;
  firstBroken: AuditedEntry | undefined;
}

/** What stands beside the entries that can be repeated. */
interface Surroundings {
  readonly anchor: LedgerAnchor | undefined;
  readonly olderSets: number;
  /** The subnets that have entries, when this one has none; then there was nothing to check. */
  readonly otherSubnets: readonly LedgerSubnet[];
}

/** `assay weights replay`: repeats decisions from the ledger alone and compares them with what is stored. */
export function weightsReplayCommand(io: CommandIo): Command {
  return subcommand(io, 'replay')
    .option('--block <number>', 'the set that was decided at this block', wholeNumber)
    .option('--all', 'every set, and the chain of their digests')
    .action((options: ReplayOptions) => replayStored(io, options));
}

async function replayStored(io: CommandIo, options: ReplayOptions): Promise<void> {
  const { block, all = false } = options;
  if ((block === undefined) !== all) {
    throw new CliExit('usage', 'say which sets to replay: --block N or --all, not both');
  }
  await withStoredSubnet(io, options, async (subnet) => {
    const audit = new LedgerAudit(subnet);
    if (block === undefined) await replayAll(io, options, audit);
    else replayedOne(io, options, await audit.entry(block));
  });
}

function replayedOne(io: CommandIo, options: ReplayOptions, entry: AuditedEntry): void {
  const { block, findings } = entry;
  const holds = findings.length === 0;
  if (options.json) io.stdout(jsonText({ block, holds, findings }));
  else if (holds) io.stdout(`the weight set of block ${block} holds\n`);
  else io.stdout(brokenText(entry));
  if (!holds) throw new CliExit('failed', `the weight set of block ${block} does not hold`);
}

async function replayAll(io: CommandIo, options: ReplayOptions, audit: LedgerAudit): Promise<void> {
  const progress = new Progress(io);
  const tally = newTally();
  try {
    for await (const entry of audit.entries()) {
      if (io.signal.aborted) throw new CliExit('failed', `stopped before block ${entry.block}`);
      count(tally, entry);
      progress.show(tally);
    }
  } finally {
    progress.clear();
  }
  const around = {
    anchor: await audit.anchor(),
    olderSets: await audit.olderSetCount(),
    otherSubnets: tally.entries === 0 ? await audit.otherSubnets() : [],
  };
  io.stdout(options.json ? jsonText(resultOf(tally, around)) : resultText(tally, around));
  if (around.otherSubnets.length > 0) {
    throw new CliExit('failed', audit.noEntriesText(around.otherSubnets));
  }
  if (tally.firstBroken !== undefined) {
    throw new CliExit('failed', `block ${tally.firstBroken.block} is the first that does not hold`);
  }
}

function newTally(): Tally {
  return {
    entries: 0,
    firstBlock: undefined,
    lastBlock: undefined,
    held: 0,
    firstBroken: undefined,
  };
}

function count(tally: Tally, entry: AuditedEntry): void {
  tally.entries += 1;
  tally.firstBlock ??= entry.block;
  tally.lastBlock = entry.block;
  if (entry.findings.length === 0) tally.held += 1;
  else tally.firstBroken ??= entry;
}

function resultOf(tally: Tally, { anchor, olderSets, otherSubnets }: Surroundings) {
  return {
    holds: tally.firstBroken === undefined && otherSubnets.length === 0,
    entries: tally.entries,
    held: tally.held,
    first_block: tally.firstBlock ?? null,
    last_block: tally.lastBlock ?? null,
    first_broken: tally.firstBroken ?? null,
    sets_older_than_ledger: olderSets,
    deleted_entries: anchor?.deletedCount ?? 0,
    deleted_up_to_block: anchor?.block ?? null,
    other_subnets: otherSubnets,
  };
}

function resultText(tally: Tally, { anchor, olderSets, otherSubnets }: Surroundings): string {
  const { entries, firstBroken } = tally;
  const none = otherSubnets.length > 0 ? '' : ': the ledger has no entries';
  const lines = [
    entries === 0 ? `there is nothing to replay${none}` : heldText(tally),
    ...(anchor === undefined ? [] : [deletedText(anchor)]),
    ...(olderSets === 0 ? [] : [olderText(olderSets)]),
  ];
  const broken = firstBroken === undefined ? '' : brokenText(firstBroken);
  return `${lines.join('\n')}\n${broken}`;
}

function heldText({ entries, held, firstBlock, lastBlock }: Tally): string {
  const hold = entries === 1 ? 'holds' : 'hold';
  const blocks = `from block ${firstBlock} to ${lastBlock}`;
  return `${countText(held)} of ${counted(entries, 'weight set')} ${hold}, ${blocks}`;
}

function deletedText({ deletedCount, block }: LedgerAnchor): string {
  const [were, their] = deletedCount === 1 ? ['was', 'its'] : ['were', 'their'];
  const entries = deletedCount === 1 ? '1 entry' : `${countText(deletedCount)} entries`;
  return `${entries} up to block ${block} ${were} deleted by retention; the chain goes on from ${their} digest`;
}

function olderText(olderSets: number): string {
  return olderSets === 1
    ? '1 weight set is older than the ledger: nothing can be said of it'
    : `${countText(olderSets)} weight sets are older than the ledger: nothing can be said of them`;
}

function brokenText({ block, findings }: AuditedEntry): string {
  return `the weight set of block ${block} does not hold:\n${findingLines(findings)}`;
}

/** One line on a terminal that is written over; nothing elsewhere. */
class Progress {
  readonly #io: CommandIo;
  #isShown = false;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  show({ entries, lastBlock }: Tally): void {
    if (!this.#io.isStderrTty) return;
    this.#isShown = true;
    this.#io.stderr(`\r${counted(entries, 'weight set')} up to block ${lastBlock}`);
  }

  clear(): void {
    if (this.#isShown) this.#io.stderr('\r\u001b[K');
  }
}
