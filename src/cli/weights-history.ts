import type { Command } from 'commander';
import type { WeightHistoryQuery, WeightHistoryRow } from '../actors/record-ports.ts';
import { countText, scoreText, shortHotkey } from '../domain/amount-text.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { Hotkey, MinerUid } from '../domain/ids.ts';
import { SqliteWeightHistory } from '../store/sqlite-weight-history.ts';
import { type CommandIo, jsonText, type SharedOptions, subcommand } from './command-io.ts';
import { CliExit } from './exit-codes.ts';
import { categoryValue, hotkeyValue, limitValue, uidValue, wholeNumber } from './option-values.ts';
import { withStoredSubnet } from './stored-ledger.ts';
import { textTable } from './text-table.ts';

interface HistoryOptions extends SharedOptions {
  readonly uid?: MinerUid;
  readonly hotkey?: Hotkey;
  readonly category?: CategoryKey;
  readonly fromBlock?: number;
  readonly toBlock?: number;
  readonly limit: number;
}

const LIMIT_DEFAULT = 100;

/** `assay weights history`: what was decided for each miner in each category, newest first, and why where it is nothing. */
export function weightsHistoryCommand(io: CommandIo): Command {
  return subcommand(io, 'history')
    .option('--uid <n>', 'only this UID', uidValue)
    .option('--hotkey <address>', 'with --uid: only while this hotkey held it', hotkeyValue)
    .option('--category <key>', 'only this category', categoryValue)
    .option('--from-block <n>', 'only blocks from this one on', wholeNumber)
    .option('--to-block <n>', 'only blocks up to and with this one', wholeNumber)
    .option('--limit <n>', 'at most so many', limitValue, LIMIT_DEFAULT)
    .action((options: HistoryOptions) => history(io, options));
}

async function history(io: CommandIo, options: HistoryOptions) {
  const { limit } = options;
  const query = queryOf(options);
  const { found, pendingBlocks } = await withStoredSubnet(io, options, async (subnet) => {
    const stored = new SqliteWeightHistory(subnet);
    // Asked first: what is written in between is listed all the same.
    return { pendingBlocks: await stored.pendingBlocks(), found: await stored.pairs(query) };
  });
  const shown = found.slice(0, limit);
  if (options.json) io.stdout(jsonText(await entriesJson(shown)));
  else if (shown.length > 0) io.stdout(`${table(shown)}\n`);
  if (shown.length === 0) io.stderr('nothing found\n');
  const { fromBlock = 0, toBlock = Number.POSITIVE_INFINITY } = options;
  for (const block of pendingBlocks) {
    if (block >= fromBlock && block <= toBlock) io.stderr(pendingText(block));
  }
  if (found.length > limit) io.stderr('there are older ones: a larger --limit shows them\n');
}

function pendingText(block: number): string {
  return (
    `the history of block ${block} is still to be written, by the service while it runs; ` +
    'assay weights explain reads it already\n'
  );
}

/** Asks for one more than is shown, to know whether there are more. */
function queryOf({ uid, category, limit, ...options }: HistoryOptions): WeightHistoryQuery {
  const { hotkey: holder, fromBlock, toBlock } = options;
  if (holder !== undefined && uid === undefined) {
    throw new CliExit('usage', '--hotkey is given only together with --uid');
  }
  if (fromBlock !== undefined && toBlock !== undefined && toBlock < fromBlock) {
    throw new CliExit('usage', `--to-block ${toBlock} is below --from-block ${fromBlock}`);
  }
  return {
    ...(uid === undefined ? {} : { minerUid: uid }),
    ...(holder === undefined ? {} : { hotkey: holder }),
    ...(category === undefined ? {} : { category }),
    ...(fromBlock === undefined ? {} : { fromBlock }),
    ...(toBlock === undefined ? {} : { toBlock }),
    limit: limit + 1,
  };
}

/** As `ListWeightHistory` spells them, the time as text. Messages, and all that they are made of, are loaded for this alone. */
async function entriesJson(rows: readonly WeightHistoryRow[]) {
  const { toWeightHistoryEntry } = await import('../grpc/allocation/weight-history-message.ts');
  return rows.map((row) => ({
    ...toWeightHistoryEntry(row),
    decided_time: new Date(row.decidedAtMs).toISOString(),
  }));
}

const NUMBERS = ['GPUs', 'score', 'basis', 'pool', 'weight'];

function table(rows: readonly WeightHistoryRow[]): string {
  const place = ['block', 'decided', 'UID', 'hotkey', 'category'];
  return textTable({
    head: [...place, ...NUMBERS, 'left out because', 'set'],
    right: ['block', 'UID', ...NUMBERS],
    rows: rows.map((row) => [
      String(row.block),
      new Date(row.decidedAtMs).toISOString(),
      String(row.uid),
      row.hotkey === '' ? '-' : shortHotkey(row.hotkey),
      row.category ?? '-',
      countText(row.gpuCount),
      scoreText(row.scoreMicros),
      countText(row.basis),
      countText(row.categoryWeightPool),
      countText(row.weight),
      row.reason ?? '',
      // Only with `verified` did the chain store what was decided.
      row.state === 'verified' ? '' : row.state.toUpperCase(),
    ]),
  });
}
