/**
 * Folds a batch of reports of one UID over what is stored there. Pure: a batch whose commit met newer facts is decided
 * again from the start, with those facts.
 */
import { admit } from '../domain/admission.ts';
import { violation } from '../domain/errors.ts';
import { isSameMiner, type Registration } from '../domain/metagraph.ts';
import type { Profile } from '../domain/profile.ts';
import { applyReport, emptyProfile, type UpdateContext } from '../domain/profile-update.ts';
import { type Report, type ReportKey, type ReportResult, reportKey } from '../domain/report.ts';
import type { TraceLink } from '../events.ts';
import { present } from '../lib/assert.ts';
import type { MinerCommit, StoredReport } from './ports.ts';
import type { QueuedReport } from './queued-report.ts';

/** The facts that a batch is decided on. */
interface BatchContext extends UpdateContext {
  /** The stored row at the UID, whoever it belongs to. */
  readonly stored: Profile | undefined;
  readonly registration: Registration | undefined;
  /** Digests of reports that are stored already. */
  readonly known: ReadonlyMap<ReportKey, string>;
}

/** What a batch comes to. */
export interface BatchDecision {
  /** One result per report, in order; they hold once `commit` is durable. */
  readonly results: readonly ReportResult[];
  /** Reports that are refused unless they are stored already. */
  readonly refused: readonly Report[];
  /** Absent when nothing is to be stored. */
  readonly commit: MinerCommit | undefined;
}

/** See the top of this file. */
export function decideBatch(batch: readonly QueuedReport[], context: BatchContext): BatchDecision {
  const fold = new BatchFold(context);
  const results = batch.map((queued) => fold.decide(queued));
  return { results, refused: fold.refused, commit: fold.commit() };
}

class BatchFold {
  readonly refused: Report[] = [];
  readonly #context: BatchContext;
  readonly #isNewMiner: boolean;
  readonly #digests: Map<ReportKey, string>;
  readonly #reports: StoredReport[] = [];
  readonly #named = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #links = new Set<TraceLink>();
  #profile: Profile | undefined;
  #isChanged = false;

  constructor(context: BatchContext) {
    const { stored, registration, nowMs } = context;
    this.#context = context;
    this.#digests = new Map(context.known);
    const isSame =
      stored !== undefined && registration !== undefined && isSameMiner(stored.miner, registration);
    this.#isNewMiner = stored !== undefined && !isSame;
    if (registration !== undefined) {
      this.#profile = isSame ? stored : emptyProfile(registration, nowMs);
    }
  }

  decide(queued: QueuedReport): ReportResult {
    const { report, digest } = queued;
    const known = this.#digests.get(reportKey(report));
    if (known !== undefined) return known === digest ? { outcome: 'DUPLICATE' } : reused(report);
    const refusal = admit(report, this.#context);
    const result =
      refusal === undefined ? this.#apply(queued) : ({ outcome: 'REFUSED', refusal } as const);
    if (result.outcome === 'REFUSED') this.refused.push(report);
    return result;
  }

  #apply(queued: QueuedReport): ReportResult {
    const { report, digest, receivedAtMs, link } = queued;
    const profile = present(this.#profile, 'an admitted report is that of a registered miner');
    const update = applyReport(profile, report, this.#context);
    if (update.outcome === 'REFUSED') return update;
    if (update.outcome === 'APPLIED') {
      this.#profile = update.next;
      this.#isChanged = true;
      for (const { executorId } of update.executors) this.#named.add(executorId);
      for (const executorId of update.removedExecutorIds) this.#removed.add(executorId);
    }
    const { outcome, executors } = update;
    this.#reports.push({ report, digest, outcome, receivedAtMs, executors });
    this.#digests.set(reportKey(report), digest);
    if (link !== undefined) this.#links.add(link);
    return { outcome };
  }

  commit(): MinerCommit | undefined {
    if (this.#reports.length === 0) return undefined;
    const profile = present(this.#profile, 'stored reports are those of a registered miner');
    const expectedRevision = this.#context.stored?.revision ?? 0;
    const { executors } = profile;
    return {
      minerUid: profile.miner.uid,
      expectedRevision,
      ...(this.#isChanged ? { next: { ...profile, revision: expectedRevision + 1 } } : {}),
      isNewMiner: this.#isNewMiner,
      upsertedExecutors: [...this.#named].flatMap((id) => executors.get(id) ?? []),
      removedExecutorIds: [...this.#removed].filter((id) => !executors.has(id)),
      reports: this.#reports,
      links: [...this.#links],
    };
  }
}

function reused(report: Report): ReportResult {
  const rule = 'names one report: this prover sent other content under the same identifier';
  const broken = violation({ field: 'report_id', value: report.reportId, rule });
  return { outcome: 'REFUSED', refusal: { reason: 'REPORT_ID_REUSED', ...broken } };
}
