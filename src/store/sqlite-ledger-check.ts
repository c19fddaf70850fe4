/**
 * Whether the ledger holds together: every entry has the digest of its text and says where it stands, its miners, pairs
 * and weights have theirs, the entries follow each other, and no weight set that needs one is without. Whether the
 * calculations were right is not looked at: repeating them does that.
 */
import type BetterSqlite3 from 'better-sqlite3';
import { type ChainAnchor, ChainWalk } from '../domain/ledger/chain-walk.ts';
import type { LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { sha256Hex } from '../lib/digest.ts';
import { breath } from './breath.ts';
import { type LedgerSubnet, subnetText } from './ledger-audit.ts';
import { PROBLEMS_MAX } from './sqlite-inspection.ts';
import { SqliteLinesCheck } from './sqlite-lines-check.ts';
import type { Subnet } from './subnet-key.ts';

/** What was found of all subnets in the database. */
export interface LedgerSummary {
  readonly entryCount: number;
  readonly firstBlock: number | undefined;
  readonly lastBlock: number | undefined;
  /** Entries that were deleted, for which the anchors stand. */
  readonly deletedCount: number;
  /** Weight sets that were decided before there was a ledger. */
  readonly olderSetCount: number;
  readonly digestProblems: readonly string[];
  readonly linkProblems: readonly string[];
}

interface EntryRow extends LedgerSubnet {
  readonly weight_submission_id: number;
  readonly block: number;
  readonly entry_json: string;
  readonly digest: string;
  readonly previous_digest: string;
}

type AnchorRow = LedgerSubnet & ChainAnchor & { readonly deleted_count: number };
type SetRow = LedgerSubnet & { readonly block: number };

/** Entries that are held at a time. */
const ENTRIES_PER_BATCH = 100;
/** What an entry and its row both say. */
const SAID_TWICE = ['netuid', 'mecid', 'block', 'previous_digest'] as const;

/**
 * Reads every entry once, with a breath after each; the caller holds a transaction, so that none is deleted meanwhile.
 *
 * @throws AssayError `store_unavailable`; the signal's reason.
 */
export async function checkLedger(
  handle: BetterSqlite3.Database,
  signal: AbortSignal,
): Promise<LedgerSummary> {
  const statements = prepare(handle);
  const check = new LedgerCheck(handle, statements);
  for (const subnet of statements.subnets.all()) await check.subnet(subnet, signal);
  return check.summary();
}

/** One finding with the place where it was made. */
export function placedText(
  subnet: LedgerSubnet,
  block: number,
  { where, message }: LedgerFinding,
): string {
  return `subnet ${subnetText(subnet)}, block ${block}, ${where}: ${message}`;
}

class LedgerCheck {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #lines: SqliteLinesCheck;
  readonly #digestProblems: string[] = [];
  readonly #linkProblems: string[] = [];
  #blocks: number[] = [];
  #entryCount = 0;
  #deletedCount = 0;
  #olderSetCount = 0;

  constructor(handle: BetterSqlite3.Database, statements: ReturnType<typeof prepare>) {
    this.#statements = statements;
    this.#lines = new SqliteLinesCheck(handle);
  }

  async subnet(subnet: LedgerSubnet, signal: AbortSignal): Promise<void> {
    const key: Subnet = [subnet.netuid, subnet.mecid];
    const anchor = this.#statements.anchor.get(...key);
    this.#deletedCount += anchor?.deleted_count ?? 0;
    const firstBlock = this.#statements.firstBlock.get(...key) ?? undefined;
    const walk = new ChainWalk({ anchor, firstBlock });
    for (let after = -1; ; ) {
      const batch = this.#statements.entries.all(...key, after, ENTRIES_PER_BATCH);
      for (const row of batch) {
        this.#entry(row, walk);
        await breath(signal);
      }
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last.block;
    }
    for (const row of this.#statements.withoutEntry.iterate(...key)) this.#bareSet(row, walk);
  }

  summary(): LedgerSummary {
    const [firstBlock, lastBlock] = this.#blocks;
    return {
      entryCount: this.#entryCount,
      firstBlock,
      lastBlock,
      deletedCount: this.#deletedCount,
      olderSetCount: this.#olderSetCount,
      digestProblems: this.#digestProblems,
      linkProblems: this.#linkProblems,
    };
  }

  #entry(row: EntryRow, walk: ChainWalk): void {
    const { block, digest, previous_digest: previousDigest } = row;
    this.#entryCount += 1;
    const [first = block, last = block] = this.#blocks;
    this.#blocks = [Math.min(first, block), Math.max(last, block)];
    add(this.#linkProblems, row, walk.next({ block, digest, previousDigest }));
    const { weight_submission_id } = row;
    const document = documentIn(row.entry_json);
    add(this.#digestProblems, row, ownFindings(row, document));
    // An entry that cannot be read names no digests.
    if (document === undefined) return;
    add(this.#digestProblems, row, this.#lines.findings({ weight_submission_id, document }));
  }

  #bareSet(row: SetRow, walk: ChainWalk): void {
    if (row.block < walk.start) this.#olderSetCount += 1;
    add(this.#linkProblems, row, walk.withoutEntry(row.block));
  }
}

type EntryDocument = Readonly<Record<string, unknown>>;

function ownFindings(row: EntryRow, document: EntryDocument | undefined): LedgerFinding[] {
  const findings: LedgerFinding[] = [];
  if (sha256Hex(row.entry_json) !== row.digest) {
    findings.push({ where: 'digest', message: 'it is not that of the entry' });
  }
  if (document === undefined) {
    findings.push({ where: 'entry_json', message: 'it is no entry' });
    return findings;
  }
  for (const field of SAID_TWICE) {
    if (document[field] === row[field]) continue;
    findings.push({ where: field, message: 'the entry says something else than its row' });
  }
  return findings;
}

function documentIn(text: string): EntryDocument | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? { ...document } : undefined;
  } catch {
    // The digest of a text that is not JSON is checked all the same.
    return undefined;
  }
}

function add(problems: string[], row: SetRow, findings: readonly LedgerFinding[]): void {
  problems.push(...findings.map((finding) => placedText(row, row.block, finding)));
  problems.splice(PROBLEMS_MAX);
}

function prepare(handle: BetterSqlite3.Database) {
  const ofSubnet = 'netuid = ? and mecid = ?';
  return {
    subnets: handle.prepare<[], LedgerSubnet>(
      `select netuid, mecid from ledger_entries union select netuid, mecid from ledger_anchors
       union select netuid, mecid from weight_submissions order by netuid, mecid`,
    ),
    anchor: handle.prepare<Subnet, AnchorRow>(`select * from ledger_anchors where ${ofSubnet}`),
    firstBlock: handle
      .prepare<Subnet, number | null>(`select min(block) from ledger_entries where ${ofSubnet}`)
      .pluck(),
    entries: handle.prepare<[...Subnet, afterBlock: number, limit: number], EntryRow>(
      `select * from ledger_entries where ${ofSubnet} and block > ? order by block limit ?`,
    ),
    withoutEntry: handle.prepare<Subnet, SetRow>(
      `select s.netuid, s.mecid, s.block from weight_submissions s
       left join ledger_entries e on e.weight_submission_id = s.id
         and e.netuid = s.netuid and e.mecid = s.mecid and e.block = s.block
       where s.netuid = ? and s.mecid = ? and e.weight_submission_id is null order by s.block`,
    ),
  };
}
