/**
 * Goes through a ledger from its oldest entry, or its anchor, to its newest: the links between the entries, each
 * calculation again, and every table that speaks of it. One entry is held at a time. The database may be written
 * meanwhile: entries that come are read too, those that retention takes away are left out.
 */
import { AssayError } from '../domain/errors.ts';
import { ChainWalk } from '../domain/ledger/chain-walk.ts';
import type { LedgerFinding } from '../domain/ledger/ledger-finding.ts';
import { replay } from '../domain/ledger/replay.ts';
import { sha256Hex } from '../lib/digest.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { type LedgerAnchor, SqliteLedger } from './sqlite-ledger.ts';
import { SqliteRecordCheck } from './sqlite-record-check.ts';
import {
  type AtBlock,
  BLOCK_KEY,
  SUBNET_KEY,
  type Subnet,
  type SubnetOptions,
} from './subnet-key.ts';

/** Whose ledger it is. */
export interface LedgerSubnet {
  readonly netuid: number;
  readonly mecid: number;
}

/** What was found out about the set of one block; it holds when there is no finding. */
export interface AuditedEntry {
  readonly block: number;
  readonly findings: readonly LedgerFinding[];
}

/** Sets without an entry that are told one by one. */
const UNENTERED_MAX = 1_000;

export class LedgerAudit {
  readonly #database: SqliteDatabase;
  readonly #ledger: SqliteLedger;
  readonly #record: SqliteRecordCheck;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #subnet: Subnet;

  constructor(options: SubnetOptions) {
    this.#database = options.database;
    this.#ledger = new SqliteLedger(options);
    this.#record = new SqliteRecordCheck(options);
    this.#subnet = [options.netuid, options.mecid];
    this.#statements = prepare(options.database);
  }

  /** Stands for the entries that retention deleted. */
  anchor(): Promise<LedgerAnchor | undefined> {
    return this.#ledger.anchor();
  }

  /** How many weight sets were recorded before there was a ledger; nothing can be said of them. */
  async olderSetCount(): Promise<number> {
    const { start } = await this.#walk();
    return this.#database.read(
      () => this.#statements.olderCount.get(...this.#subnet, start)?.count ?? 0,
    );
  }

  /**
   * Audits every set since the ledger began, by rising block.
   *
   * @throws AssayError `store_unavailable`.
   */
  async *entries(): AsyncGenerator<AuditedEntry> {
    const missing = await this.#unentered();
    for await (const placed of this.#chain()) {
      while (missing[0] !== undefined && missing[0].block < placed.block) {
        yield missing.shift() as AuditedEntry;
      }
      const findings = await this.#findings(placed);
      if (findings !== undefined) yield { block: placed.block, findings };
    }
    yield* missing;
  }

  /**
   * Audits the set of one block and its link to the entry before.
   *
   * @throws AssayError `ledger_entry_not_found`, `store_unavailable`.
   */
  async entry(block: number): Promise<AuditedEntry> {
    for await (const placed of this.#chain()) {
      if (placed.block > block) break;
      if (placed.block < block) continue;
      const findings = await this.#findings(placed);
      if (findings !== undefined) return { block, findings };
    }
    const unentered = (await this.#unentered()).find((each) => each.block === block);
    if (unentered !== undefined) return unentered;
    throw await this.missing(block);
  }

  /** The other subnets that the database has entries of, when this one has none. */
  async otherSubnets(): Promise<readonly LedgerSubnet[]> {
    const [netuid, mecid] = this.#subnet;
    const all = await ledgerSubnets(this.#database);
    return all.some((each) => each.netuid === netuid && each.mecid === mecid) ? [] : all;
  }

  /** Says that this subnet has no entries, and which others have. */
  noEntriesText(others: readonly LedgerSubnet[]): string {
    const [netuid, mecid] = this.#subnet;
    const has = others.map(subnetText).join(', ');
    return `no entries of subnet ${subnetText({ netuid, mecid })}; the database has ${has}`;
  }

  /** Why there is no entry of a block: `ledger_entry_not_found`. */
  async missing(block: number): Promise<AssayError> {
    return new AssayError(
      'ledger_entry_not_found',
      `there is no entry of block ${block}: ${await this.#whyMissing(block)}`,
    );
  }

  /** The entries by rising block, each with what does not hold about its place. */
  async *#chain(): AsyncGenerator<AuditedEntry> {
    let walk: ChainWalk | undefined;
    for await (const batch of this.#ledger.links()) {
      for (const link of batch) {
        if (walk === undefined) {
          // Read after the link, so that an entry which goes in between is not taken for the first one.
          const begun = await this.#walk();
          if (await this.#isDeleted(link.block)) continue;
          walk = begun;
        }
        yield { block: link.block, findings: walk.next(link) };
      }
    }
  }

  /** Undefined when the entry was deleted meanwhile. */
  async #findings(placed: AuditedEntry): Promise<readonly LedgerFinding[] | undefined> {
    const { block } = placed;
    const findings = [...placed.findings, ...(await this.#examine(block))];
    return findings.length > 0 && (await this.#isDeleted(block)) ? undefined : findings;
  }

  async #examine(block: number): Promise<readonly LedgerFinding[]> {
    try {
      const content = await this.#ledger.contentAt(block);
      if (content === undefined) return [unreadable('its weight submission is missing')];
      return [
        ...replay(content, { digestOf: sha256Hex }),
        ...this.#record.findings(block, content),
      ];
    } catch (error) {
      if (error instanceof AssayError && error.kind !== 'busy') return [unreadable(error.message)];
      throw error;
    }
  }

  /** Whether retention took the entry: it is not there any more, and the anchor has moved up to it. */
  async #isDeleted(block: number): Promise<boolean> {
    const isThere = this.#database.read(
      () => this.#statements.entry.get(...this.#subnet, block) !== undefined,
    );
    const anchor = await this.#ledger.anchor();
    return !isThere && anchor !== undefined && anchor.block >= block;
  }

  /** Sets that were recorded when there was a ledger already, and yet have no entry at their block. */
  async #unentered(): Promise<AuditedEntry[]> {
    const { start } = await this.#walk();
    const rows = this.#database.read(() =>
      this.#statements.unentered.all(...this.#subnet, start, UNENTERED_MAX),
    );
    // Retention may have taken entries away since, and moved the anchor behind them.
    const walk = await this.#walk();
    const missing = rows.filter(({ block }) => block >= walk.start);
    return missing.map(({ block }) => ({ block, findings: walk.withoutEntry(block) }));
  }

  async #walk(): Promise<ChainWalk> {
    const anchor = await this.#ledger.anchor();
    const first = this.#database.read(() => this.#statements.first.get(...this.#subnet, 1));
    return new ChainWalk({ anchor, firstBlock: first?.block });
  }

  async #whyMissing(block: number): Promise<string> {
    const hasSet = this.#database.read(
      () => this.#statements.submission.get(...this.#subnet, block) !== undefined,
    );
    const anchor = await this.#ledger.anchor();
    if (anchor !== undefined && block <= anchor.block) {
      return `the entries up to block ${anchor.block} were deleted by retention`;
    }
    const { start } = await this.#walk();
    if (hasSet) {
      return block < start
        ? 'its weight set is older than the ledger'
        : 'its weight set has lost it';
    }
    const others = await this.otherSubnets();
    return others.length === 0 ? 'no weights were set there' : this.noEntriesText(others);
  }
}

/** `39/0`. */
export function subnetText({ netuid, mecid }: LedgerSubnet): string {
  return `${netuid}/${mecid}`;
}

/** Every subnet that the ledger of a database has entries of. @throws AssayError `store_unavailable`. */
export async function ledgerSubnets(database: SqliteDatabase): Promise<readonly LedgerSubnet[]> {
  const query = database.query('ledger_entries').distinct('netuid', 'mecid');
  const statement = database.statement<[], LedgerSubnet>(query.orderBy([...SUBNET_KEY]), []);
  return database.read(() => statement.all());
}

function unreadable(message: string): LedgerFinding {
  return { where: 'entry', message: `it cannot be read: ${message}` };
}

function prepare(database: SqliteDatabase) {
  const entries = () => database.query('ledger_entries').select('block').where(named(SUBNET_KEY));
  const submissions = () =>
    database.query('weight_submissions as s').where({ 's.netuid': 'netuid', 's.mecid': 'mecid' });
  const withoutEntry = () =>
    submissions()
      .leftJoin('ledger_entries as e', (join) =>
        join
          .on('e.weight_submission_id', 's.id')
          .andOn('e.netuid', 's.netuid')
          .andOn('e.mecid', 's.mecid')
          .andOn('e.block', 's.block'),
      )
      .whereNull('e.weight_submission_id');
  return {
    entry: database.statement<AtBlock, { block: number }>(
      entries().where({ block: 'block' }),
      BLOCK_KEY,
    ),
    first: database.statement<[...Subnet, limit: number], { block: number }>(
      entries().orderBy('block').limit(1),
      [...SUBNET_KEY, 'limit'],
    ),
    submission: database.statement<AtBlock, { block: number }>(
      submissions().select('s.block').where({ 's.block': 'block' }),
      BLOCK_KEY,
    ),
    unentered: database.statement<[...AtBlock, limit: number], { block: number }>(
      withoutEntry().select('s.block').where('s.block', '>=', 'block').orderBy('s.block').limit(1),
      [...BLOCK_KEY, 'limit'],
    ),
    olderCount: database.statement<AtBlock, { count: number }>(
      withoutEntry().where('s.block', '<', 'block').count({ count: '*' }),
      BLOCK_KEY,
    ),
  };
}
