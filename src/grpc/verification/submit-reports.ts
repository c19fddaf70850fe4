import { trace } from '@opentelemetry/api';
import type { ReportIntake } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { proverId } from '../../domain/ids.ts';
import type { UnaryHandler } from '../calls.ts';
import type { SubmitReportsResponse } from '../generated/assay/v1/SubmitReportsResponse.ts';
import type { QueuedBytes } from './queued-bytes.ts';
import { type FormRefusals, type ReportBatch, readBatch, resultMessages } from './report-batch.ts';
import { submitReportsRequest } from './wire-requests.ts';

type Handler = UnaryHandler<Buffer, SubmitReportsResponse>;

export interface SubmitReportsPorts {
  readonly intake: ReportIntake;
  readonly refusals: FormRefusals;
  readonly queuedBytes: QueuedBytes;
}

export function submitReports({ intake, refusals, queuedBytes }: SubmitReportsPorts): Handler {
  return async (bytes) => {
    const leave = queuedBytes.enterNow(bytes);
    try {
      const { prover_id, reports } = submitReportsRequest(bytes);
      const prover = proverId(prover_id);
      if (reports.length === 0) {
        throw AssayError.invalid({ field: 'reports', value: '', rule: 'has at least one report' });
      }
      const batch = readBatch(prover, reports);
      const delivered = await deliver(intake, batch);
      refusals.record(batch);
      return { results: resultMessages(batch, delivered) };
    } finally {
      leave();
    }
  };
}

async function deliver(intake: ReportIntake, { reports }: ReportBatch) {
  if (reports.length === 0) return [];
  const link = trace.getActiveSpan()?.spanContext();
  return intake.deliver(reports, {
    whenFull: 'refuse',
    ...(link === undefined ? {} : { link }),
  });
}
