import { violation } from './errors.ts';
import { instantText } from './instant.ts';
import type { Registration } from './metagraph.ts';
import { REPORT_LIMITS, type Refusal, type RefusalReason, type Report } from './report.ts';

/** What a report is judged against. */
export interface AdmissionContext {
  /** Time of the decision, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Who holds the report's UID now; undefined when nobody does. */
  readonly registration: Registration | undefined;
}

/**
 * Decides whether a well-formed report may touch a profile at all: its UID is registered to its hotkey, and neither the
 * round nor one of its machines was verified more than 5 minutes in the future, nor the round more than 24 hours ago.
 * Exactly 5 minutes and exactly 24 hours are admitted. Machines verified long ago are no reason to refuse: they expire.
 *
 * @returns the first broken rule, or undefined when the report is admitted.
 */
export function admit(report: Report, context: AdmissionContext): Refusal | undefined {
  return refusedMiner(report, context.registration) ?? refusedTime(report, context.nowMs);
}

function refusedMiner(report: Report, registration: Registration | undefined): Refusal | undefined {
  if (registration === undefined) {
    return refusal('MINER_NOT_REGISTERED', {
      field: 'miner_uid',
      value: report.minerUid,
      rule: 'is a UID at which a miner is registered',
    });
  }
  if (registration.hotkey !== report.hotkey) {
    return refusal('HOTKEY_MISMATCH', {
      field: 'miner_hotkey',
      value: report.hotkey,
      rule: `is the hotkey registered at UID ${report.minerUid}`,
    });
  }
  return undefined;
}

function refusedTime(report: Report, nowMs: number): Refusal | undefined {
  const latestMs = nowMs + REPORT_LIMITS.observedInFutureMsMax;
  if (report.observedAtMs > latestMs) return inFuture('observed_time', report.observedAtMs);
  if (report.observedAtMs < nowMs - REPORT_LIMITS.observedInPastMsMax) {
    return refusal('OBSERVED_TOO_OLD', {
      field: 'observed_time',
      value: instantText(report.observedAtMs),
      rule: 'is at most 24 hours in the past',
    });
  }
  const ahead = report.executors.findIndex(({ verifiedAtMs }) => verifiedAtMs > latestMs);
  const verification = report.executors[ahead];
  if (verification === undefined) return undefined;
  return inFuture(`executors[${ahead}].verified_time`, verification.verifiedAtMs);
}

function inFuture(field: string, ms: number): Refusal {
  const rule = 'is at most 5 minutes in the future';
  return refusal('OBSERVED_IN_FUTURE', { field, value: instantText(ms), rule });
}

function refusal(
  reason: RefusalReason,
  broken: { field: string; value: unknown; rule: string },
): Refusal {
  return { reason, ...violation(broken) };
}
