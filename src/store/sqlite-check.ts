/** Everything that can be found wrong with a database from outside, also while a service writes it. */
import type BetterSqlite3 from 'better-sqlite3';
import { counted, countText } from '../domain/amount-text.ts';
import { damageOf } from './file-errors.ts';
import { LedgerAudit, ledgerSubnets } from './ledger-audit.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import {
  contentsOf,
  type DatabaseContents,
  foreignKeyProblems,
  hasTable,
  integrityProblems,
  isMigrating,
  openForReading,
  PROBLEMS_MAX,
  type SchemaState,
  schemaOf,
} from './sqlite-inspection.ts';
import { checkLedger, type LedgerSummary, placedText } from './sqlite-ledger-check.ts';

interface CheckOptions {
  readonly database: string;
  /** Whether the calculation of every ledger entry is repeated. */
  readonly isReplaying: boolean;
  readonly signal: AbortSignal;
}

const LEDGER_TABLES = [
  'ledger_entries',
  'ledger_inputs',
  'ledger_anchors',
  'weight_submissions',
  'weight_allocation_history',
  'emission_metrics',
] as const;

/** One question and its answer. */
export interface CheckLine {
  readonly name: string;
  readonly verdict: 'ok' | 'failed' | 'skipped';
  /** What was found, for an operator. */
  readonly detail: string;
}

export interface DatabaseCheck {
  readonly lines: readonly CheckLine[];
  /** Undefined when the file cannot be read. */
  readonly contents: DatabaseContents | undefined;
}

/** @throws AssayError `store_unavailable`; the signal's reason. What is wrong with the database is a verdict. */
export async function checkDatabase(options: CheckOptions): Promise<DatabaseCheck> {
  try {
    const checked = await checkFile(options);
    return { ...checked, lines: [...checked.lines, await replayLine(options, checked)] };
  } catch (error) {
    options.signal.throwIfAborted();
    return { lines: [failed('file', damageOf(error))], contents: undefined };
  }
}

/** One transaction: every answer is about the same moment. */
async function checkFile({ database, signal }: CheckOptions): Promise<DatabaseCheck> {
  const handle = openForReading(database);
  try {
    handle.exec('begin');
    const contents = readable(() => contentsOf(handle));
    const isKnown = contents?.schema.kind === 'current' || contents?.schema.kind === 'older';
    const lines = [
      fileLine(handle),
      line('integrity', () => verdict('integrity', integrityProblems(handle), 'sound')),
      line('foreign keys', () =>
        verdict('foreign keys', foreignKeyProblems(handle), 'every row has its parent'),
      ),
      line('schema', () => schemaLine(handle)),
      ...(isKnown && hasLedger(handle) ? await ledgerLines(handle, signal) : []),
    ];
    return { lines, contents };
  } finally {
    handle.close();
  }
}

function fileLine(handle: BetterSqlite3.Database): CheckLine {
  const read = (name: string) => Number(handle.pragma(name, { simple: true }));
  const [pages, size] = [read('page_count'), read('page_size')];
  return ok('file', `${handle.name}, ${pages} pages of ${size} bytes`);
}

function schemaLine(handle: BetterSqlite3.Database): CheckLine {
  if (isMigrating(handle)) {
    return failed('schema', 'a migration is under way, or was broken off');
  }
  const schema = schemaOf(handle);
  return schema.kind === 'newer' || schema.kind === 'unknown'
    ? failed('schema', schemaText(schema))
    : ok('schema', schemaText(schema));
}

/** A schema in words. */
export function schemaText(schema: SchemaState): string {
  switch (schema.kind) {
    case 'current':
      return 'that of this version';
    case 'older':
      return `older: ${schema.missing.join(', ')} will be applied at the next start`;
    case 'newer':
      return `of a newer version: this one does not know ${schema.unknown.join(', ')}`;
    case 'unknown':
      return 'not that of a database of Assay';
  }
}

async function ledgerLines(
  handle: BetterSqlite3.Database,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  try {
    const found = await checkLedger(handle, signal);
    const entries = `${entriesText(found.entryCount)} with their miners, pairs and weights`;
    return [
      verdict('ledger links', found.linkProblems, linksText(found)),
      verdict('ledger digests', found.digestProblems, found.entryCount === 0 ? 'none' : entries),
      line('unlinked rows', () => unlinkedLine(handle)),
    ];
  } catch (error) {
    signal.throwIfAborted();
    return [failed('ledger', damageOf(error))];
  }
}

function hasLedger(handle: BetterSqlite3.Database): boolean {
  return LEDGER_TABLES.every((table) => hasTable(handle, table));
}

function linksText(found: LedgerSummary): string {
  const { entryCount, firstBlock, lastBlock, deletedCount, olderSetCount } = found;
  const entries = entriesText(entryCount);
  const parts = [entryCount === 0 ? entries : `${entries}, block ${firstBlock} to ${lastBlock}`];
  if (deletedCount > 0) parts.push(`${countText(deletedCount)} before them deleted`);
  if (olderSetCount > 0)
    parts.push(`${counted(olderSetCount, 'weight set')} older than the ledger`);
  return parts.join(', ');
}

function entriesText(count: number): string {
  if (count === 0) return 'no entries';
  return count === 1 ? '1 entry' : `${countText(count)} entries`;
}

/** Rows of decisions whose entry was deleted; the service sweeps them. */
function unlinkedLine(handle: BetterSqlite3.Database): CheckLine {
  const count = (sql: string) => handle.prepare<[], number>(sql).pluck().get() ?? 0;
  const unlinked = 'select id from emission_metrics where weight_submission_id is null';
  const sets = count(`select count(*) from (${unlinked})`);
  const tables = ['weight_allocation_history', 'pending_weight_history', 'ledger_inputs'];
  const rows = tables
    .filter((table) => hasTable(handle, table))
    .map((table) =>
      count(`select count(*) from ${table} where emission_metrics_id in (${unlinked})`),
    );
  const total = rows.reduce((sum, each) => sum + each, sets);
  return ok('unlinked rows', total === 0 ? 'none' : `${total} of ${sets} decisions to sweep`);
}

async function replayLine(options: CheckOptions, checked: DatabaseCheck): Promise<CheckLine> {
  const name = 'ledger replay';
  if (!options.isReplaying) return skipped(name, 'only with --replay');
  if (checked.contents?.schema.kind !== 'current') {
    return skipped(name, 'only with the schema of this version');
  }
  try {
    const { entryCount, problems } = await replayed(options);
    return verdict(name, problems, `${entriesText(entryCount)} repeated, all the same`);
  } catch (error) {
    options.signal.throwIfAborted();
    return failed(name, damageOf(error));
  }
}

/** Repeats the calculation of every entry of all subnets and compares it with every table that speaks of it. */
async function replayed({ database: file, signal }: CheckOptions) {
  const database = await SqliteDatabase.openReadOnly({ file });
  try {
    const problems: string[] = [];
    let entryCount = 0;
    for (const subnet of await ledgerSubnets(database)) {
      const audit = new LedgerAudit({ database, ...subnet });
      for await (const { block, findings } of audit.entries()) {
        signal.throwIfAborted();
        entryCount += 1;
        problems.push(...findings.map((finding) => placedText(subnet, block, finding)));
        problems.splice(PROBLEMS_MAX);
      }
    }
    return { entryCount, problems };
  } finally {
    await database.close();
  }
}

function line(name: string, answer: () => CheckLine): CheckLine {
  try {
    return answer();
  } catch (error) {
    return failed(name, damageOf(error));
  }
}

/** Undefined when damage prevents it, which `integrity` tells of. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    damageOf(error);
    return undefined;
  }
}

function verdict(name: string, problems: readonly string[], detail: string): CheckLine {
  return problems.length === 0 ? ok(name, detail) : failed(name, problems.join('; '));
}

function ok(name: string, detail: string): CheckLine {
  return { name, verdict: 'ok', detail };
}

function failed(name: string, detail: string): CheckLine {
  return { name, verdict: 'failed', detail };
}

function skipped(name: string, detail: string): CheckLine {
  return { name, verdict: 'skipped', detail };
}
