/**
 * Takes reports apart as they arrive. A report that breaks a rule of form is refused with the field, its value and the
 * rule; what depends on the miner or on the time is decided behind the intake.
 */
import { AssayError, violation } from '../../domain/errors.ts';
import {
  hotkey,
  IDENTIFIER_CHARACTERS_MAX,
  minerUid,
  type ProverId,
  reportId,
} from '../../domain/ids.ts';
import {
  type Attestation,
  type ExecutorVerification,
  type GpuGroup,
  REPORT_LIMITS,
  type Refusal,
  type RefusalReason,
  type Report,
  type ReportResult,
} from '../../domain/report.ts';
import type { Attestation__Output } from '../generated/assay/v1/Attestation.ts';
import type { ExecutorVerification__Output } from '../generated/assay/v1/ExecutorVerification.ts';
import type { GpuGroup__Output } from '../generated/assay/v1/GpuGroup.ts';
import type { Report__Output } from '../generated/assay/v1/Report.ts';
import type { ReportResult as ReportResultMessage } from '../generated/assay/v1/ReportResult.ts';
import type { Timestamp__Output } from '../generated/google/protobuf/Timestamp.ts';
import { fromTimestamp, shownText, timestampText } from '../wire-values.ts';

export type ReadReport =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

interface Broken {
  readonly field: string;
  readonly value: unknown;
  readonly rule: string;
  readonly reason?: RefusalReason;
}

class BrokenRule extends Error {
  readonly refusal: Refusal;

  constructor({ reason = 'MALFORMED_FIELD', ...broken }: Broken) {
    super(broken.rule);
    this.refusal = { reason, ...violation(broken) };
  }
}

const UNPRINTABLE = /[\p{Cc}\p{Surrogate}]/u;
const SHOWN_MAX = 256;
const limits = REPORT_LIMITS;

/** The report in a message, or why it is refused; never throws for what a prover sent. */
export function readReport(proverId: ProverId, message: Report__Output): ReadReport {
  try {
    return { kind: 'report', report: toReport(proverId, message) };
  } catch (error) {
    return { kind: 'refused', refusal: refusalOf(error) };
  }
}

/** A report's identifier as it was sent, whether it keeps its rule or not. */
export function shownReportId(sent: string): string {
  return shownText(sent, IDENTIFIER_CHARACTERS_MAX);
}

export function toResultMessage(sentId: string, result: ReportResult): ReportResultMessage {
  const shown = { report_id: shownReportId(sentId) };
  if (result.outcome !== 'REFUSED')
    return { ...shown, outcome: `REPORT_OUTCOME_${result.outcome}` };
  const { reason, field, value, rule } = result.refusal;
  return {
    ...shown,
    outcome: 'REPORT_OUTCOME_REFUSED',
    refusal: {
      reason: `REFUSAL_REASON_${reason}`,
      field: shownText(field, SHOWN_MAX),
      value: shownText(value, SHOWN_MAX),
      rule,
    },
  };
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof BrokenRule) return error.refusal;
  const [broken] = error instanceof AssayError ? (error.details.violations ?? []) : [];
  if (broken === undefined) throw error;
  return { reason: 'MALFORMED_FIELD', ...broken };
}

function toReport(proverId: ProverId, message: Report__Output): Report {
  const idOfReport = reportId(message.report_id);
  const minerUidOfReport = minerUid(message.miner_uid);
  const hotkeyOfReport = hotkey(message.miner_hotkey);
  const observedAtMs = toMs(message.observed_time, 'observed_time');
  return {
    proverId,
    reportId: idOfReport,
    minerUid: minerUidOfReport,
    hotkey: hotkeyOfReport,
    observedAtMs,
    executors: toExecutors(message.executors, observedAtMs),
  };
}

function toExecutors(
  messages: readonly ExecutorVerification__Output[],
  observedAtMs: number,
): readonly ExecutorVerification[] {
  const field = 'executors';
  if (messages.length === 0) {
    throw new BrokenRule({ field, value: '0 executors', rule: 'names at least one executor' });
  }
  refuseMoreThan(limits.executorsMax, { field, items: messages, what: 'executors' });
  const executors = messages.map((message, index) =>
    toExecutor(message, { path: `executors[${index}]`, observedAtMs }),
  );
  const seen = new Set<string>();
  for (const [index, { executorId }] of executors.entries()) {
    if (seen.has(executorId)) {
      const rule = 'names each executor once';
      throw new BrokenRule({ field: `executors[${index}].executor_id`, value: executorId, rule });
    }
    seen.add(executorId);
  }
  return executors;
}

function toExecutor(
  message: ExecutorVerification__Output,
  { path, observedAtMs }: { readonly path: string; readonly observedAtMs: number },
): ExecutorVerification {
  const { executor_id, network_bandwidth_mbps: bandwidth, verified_time: verifiedTime } = message;
  if (executor_id === '' || !isPlainText(executor_id, limits.executorIdCharactersMax)) {
    const rule = `is 1 to ${limits.executorIdCharactersMax} characters without control characters`;
    throw new BrokenRule({ field: `${path}.executor_id`, value: executor_id, rule });
  }
  return {
    executorId: executor_id,
    isValid: message.is_valid,
    hardwareScore: toScore(message.hardware_score, path),
    ...(bandwidth === undefined ? {} : { networkBandwidthMbps: toBandwidth(bandwidth, path) }),
    verifiedAtMs:
      verifiedTime === null ? observedAtMs : toMs(verifiedTime, `${path}.verified_time`),
    attestation: toAttestation(message.attestation, `${path}.attestation`),
  };
}

function toScore(score: number | undefined, path: string): number {
  if (score === undefined) return 1;
  if (score >= 0 && score <= 1) return score;
  const rule = 'is a number from 0 to 1';
  throw new BrokenRule({ field: `${path}.hardware_score`, value: score, rule });
}

function toBandwidth(mbps: number, path: string): number {
  if (mbps >= 0 && mbps <= limits.networkBandwidthMbpsMax) return mbps;
  const rule = `is a number from 0 to ${limits.networkBandwidthMbpsMax}`;
  throw new BrokenRule({ field: `${path}.network_bandwidth_mbps`, value: mbps, rule });
}

function toAttestation(message: Attestation__Output | null, path: string): Attestation {
  if (message === null) return { isValid: false, gpuGroups: [] };
  const field = `${path}.gpu_groups`;
  const items = message.gpu_groups;
  refuseMoreThan(limits.gpuGroupsPerExecutorMax, { field, items, what: 'groups' });
  const gpuGroups = items.map((group, index) => toGpuGroup(group, `${field}[${index}]`));
  return { isValid: message.valid, gpuGroups };
}

function toGpuGroup({ model, count, memory_mib, uuids }: GpuGroup__Output, path: string): GpuGroup {
  if (!isPlainText(model, limits.modelCharactersMax)) {
    const rule = `is at most ${limits.modelCharactersMax} characters without control characters`;
    throw new BrokenRule({ field: `${path}.model`, value: model, rule });
  }
  if (count > limits.gpusPerGroupMax) {
    const rule = `is an integer from 0 to ${limits.gpusPerGroupMax}`;
    throw new BrokenRule({ field: `${path}.count`, value: count, rule });
  }
  if (memory_mib > limits.memoryMibMax) {
    const rule = `is an integer from 0 to ${limits.memoryMibMax}`;
    throw new BrokenRule({ field: `${path}.memory_mib`, value: memory_mib, rule });
  }
  refuseUuids(uuids, { path, count });
  return { model, count, memoryMib: memory_mib, uuids };
}

function refuseUuids(
  uuids: readonly string[],
  { path, count }: { readonly path: string; readonly count: number },
): void {
  if (uuids.length === 0) return;
  if (uuids.length !== count || new Set(uuids).size !== count) {
    const value = `${new Set(uuids).size} different of ${uuids.length}`;
    const rule = `has none or exactly ${count} different identifiers, one for each GPU`;
    throw new BrokenRule({ field: `${path}.uuids`, value, rule });
  }
  const bad = uuids.findIndex(
    (uuid) => uuid === '' || !isPlainText(uuid, limits.uuidCharactersMax),
  );
  if (bad === -1) return;
  const rule = `is 1 to ${limits.uuidCharactersMax} characters without control characters`;
  throw new BrokenRule({ field: `${path}.uuids[${bad}]`, value: uuids[bad], rule });
}

function refuseMoreThan(
  max: number,
  { field, items, what }: { field: string; items: readonly unknown[]; what: string },
): void {
  if (items.length <= max) return;
  const value = `${items.length} ${what}`;
  throw new BrokenRule({
    reason: 'LIMIT_EXCEEDED',
    field,
    value,
    rule: `has at most ${max} ${what}`,
  });
}

function toMs(time: Timestamp__Output | null, field: string): number {
  if (time === null) throw new BrokenRule({ field, value: '', rule: 'is required' });
  const ms = fromTimestamp(time);
  if (ms !== undefined && ms >= 0) return ms;
  const rule = 'is a time in the years 1970 to 9999';
  throw new BrokenRule({ field, value: timestampText(time), rule });
}

function isPlainText(text: string, charactersMax: number): boolean {
  return text.length <= charactersMax && !UNPRINTABLE.test(text);
}
