import { AssayError } from '../../domain/errors.ts';
import type { ProverId } from '../../domain/ids.ts';
import {
  REPORT_LIMITS,
  type Refusal,
  type Report,
  type ReportResult,
} from '../../domain/report.ts';
import type { Events } from '../../events.ts';
import { present } from '../../lib/assert.ts';
import type { Report__Output } from '../generated/assay/v1/Report.ts';
import type { ReportResult as ReportResultMessage } from '../generated/assay/v1/ReportResult.ts';
import { readReport, shownReportId, toResultMessage } from './report-message.ts';

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

  record({ proverId, refused }: ReportBatch): void {
    if (refused.length === 0) return;
    for (const { reportId, minerUid, refusal } of refused) {
      this.#events.reportRefused({ proverId, reportId, minerUid, refusal });
    }
    this.#count += refused.length;
    this.#events.reportDecided({ outcome: 'REFUSED', count: refused.length });
  }
}

interface RefusedReport {
  /** Its place in the message. */
  readonly index: number;
  /** As it was sent, to be shown. */
  readonly reportId: string;
  readonly minerUid: number;
  readonly refusal: Refusal;
}

/** The reports of one message: those that can be delivered, and the others. It does not hold on to the message. */
export interface ReportBatch {
  readonly proverId: ProverId;
  /** The well-formed ones, in order. */
  readonly reports: readonly Report[];
  readonly refused: readonly RefusedReport[];
}

/** @throws AssayError `invalid_argument` for more reports than a message may have. */
export function readBatch(proverId: ProverId, messages: readonly Report__Output[]): ReportBatch {
  if (messages.length > REPORT_LIMITS.reportsPerMessageMax) {
    const rule = `has at most ${REPORT_LIMITS.reportsPerMessageMax} reports`;
    throw AssayError.invalid({ field: 'reports', value: `${messages.length} reports`, rule });
  }
  const reports: Report[] = [];
  const refused: RefusedReport[] = [];
  for (const message of messages) {
    const read = readReport(proverId, message);
    if (read.kind === 'report') {
      reports.push(read.report);
    } else {
      const index = reports.length + refused.length;
      const reportId = shownReportId(message.report_id);
      refused.push({ index, reportId, minerUid: message.miner_uid, refusal: read.refusal });
    }
  }
  return { proverId, reports, refused };
}

/** One result for each report of the message, in order, from those of the delivered ones. */
export function resultMessages(
  { reports, refused }: ReportBatch,
  delivered: readonly ReportResult[],
): ReportResultMessage[] {
  const results = reports.map(({ reportId }, index) =>
    toResultMessage(reportId, present(delivered[index], 'one result per delivered report')),
  );
  for (const { index, reportId, refusal } of refused) {
    results.splice(index, 0, toResultMessage(reportId, { outcome: 'REFUSED', refusal }));
  }
  return results;
}
