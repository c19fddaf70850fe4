import { trace } from '@opentelemetry/api';
import type { ReportIntake } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import { proverId } from '../../domain/ids.ts';
import type { UnaryHandler } from '../calls.ts';
import type { SubmitReportsRequest__Output } from '../generated/assay/v1/SubmitReportsRequest.ts';
import type { SubmitReportsResponse } from '../generated/assay/v1/SubmitReportsResponse.ts';
import { type FormRefusals, readBatch, resultMessages } from './report-batch.ts';

type Handler = UnaryHandler<SubmitReportsRequest__Output, SubmitReportsResponse>;

export function submitReports(intake: ReportIntake, refusals: FormRefusals): Handler {
  return async ({ prover_id, reports }) => {
    const prover = proverId(prover_id);
    if (reports.length === 0) {
      throw AssayError.invalid({ field: 'reports', value: '', rule: 'has at least one report' });
    }
    const batch = readBatch(prover, reports);
    const link = trace.getActiveSpan()?.spanContext();
    const delivered =
      batch.reports.length === 0
        ? []
        : await intake.deliver(batch.reports, {
            whenFull: 'refuse',
            ...(link === undefined ? {} : { link }),
          });
    refusals.record(batch);
    return { results: resultMessages(batch, delivered) };
  };
}
