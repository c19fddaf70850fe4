/**
 * Folds a batch of reports of one UID over what is stored there. Pure: a batch whose commit met newer facts is decided
 * again from the start, with those facts.
 */
import { admit } from '../domain/admission.ts';
import { violation } from '../domain/errors.ts';
import { isSameMiner, type Registration } from '../domain/metagraph.ts';
import type { Profile } from '../domain/profile.ts';
import {
  type AppliedReport,
  applyReport,
  emptyProfile,
  type UpdateContext,
} from '../domain/profile-update.ts';
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
  const fold = new BatchFold(context, batch.length);
  const results = batch.map((queued) => fold.decide(queued));
  return { results, refused: fold.refused, commit: fold.commit() };
}

class BatchFold {
  readonly refused: Report[] = [];
  readonly #context: BatchContext;
  readonly #isNewMiner: boolean;
  /** Those of the batch's reports; absent when there is only one, which no other can repeat. */
  readonly #digests: Map<ReportKey, string> | undefined;
  readonly #reports: StoredReport[] = [];
  readonly #applied: AppliedReport[] = [];
  readonly #links: TraceLink[] = [];
  #profile: Profile | undefined;

  constructor(context: BatchContext, reportCount: number) {
    const { stored, registration, nowMs } = context;
    this.#context = context;
    this.#digests = reportCount > 1 ? new Map() : undefined;
    const isSame =
      stored !== undefined && registration !== undefined && isSameMiner(stored.miner, registration);
    this.#isNewMiner = stored !== undefined && !isSame;
    if (registration !== undefined) {
      this.#profile = isSame ? stored : emptyProfile(registration, nowMs);
    }
  }

  decide(queued: QueuedReport): ReportResult {
    const { report, digest } = queued;
    const known = this.#knownDigest(report);
    if (known !== undefined) return known === digest ? { outcome: 'DUPLICATE' } : reused(report);
    const refusal = admit(report, this.#context);
    const result =
      refusal === undefined ? this.#apply(queued) : ({ outcome: 'REFUSED', refusal } as const);
    if (result.outcome === 'REFUSED') this.refused.push(report);
    return result;
  }

  #apply(queued: QueuedReport): ReportResult {
    const { report, digest, delivery } = queued;
    const { receivedAtMs, link } = delivery;
    const profile = present(this.#profile, 'an admitted report is that of a registered miner');
    const update = applyReport(profile, report, this.#context);
    if (update.outcome === 'REFUSED') return update;
    if (update.outcome === 'APPLIED') {
      this.#profile = update.next;
      this.#applied.push(update);
    }
    const { outcome, executors } = update;
    this.#reports.push({ report, digest, outcome, receivedAtMs, executors });
    this.#digests?.set(reportKey(report), digest);
    if (link !== undefined && !this.#links.includes(link)) this.#links.push(link);
    return { outcome };
  }

  commit(): MinerCommit | undefined {
    if (this.#reports.length === 0) return undefined;
    const profile = present(this.#profile, 'stored reports are those of a registered miner');
    const expectedRevision = this.#context.stored?.revision ?? 0;
    const commit = {
      minerUid: profile.miner.uid,
      expectedRevision,
      isNewMiner: this.#isNewMiner,
      ...executorChanges(profile, this.#applied),
      reports: this.#reports,
      links: this.#links,
    };
    if (this.#applied.length === 0) return commit;
    return { ...commit, next: { ...profile, revision: expectedRevision + 1 } };
  }

  /** The digest under which the report is stored or came before in the batch. */
  #knownDigest(report: Report): string | undefined {
    const { known } = this.#context;
    if (known.size === 0 && this.#reports.length === 0) return undefined;
    const key = reportKey(report);
    return this.#digests?.get(key) ?? known.get(key);
  }
}

/** What all applied reports of a batch change together; a machine may go and come back, or be named more than once. */
function executorChanges(
  { executors }: Profile,
  applied: readonly AppliedReport[],
): Pick<MinerCommit, 'upsertedExecutors' | 'removedExecutorIds'> {
  const [only] = applied;
  if (only !== undefined && applied.length === 1) {
    return { upsertedExecutors: only.upserted, removedExecutorIds: only.removedExecutorIds };
  }
  const named = new Set<string>();
  const removed = new Set<string>();
  for (const update of applied) {
    for (const { executorId } of update.executors) named.add(executorId);
    for (const executorId of update.removedExecutorIds) removed.add(executorId);
  }
  return {
    upsertedExecutors: [...named].flatMap((id) => executors.get(id) ?? []),
    removedExecutorIds: [...removed].filter((id) => !executors.has(id)),
  };
}

function reused(report: Report): ReportResult {
  const rule = 'names one report: this prover sent other content under the same identifier';
  const broken = violation({ field: 'report_id', value: report.reportId, rule });
  return { outcome: 'REFUSED', refusal: { reason: 'REPORT_ID_REUSED', ...broken } };
}
