/**
 * The single writer of one UID's profile in this process.
 *
 * At most one batch is in flight: the actor drains its mailbox, decides purely, hands one commit to the journal, and only
 * when that is durable assigns the profile and tells the outcomes. What is in memory is therefore always something that
 * was on disk; the journal checks its revision, so a second process can change the row and costs a reload, no mistake.
 *
 * When a batch cannot be stored, everything that is queued behind it fails with it: a later report that was applied would
 * turn the earlier one stale when it is delivered again, and an EMA step would be lost.
 */
import { AssayError } from '../domain/errors.ts';
import { OTHER } from '../domain/gpu/catalogue.ts';
import type { GpuNormaliser } from '../domain/gpu/normalise.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Profile, ProfilePolicy } from '../domain/profile.ts';
import { type Report, type ReportKey, type ReportResult, reportKey } from '../domain/report.ts';
import type { Events } from '../events.ts';
import { AssertionError, assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { Mailbox } from '../lib/mailbox.ts';
import { type BatchDecision, decideBatch } from './batch-decision.ts';
import type { OutcomeTallies } from './outcome-tallies.ts';
import type { Journal, MinerCommit, ProfileReader } from './ports.ts';
import type { QueuedReport } from './queued-report.ts';
import type { Registrations } from './registrations.ts';
import type { UnknownGpus } from './unknown-gpus.ts';

/** What every actor works with. */
export interface MinerActorPorts {
  readonly profiles: Pick<ProfileReader, 'get'>;
  readonly journal: Journal;
  readonly registrations: Registrations;
  readonly policy: ProfilePolicy;
  readonly normaliser: GpuNormaliser;
  readonly clock: Clock;
  readonly events: Events;
  readonly unknownGpus: UnknownGpus;
  readonly tallies: OutcomeTallies;
}

/** How much one actor takes on. */
export interface MinerActorLimits {
  /** Reports that wait in one mailbox; the next ones wait in line or are refused. */
  readonly mailboxReportsMax: number;
  /** Reports of one commit; the rest makes the next one. */
  readonly batchReportsMax: number;
}

/** What is stored at the UID. */
interface LoadedRow {
  readonly row: Profile | undefined;
}

/** Times that a batch is decided before its commit is given up; the caller is told to come again. */
const DECISIONS_MAX = 8;
const NOTHING_KNOWN: ReadonlyMap<ReportKey, string> = new Map();
const RETRY_AFTER_MS = 1_000;
/** Rows after which a batch takes no further report: every acknowledgement behind it waits while they are written. */
const BATCH_ROWS_MAX = 1_000;

/** See the top of this file. */
export class MinerActor {
  readonly uid: MinerUid;
  readonly #ports: MinerActorPorts;
  readonly #batchReportsMax: number;
  readonly #mailbox: Mailbox<QueuedReport>;
  readonly #onIdle: () => void;
  /** The stored row; undefined until it is loaded, and again after a doubt. */
  #loaded: LoadedRow | undefined;
  #isWorking = false;

  constructor(
    uid: MinerUid,
    ports: MinerActorPorts,
    { limits, onIdle }: { limits: MinerActorLimits; onIdle: () => void },
  ) {
    this.uid = uid;
    this.#ports = ports;
    this.#batchReportsMax = limits.batchReportsMax;
    this.#mailbox = new Mailbox(limits.mailboxReportsMax);
    this.#onIdle = onIdle;
  }

  /** Whether `count` reports fit now; more than a whole mailbox counts as a whole mailbox. */
  hasRoomFor(count: number): boolean {
    const { capacity, size } = this.#mailbox;
    return capacity - size >= Math.min(count, capacity);
  }

  /** Takes a report in turn. One that has to wait for room fails with the signal's reason when it aborts. */
  put(queued: QueuedReport, signal?: AbortSignal): void {
    if (!signal?.aborted && this.#mailbox.offer(queued) === 'accepted') return;
    this.#mailbox.put(queued, signal).catch((error) => queued.delivery.fail(error));
  }

  /** Begins with what it took, unless it is at work. */
  begin(): void {
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#mailbox.size > 0) {
      const batch = this.#nextBatch();
      let results: readonly ReportResult[];
      try {
        results = await this.#store(batch);
      } catch (error) {
        this.#giveUp(batch, error);
        continue;
      }
      this.#tell(batch, results);
    }
    this.#isWorking = false;
    this.#onIdle();
  }

  /** As many reports as a commit may have, in number and in rows; one is always taken. */
  #nextBatch(): readonly QueuedReport[] {
    if (this.#mailbox.size === 1) return this.#mailbox.drain(1);
    const batch: QueuedReport[] = [];
    let rowCount = 0;
    while (this.#mailbox.size > 0 && batch.length < this.#batchReportsMax) {
      if (rowCount >= BATCH_ROWS_MAX) break;
      const [queued] = this.#mailbox.drain(1);
      if (queued === undefined) break;
      batch.push(queued);
      rowCount += rowCountOf(queued.report);
    }
    return batch;
  }

  async #store(batch: readonly QueuedReport[]): Promise<readonly ReportResult[]> {
    const facts = new KnownReports();
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions += 1) {
      const { row } = this.#loaded ?? (await this.#load());
      const { results, refused, commit } = this.#decide(batch, row, facts);
      if (refused.length > 0 && (await this.#areStored(refused, facts))) continue;
      if (commit === undefined) return results;
      const result = await this.#ports.journal.commit(commit);
      if (result.kind === 'committed') {
        this.#assign(commit, { before: row, revision: result.revision });
        return results;
      }
      if (result.kind === 'revision_conflict') {
        this.#loaded = undefined;
      } else {
        assert(result.digests.size > 0, 'known reports are named');
        facts.add(result.digests);
      }
    }
    throw new AssayError(
      'store_unavailable',
      `the profile of miner ${this.uid} was changed by others ${DECISIONS_MAX} times in a row`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }

  async #load(): Promise<LoadedRow> {
    this.#loaded = { row: await this.#ports.profiles.get(this.uid) };
    return this.#loaded;
  }

  #decide(
    batch: readonly QueuedReport[],
    stored: Profile | undefined,
    { known }: KnownReports,
  ): BatchDecision {
    const { registrations, policy, normaliser, clock } = this.#ports;
    const registration = registrations.find(this.uid);
    const nowMs = clock.now();
    return decideBatch(batch, { stored, known, registration, policy, normaliser, nowMs });
  }

  /** Whether a report that would be refused is stored: then it is a duplicate, and the batch is decided again. */
  async #areStored(refused: readonly Report[], known: KnownReports): Promise<boolean> {
    const doubtful = known.unasked(refused);
    if (doubtful.length === 0) return false;
    const digests = await this.#ports.journal.digestsOf(doubtful);
    known.add(digests);
    return digests.size > 0;
  }

  #assign(
    commit: MinerCommit,
    { before, revision }: { before: Profile | undefined; revision: number | undefined },
  ): void {
    const { next, isNewMiner } = commit;
    if (next !== undefined) {
      this.#loaded = { row: revision === undefined ? next : { ...next, revision } };
    }
    if (isNewMiner && next !== undefined && before !== undefined) {
      this.#ports.events.minerReplaced({
        uid: this.uid,
        oldHotkey: before.miner.hotkey,
        newHotkey: next.miner.hotkey,
      });
    }
    this.#recordUnknownGpus(commit);
  }

  #recordUnknownGpus(commit: MinerCommit): void {
    const { normaliser, unknownGpus } = this.#ports;
    for (const { executors } of commit.reports) {
      for (const { gpus } of executors) {
        for (const { category, model } of gpus) {
          if (category === OTHER && normaliser.normalise(model).kind === 'unknown') {
            unknownGpus.record(model);
          }
        }
      }
    }
  }

  #tell(batch: readonly QueuedReport[], results: readonly ReportResult[]): void {
    this.#ports.tallies.record(results);
    batch.forEach(({ report, delivery, index }, place) => {
      const result = results[place] as ReportResult;
      if (result.outcome === 'REFUSED') {
        const { proverId, reportId, minerUid } = report;
        this.#ports.events.reportRefused({ proverId, reportId, minerUid, refusal: result.refusal });
      }
      delivery.decide(index, result);
    });
  }

  #giveUp(batch: readonly QueuedReport[], cause: unknown): void {
    this.#loaded = undefined;
    const error = understood(cause);
    for (const { delivery } of batch) delivery.fail(error);
    while (this.#mailbox.size > 0) {
      const queued = this.#mailbox.drain(this.#mailbox.capacity);
      for (const { delivery } of queued) delivery.fail(error);
    }
  }
}

/** What is known of reports that are stored already: mostly nothing, so the collections are made when needed. */
class KnownReports {
  /** Their digests. */
  known: ReadonlyMap<ReportKey, string> = NOTHING_KNOWN;
  #asked: Set<ReportKey> | undefined;

  add(digests: ReadonlyMap<ReportKey, string>): void {
    this.known = new Map([...this.known, ...digests]);
  }

  /** Those of the reports that are not asked after yet, to be asked after now. */
  unasked(reports: readonly Report[]): readonly Report[] {
    this.#asked ??= new Set();
    const asked = this.#asked;
    const unasked = reports.filter((report) => !asked.has(reportKey(report)));
    for (const report of unasked) asked.add(reportKey(report));
    return unasked;
  }
}

/** What a report becomes in the database: a row for each group of GPUs, one for a machine without any. */
function rowCountOf({ executors }: Report): number {
  return executors.reduce(
    (sum, { attestation }) => sum + Math.max(1, attestation.gpuGroups.length),
    0,
  );
}

/** Bugs and errors that name their code pass as they are; a port that fails otherwise is a store that does not answer. */
function understood(cause: unknown): unknown {
  if (cause instanceof AssayError || cause instanceof AssertionError) return cause;
  return new AssayError('store_unavailable', 'the store failed', {
    cause,
    retryAfterMs: RETRY_AFTER_MS,
  });
}
