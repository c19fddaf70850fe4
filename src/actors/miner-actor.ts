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

/** Times that a batch is decided before its commit is given up; the caller is told to come again. */
const DECISIONS_MAX = 8;
const RETRY_AFTER_MS = 1_000;
/** Rows after which a batch takes no further report: the event loop stands still while they are written. */
const BATCH_ROWS_MAX = 1_000;

/** See the top of this file. */
export class MinerActor {
  readonly uid: MinerUid;
  readonly #ports: MinerActorPorts;
  readonly #batchReportsMax: number;
  readonly #mailbox: Mailbox<QueuedReport>;
  readonly #onIdle: (actor: MinerActor) => void;
  /** The stored row; undefined until it is loaded, and again after a doubt. */
  #loaded: { readonly row: Profile | undefined } | undefined;
  #isWorking = false;

  constructor(
    uid: MinerUid,
    ports: MinerActorPorts,
    { limits, onIdle }: { limits: MinerActorLimits; onIdle: (actor: MinerActor) => void },
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

  /** Takes reports in order. Those that have to wait for room fail with the signal's reason when it aborts. */
  put(reports: readonly QueuedReport[], signal?: AbortSignal): void {
    for (const queued of reports) this.#mailbox.put(queued, signal).catch(queued.fail);
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#mailbox.size > 0) {
      await this.#process(this.#nextBatch());
    }
    this.#isWorking = false;
    this.#onIdle(this);
  }

  /** As many reports as a commit may have, in number and in rows; one is always taken. */
  #nextBatch(): readonly QueuedReport[] {
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

  async #process(batch: readonly QueuedReport[]): Promise<void> {
    let results: readonly ReportResult[];
    try {
      results = await this.#store(batch);
    } catch (error) {
      this.#giveUp(batch, error);
      return;
    }
    this.#tell(batch, results);
  }

  async #store(batch: readonly QueuedReport[]): Promise<readonly ReportResult[]> {
    const known = new Map<ReportKey, string>();
    const asked = new Set<ReportKey>();
    for (let decisions = 0; decisions < DECISIONS_MAX; decisions += 1) {
      const stored = await this.#load();
      const decision = this.#decide(batch, { stored, known });
      if (await this.#isStoredAlready(decision, { known, asked })) continue;
      if (await this.#commit(decision, known)) return decision.results;
    }
    throw new AssayError(
      'store_unavailable',
      `the profile of miner ${this.uid} was changed by others ${DECISIONS_MAX} times in a row`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }

  async #load(): Promise<Profile | undefined> {
    this.#loaded ??= { row: await this.#ports.profiles.get(this.uid) };
    return this.#loaded.row;
  }

  #decide(
    batch: readonly QueuedReport[],
    facts: { stored: Profile | undefined; known: ReadonlyMap<ReportKey, string> },
  ): BatchDecision {
    const { registrations, policy, normaliser, clock } = this.#ports;
    const registration = registrations.find(this.uid);
    return decideBatch(batch, { ...facts, registration, policy, normaliser, nowMs: clock.now() });
  }

  /** Whether a report that would be refused is stored: then it is a duplicate, and the batch is decided again. */
  async #isStoredAlready(
    { refused }: BatchDecision,
    { known, asked }: { known: Map<ReportKey, string>; asked: Set<ReportKey> },
  ): Promise<boolean> {
    const doubtful = refused.filter((report) => !asked.has(reportKey(report)));
    if (doubtful.length === 0) return false;
    const digests = await this.#ports.journal.digestsOf(doubtful);
    for (const report of doubtful) asked.add(reportKey(report));
    for (const [key, digest] of digests) known.set(key, digest);
    return digests.size > 0;
  }

  /** False when the batch has to be decided again. */
  async #commit({ commit }: BatchDecision, known: Map<ReportKey, string>): Promise<boolean> {
    if (commit === undefined) return true;
    const before = this.#loaded?.row;
    const result = await this.#ports.journal.commit(commit);
    switch (result.kind) {
      case 'committed':
        this.#assign(commit, { before, revision: result.revision });
        return true;
      case 'known_reports':
        assert(result.digests.size > 0, 'known reports are named');
        for (const [key, digest] of result.digests) known.set(key, digest);
        return false;
      case 'revision_conflict':
        this.#loaded = undefined;
        return false;
    }
  }

  #assign(
    commit: MinerCommit,
    { before, revision }: { before: Profile | undefined; revision: number | undefined },
  ): void {
    if (commit.next !== undefined) {
      this.#loaded = { row: { ...commit.next, revision: revision ?? commit.next.revision } };
    }
    if (commit.isNewMiner && commit.next !== undefined && before !== undefined) {
      this.#ports.events.minerReplaced({
        uid: this.uid,
        oldHotkey: before.miner.hotkey,
        newHotkey: commit.next.miner.hotkey,
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
    batch.forEach(({ report, decide }, index) => {
      const result = results[index] as ReportResult;
      if (result.outcome === 'REFUSED') {
        const { proverId, reportId, minerUid } = report;
        this.#ports.events.reportRefused({ proverId, reportId, minerUid, refusal: result.refusal });
      }
      decide(result);
    });
  }

  #giveUp(batch: readonly QueuedReport[], cause: unknown): void {
    this.#loaded = undefined;
    const error = understood(cause);
    for (const { fail } of batch) fail(error);
    while (this.#mailbox.size > 0) {
      for (const { fail } of this.#mailbox.drain(this.#mailbox.capacity)) fail(error);
    }
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
