import type { Report, ReportResult } from '../domain/report.ts';
import type { TraceLink } from '../events.ts';

/** A report in a miner's mailbox; exactly one of `decide` and `fail` is called, once. */
export interface QueuedReport {
  readonly report: Report;
  /** SHA-256 of the canonical text. */
  readonly digest: string;
  readonly receivedAtMs: number;
  readonly link: TraceLink | undefined;
  /** The outcome is durable, or nothing had to be stored. */
  readonly decide: (result: ReportResult) => void;
  /** Nothing is known to be stored; delivering again is safe. */
  readonly fail: (error: unknown) => void;
}
