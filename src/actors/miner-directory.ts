/**
 * The actors of the miners that are being reported on, and the way in for reports.
 *
 * Order: reports of one miner are decided in the order in which their calls were made, also when calls overlap or wait.
 * Permits and mailboxes are first come first served, and all reports of a call enter their mailboxes in one turn.
 *
 * Memory: `queuedReportsMax` bounds the reports that are anywhere between `deliver` and the disk, over all miners;
 * whoever waits beyond that holds its message itself and so stops reading its stream. Actors without work are few at any
 * number of miners: what is alive is what the collector has to go over, and a profile is read again in less time.
 */
import { AssayError } from '../domain/errors.ts';
import type { MinerUid } from '../domain/ids.ts';
import type { Report, ReportOutcome, ReportResult } from '../domain/report.ts';
import { canonicalReport } from '../domain/report-text.ts';
import { sha256Hex } from '../lib/digest.ts';
import { Permits } from '../lib/permits.ts';
import { Delivery } from './delivery.ts';
import { MinerActor, type MinerActorLimits, type MinerActorPorts } from './miner-actor.ts';
import { OutcomeTallies } from './outcome-tallies.ts';
import type { DeliveryOptions, MetagraphReader, ReportIntake } from './ports.ts';
import { Registrations } from './registrations.ts';
import { UnknownGpus } from './unknown-gpus.ts';

/** What the directory is made of. */
interface MinerDirectoryPorts
  extends Omit<MinerActorPorts, 'registrations' | 'unknownGpus' | 'tallies'> {
  readonly metagraph: MetagraphReader;
}

/** How much the directory takes on; each is at least 1. */
export interface MinerDirectoryLimits extends MinerActorLimits {
  /**
   * Actors at once; one more evicts the longest idle, or is refused when none is idle. A call that names more miners than
   * this can never succeed, so it is far above the reports of one message.
   */
  readonly actorsMax: number;
  /** Reports between `deliver` and the disk; the next ones wait or are refused. */
  readonly queuedReportsMax: number;
  /** Actors that stay in memory without work; with one more the longest idle leaves. */
  readonly idleActorsMax: number;
  /** An actor without work leaves memory after this time, and at the latest after one and a half times it. */
  readonly idleEvictMs: number;
}

const FULL_RETRY_AFTER_MS = 100;
const DRAINING_RETRY_AFTER_MS = 1_000;

/** See the top of this file. */
export class MinerDirectory implements ReportIntake {
  /** GPU names without a category that were seen in stored reports. */
  readonly unknownGpus: UnknownGpus;
  readonly #ports: MinerActorPorts;
  readonly #limits: MinerDirectoryLimits;
  readonly #permits: Permits;
  readonly #actors = new Map<MinerUid, MinerActor>();
  /** Since when the actors without work have none, monotonic milliseconds, the longest idle first. */
  readonly #idle = new Map<MinerUid, number>();
  #isDraining = false;

  constructor({ metagraph, ...ports }: MinerDirectoryPorts, limits: MinerDirectoryLimits) {
    this.unknownGpus = new UnknownGpus(ports.events);
    this.#ports = {
      ...ports,
      registrations: new Registrations(metagraph),
      unknownGpus: this.unknownGpus,
      tallies: new OutcomeTallies(ports.events),
    };
    this.#limits = limits;
    this.#permits = new Permits(limits.queuedReportsMax);
  }

  get activeActors(): number {
    return this.#actors.size;
  }

  /** Reports between `deliver` and the disk. */
  get queuedReports(): number {
    return this.#permits.inUse;
  }

  /** Reports by outcome since the start. */
  get tallies(): Readonly<Record<ReportOutcome, number>> {
    return this.#ports.tallies.counts;
  }

  async deliver(
    reports: readonly Report[],
    options: DeliveryOptions,
  ): Promise<readonly ReportResult[]> {
    if (this.#isDraining) {
      const retry = { retryAfterMs: DRAINING_RETRY_AFTER_MS };
      throw new AssayError('shutting_down', 'the service is shutting down', retry);
    }
    this.#ports.registrations.refresh();
    if (reports.length === 0) return [];
    const permits = Math.min(reports.length, this.#permits.total);
    if (options.whenFull === 'wait') await this.#permits.acquire(permits, options.signal);
    else this.#acquireOrRefuse(reports, permits);
    if (options.failed?.signal.aborted) {
      this.#permits.release(permits);
      throw options.failed.signal.reason;
    }
    const delivery = new Delivery({
      reportCount: reports.length,
      receivedAtMs: this.#ports.clock.now(),
      link: options.link,
      failed: options.failed,
      onSettled: () => this.#permits.release(permits),
    });
    this.#queue(reports, delivery, options.signal);
    return delivery.decided;
  }

  /** Evicts idle actors until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#ports.clock.sleep(this.#limits.idleEvictMs / 2, signal).catch(() => undefined);
      this.#evictIdle();
    }
  }

  /** Refuses new deliveries and resolves when every report that was taken is decided. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#permits.acquire(this.#permits.total);
    this.#permits.release(this.#permits.total);
  }

  #acquireOrRefuse(reports: readonly Report[], permits: number): void {
    const counts = new Map<MinerUid, number>();
    for (const { minerUid } of reports) counts.set(minerUid, (counts.get(minerUid) ?? 0) + 1);
    for (const [uid, count] of counts) {
      if (this.#actors.get(uid)?.hasRoomFor(count) === false) {
        throw full(`${this.#limits.mailboxReportsMax} reports of miner ${uid} wait already`);
      }
    }
    if (!this.#permits.tryAcquire(permits))
      throw full(`${this.queuedReports} reports wait already`);
  }

  /** Every actor gets all that is for it before one begins, so that the reports of a miner share a commit. */
  #queue(reports: readonly Report[], delivery: Delivery, signal: AbortSignal | undefined): void {
    const actors: MinerActor[] = [];
    for (const [index, report] of reports.entries()) {
      const actor = this.#actorFor(report.minerUid);
      if (actor === undefined) {
        delivery.fail(this.#tooManyMiners());
        continue;
      }
      const digest = sha256Hex(canonicalReport(report));
      actor.put({ report, digest, delivery, index }, signal);
      actors.push(actor);
    }
    for (const actor of actors) actor.begin();
  }

  #actorFor(uid: MinerUid): MinerActor | undefined {
    const actor = this.#actors.get(uid) ?? this.#create(uid);
    this.#idle.delete(uid);
    return actor;
  }

  #tooManyMiners(): AssayError {
    const message = `all ${this.#limits.actorsMax} miner actors are busy`;
    return new AssayError('too_many_miners', message, { retryAfterMs: FULL_RETRY_AFTER_MS });
  }

  #create(uid: MinerUid): MinerActor | undefined {
    if (this.#actors.size >= this.#limits.actorsMax && !this.#evictLongestIdle()) return undefined;
    const onIdle = () => {
      this.#idle.set(uid, this.#ports.clock.monotonicMs());
      if (this.#idle.size > this.#limits.idleActorsMax) this.#evictLongestIdle();
    };
    const actor = new MinerActor(uid, this.#ports, { limits: this.#limits, onIdle });
    this.#actors.set(uid, actor);
    return actor;
  }

  #evictIdle(): void {
    const untilMs = this.#ports.clock.monotonicMs() - this.#limits.idleEvictMs;
    for (const [uid, sinceMs] of this.#idle) {
      if (sinceMs > untilMs) return;
      this.#evict(uid);
    }
  }

  /** Whether there was one. */
  #evictLongestIdle(): boolean {
    const [longestIdle] = this.#idle.keys();
    if (longestIdle === undefined) return false;
    this.#evict(longestIdle);
    return true;
  }

  #evict(uid: MinerUid): void {
    this.#idle.delete(uid);
    this.#actors.delete(uid);
  }
}

function full(message: string): AssayError {
  return new AssayError('mailbox_full', message, { retryAfterMs: FULL_RETRY_AFTER_MS });
}
