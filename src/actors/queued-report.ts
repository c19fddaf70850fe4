import type { Report } from '../domain/report.ts';
import type { Delivery } from './delivery.ts';

/** A report in a miner's mailbox; exactly one of `decide` and `fail` of its delivery is called for it, once. */
export interface QueuedReport {
  readonly report: Report;
  /** SHA-256 of the canonical text. */
  readonly digest: string;
  /** The call that it came with. */
  readonly delivery: Pick<Delivery, 'receivedAtMs' | 'link' | 'decide' | 'fail'>;
  /** Its place in that call. */
  readonly index: number;
}
