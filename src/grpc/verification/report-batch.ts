import { AssayError } from '../../domain/errors.ts';
import type { ProverId } from '../../domain/ids.ts';
import { REPORT_LIMITS, type Report, type ReportResult } from '../../domain/report.ts';
import type { Events } from '../../events.ts';
import { present } from '../../lib/assert.ts';
import type { Report__Output } from '../generated/assay/v1/Report.ts';
import type { ReportResult as ReportResultMessage } from '../generated/assay/v1/ReportResult.ts';
import { type ReadReport, readReport, shownReportId, toResultMessage } from './report-message.ts';

/** Reports that were refused for their form, since the start; the intake never sees them. */
export class FormRefusals {
  readonly #events: Events;
  #count = 0;

  constructor(events: Events) {
    this.#events = events;
  }

  get count(): number {
    return this.#count;
  }

  record(batch: ReportBatch): void {
    let refusedCount = 0;
    for (const [index, { report_id, miner_uid: minerUid }] of batch.messages.entries()) {
      const read = batch.reads[index];
      if (read?.kind !== 'refused') continue;
      refusedCount += 1;
      const { refusal } = read;
      const { proverId } = batch;
      const reportId = shownReportId(report_id);
      this.#events.reportRefused({ proverId, reportId, minerUid, refusal });
    }
    if (refusedCount === 0) return;
    this.#count += refusedCount;
    this.#events.reportDecided({ outcome: 'REFUSED', count: refusedCount });
  }
}

/** The reports of one message: those that can be delivered, and the others. */
export interface ReportBatch {
  readonly proverId: ProverId;
  readonly messages: readonly Report__Output[];
  readonly reads: readonly ReadReport[];
  /** The well-formed ones, in order. */
  readonly reports: readonly Report[];
}

/** @throws AssayError `invalid_argument` for more reports than a message may have. */
export function readBatch(proverId: ProverId, messages: readonly Report__Output[]): ReportBatch {
  if (messages.length > REPORT_LIMITS.reportsPerMessageMax) {
    const rule = `has at most ${REPORT_LIMITS.reportsPerMessageMax} reports`;
    throw AssayError.invalid({ field: 'reports', value: `${messages.length} reports`, rule });
  }
  const reads = messages.map((message) => readReport(proverId, message));
  const reports = reads.flatMap((read) => (read.kind === 'report' ? [read.report] : []));
  return { proverId, messages, reads, reports };
}

/** One result for each report of the message, in order, from those of the delivered ones. */
export function resultMessages(
  batch: ReportBatch,
  delivered: readonly ReportResult[],
): ReportResultMessage[] {
  let next = 0;
  return batch.reads.map((read, index) => {
    const reportId = batch.messages[index]?.report_id ?? '';
    if (read.kind === 'refused') {
      return toResultMessage(reportId, { outcome: 'REFUSED', refusal: read.refusal });
    }
    const result = delivered[next++];
    return toResultMessage(reportId, present(result, 'one result per delivered report'));
  });
}
