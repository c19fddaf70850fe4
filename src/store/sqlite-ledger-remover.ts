/**
 * Deletes the oldest weight sets. One short transaction takes the entry away and moves the anchor on, so that the chain of
 * digests verifies at every moment; the many rows below the set lose their link with it, which hides them from every
 * reader, and are swept in steps of bounded size. The newest set that the chain took keeps its own row, because that is what
 * the chain has now; everything else of it goes as well, so that sets which fail for long are no exception from retention.
 */
import type { ArchivedEntry, LedgerRemover, RemovalTimes } from '../actors/record-ports.ts';
import type { WeightSetState } from '../domain/weight-set.ts';
import { isOver, isTaken, WEIGHT_SET_STATES } from '../domain/weight-set-state.ts';
import type { EntryArchive } from './entry-archive.ts';
import { documentParts } from './ledger-document.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { SqliteLedger } from './sqlite-ledger.ts';
import { SqliteWeightSetStore } from './sqlite-weight-set-store.ts';
import { SUBNET_KEY, type Subnet, type SubnetOptions } from './subnet-key.ts';
import { storedTimeMs, timeText } from './time-text.ts';
import { UnlinkedRows } from './unlinked-rows.ts';

interface SqliteLedgerRemoverOptions extends SubnetOptions {
  /** Keeps the document of an entry before it is deleted; when it throws, the entry stays. Absent where none is kept. */
  readonly archive?: Pick<EntryArchive, 'write'> | undefined;
}

interface OldestSet {
  readonly id: number;
  readonly block: number;
  readonly state: WeightSetState;
  readonly decided_time: string;
  /** Null for a set from before the ledger. */
  readonly digest: string | null;
}

const TAKEN_STATES = WEIGHT_SET_STATES.filter(isTaken);
const ANCHOR_COLUMNS = [
  'block',
  'deleted_count',
  'digest',
  'mecid',
  'netuid',
  'updated_time',
] as const;
/** Decisions whose rows one sweep looks for. */
const METRICS_PER_SWEEP = 100;

/** See the top of this file. */
export class SqliteLedgerRemover implements LedgerRemover {
  readonly #database: SqliteDatabase;
  readonly #ledger: SqliteLedger;
  readonly #weightSets: SqliteWeightSetStore;
  readonly #subnet: Subnet;
  readonly #archive: Pick<EntryArchive, 'write'> | undefined;
  readonly #unlinked: UnlinkedRows;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(options: SqliteLedgerRemoverOptions) {
    this.#database = options.database;
    this.#ledger = new SqliteLedger(options);
    this.#weightSets = new SqliteWeightSetStore(options);
    this.#subnet = [options.netuid, options.mecid];
    this.#archive = options.archive;
    this.#unlinked = new UnlinkedRows(options.database);
    this.#statements = prepare(options.database);
  }

  async deleteOldest({ decidedBeforeMs, nowMs }: RemovalTimes): Promise<number | undefined> {
    const oldest = this.#database.read(() => this.#removable(decidedBeforeMs));
    if (oldest === undefined) return undefined;
    if (this.#archive !== undefined && oldest.digest !== null) {
      const document = await this.#document(oldest.block, oldest.digest);
      if (document === undefined) return undefined;
      await this.#archive.write(document);
    }
    return this.#database.transaction(() => {
      // Another process may have deleted it while the document was written.
      const set = this.#removable(decidedBeforeMs);
      if (set?.id !== oldest.id) return undefined;
      this.#delete(set, nowMs);
      return set.block;
    });
  }

  async sweep(limit: number): Promise<number> {
    return this.#database.transaction(() => {
      let count = 0;
      for (const { id } of this.#statements.unlinked.all(METRICS_PER_SWEEP)) {
        if (count >= limit) break;
        count += this.#unlinked.delete(id, limit - count);
      }
      return count;
    });
  }

  #removable(decidedBeforeMs: number): OldestSet | undefined {
    const { oldest, newest } = this.#statements;
    // Of the newest taken set without its entry nothing more goes; it holds up none of those behind it.
    const set = oldest
      .all(...this.#subnet, 2)
      .find((each) => each.digest !== null || !this.#isNewestTaken(each));
    if (set === undefined || !isOver(set.state)) return undefined;
    if (storedTimeMs('decided_time', set.decided_time) >= decidedBeforeMs) return undefined;
    return newest.get(...this.#subnet, 1)?.id === set.id ? undefined : set;
  }

  /** What the chain has now is asked for at every start, and by readers of what the miners get. */
  #isNewestTaken({ id, state }: OldestSet): boolean {
    const { newestTaken } = this.#statements;
    return isTaken(state) && newestTaken.get(...this.#subnet, ...TAKEN_STATES, 1)?.id === id;
  }

  async #document(block: number, digest: string): Promise<ArchivedEntry | undefined> {
    const content = await this.#ledger.contentAt(block);
    const set = await this.#weightSets.at(block);
    if (content === undefined || set === undefined) return undefined;
    const [netuid, mecid] = this.#subnet;
    return { netuid, mecid, block, digest, parts: documentParts(content, set) };
  }

  #delete(set: OldestSet, nowMs: number): void {
    const { id, block, digest } = set;
    const { unlink, deleteEntry, deleteSubmission, anchor, moveAnchor } = this.#statements;
    unlink.run(null, id);
    if (this.#isNewestTaken(set)) deleteEntry.run(id);
    else deleteSubmission.run(id);
    if (digest === null) return;
    const [netuid, mecid] = this.#subnet;
    const deletedCount = (anchor.get(netuid, mecid)?.deleted_count ?? 0) + 1;
    moveAnchor.run(block, deletedCount, digest, mecid, netuid, timeText(nowMs));
  }
}

function prepare(database: SqliteDatabase) {
  const submissions = () => database.query('weight_submissions');
  const newest = () =>
    submissions().select('id').where(named(SUBNET_KEY)).orderBy('block', 'desc').limit(1);
  return {
    oldest: database.statement<[...Subnet, limit: number], OldestSet>(
      database
        .query('weight_submissions as s')
        .leftJoin('ledger_entries as e', 'e.weight_submission_id', 's.id')
        .select('s.id', 's.block', 's.state', 's.decided_time', 'e.digest')
        .where({ 's.netuid': 'netuid', 's.mecid': 'mecid' })
        .orderBy('s.block')
        .limit(1),
      [...SUBNET_KEY, 'limit'],
    ),
    newest: database.statement<[...Subnet, limit: number], { id: number }>(newest(), [
      ...SUBNET_KEY,
      'limit',
    ]),
    newestTaken: database.statement<unknown[], { id: number }>(
      newest().whereIn('state', TAKEN_STATES),
      [...SUBNET_KEY, ...TAKEN_STATES, 'limit'],
    ),
    deleteEntry: database.statement<[submissionId: number]>(
      database
        .query('ledger_entries')
        .where(named(['weight_submission_id']))
        .delete(),
      ['weight_submission_id'],
    ),
    deleteSubmission: database.statement<[id: number]>(submissions().where({ id: 'id' }).delete(), [
      'id',
    ]),
    anchor: database.statement<Subnet, { deleted_count: number }>(
      database.query('ledger_anchors').select('deleted_count').where(named(SUBNET_KEY)),
      SUBNET_KEY,
    ),
    moveAnchor: database.statement<unknown[]>(
      database
        .query('ledger_anchors')
        .insert(named(ANCHOR_COLUMNS))
        .onConflict([...SUBNET_KEY])
        .merge(),
      ANCHOR_COLUMNS,
    ),
    ...prepareLinks(database),
  };
}

function prepareLinks(database: SqliteDatabase) {
  const metrics = () => database.query('emission_metrics');
  return {
    unlink: database.statement<[submissionId: null, oldSubmissionId: number]>(
      metrics()
        .update({ weight_submission_id: 'weight_submission_id' })
        .where({ weight_submission_id: 'old_weight_submission_id' }),
      ['weight_submission_id', 'old_weight_submission_id'],
    ),
    unlinked: database.statement<[limit: number], { id: number }>(
      metrics().select('id').whereNull('weight_submission_id').orderBy('id').limit(1),
      ['limit'],
    ),
  };
}
