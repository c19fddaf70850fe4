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
  readonly #broken: Broken;
  #place = '';

  constructor(broken: Broken) {
    super(broken.rule);
    this.#broken = broken;
  }

  get refusal(): Refusal {
    const { reason = 'MALFORMED_FIELD', field, value, rule } = this.#broken;
    return { reason, ...violation({ field: `${this.#place}${field}`, value, rule }) };
  }

  /** Puts a place in front of the field, from the inside out: no path is written where no rule is broken. */
  within(place: string): void {
    this.#place = `${place}.${this.#place}`;
  }
}

const PRINTABLE_ASCII = /^[ -~]*$/;
const UNPRINTABLE = /[\p{Cc}\p{Surrogate}]/u;
const SHOWN_MAX = 256;
const limits = REPORT_LIMITS;

const OUTCOMES = {
  APPLIED: 'REPORT_OUTCOME_APPLIED',
  DUPLICATE: 'REPORT_OUTCOME_DUPLICATE',
  STALE: 'REPORT_OUTCOME_STALE',
} as const;

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
  if (result.outcome !== 'REFUSED') {
    return { report_id: shownReportId(sentId), outcome: OUTCOMES[result.outcome] };
  }
  const { reason, field, value, rule } = result.refusal;
  return {
    report_id: shownReportId(sentId),
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
  const executors = each(field, messages, (message, last: ExecutorVerification | undefined) =>
    toExecutor(message, { observedAtMs, last }),
  );
  if (!areRising(executors)) refuseRepeated(executors);
  return executors;
}

/** Whether the identifiers rise: then no two are equal, which costs less to see than to look each of them up. */
function areRising(executors: readonly ExecutorVerification[]): boolean {
  let last = '';
  for (const { executorId } of executors) {
    if (executorId <= last) return false;
    last = executorId;
  }
  return true;
}

function refuseRepeated(executors: readonly ExecutorVerification[]): void {
  const seen = new Set<string>();
  for (const [index, { executorId }] of executors.entries()) {
    if (seen.has(executorId)) {
      const rule = 'names each executor once';
      throw new BrokenRule({ field: `executors[${index}].executor_id`, value: executorId, rule });
    }
    seen.add(executorId);
  }
}

function toExecutor(
  message: ExecutorVerification__Output,
  { observedAtMs, last }: { observedAtMs: number; last: ExecutorVerification | undefined },
): ExecutorVerification {
  const { executor_id, network_bandwidth_mbps: bandwidth, verified_time: verifiedTime } = message;
  if (executor_id === '' || !isPlainText(executor_id, limits.executorIdCharactersMax)) {
    const rule = `is 1 to ${limits.executorIdCharactersMax} characters without control characters`;
    throw new BrokenRule({ field: 'executor_id', value: executor_id, rule });
  }
  const hardwareScore = toScore(message.hardware_score);
  const networkBandwidthMbps = toBandwidth(bandwidth);
  const verification = {
    executorId: executor_id,
    isValid: message.is_valid,
    hardwareScore,
    verifiedAtMs: verifiedTime === null ? observedAtMs : toMs(verifiedTime, 'verified_time'),
    attestation: toAttestation(message.attestation, last?.attestation),
  };
  return networkBandwidthMbps === undefined
    ? verification
    : { ...verification, networkBandwidthMbps };
}

function toScore(score: number | undefined): number {
  if (score === undefined) return 1;
  if (score >= 0 && score <= 1) return score;
  const rule = 'is a number from 0 to 1';
  throw new BrokenRule({ field: 'hardware_score', value: score, rule });
}

function toBandwidth(mbps: number | undefined): number | undefined {
  if (mbps === undefined || (mbps >= 0 && mbps <= limits.networkBandwidthMbpsMax)) return mbps;
  const rule = `is a number from 0 to ${limits.networkBandwidthMbpsMax}`;
  throw new BrokenRule({ field: 'network_bandwidth_mbps', value: mbps, rule });
}

function toAttestation(
  message: Attestation__Output | null,
  last: Attestation | undefined,
): Attestation {
  if (message === null) return { isValid: false, gpuGroups: [] };
  if (last !== undefined && isLike(message, last)) return last;
  const field = 'attestation.gpu_groups';
  const items = message.gpu_groups;
  refuseMoreThan(limits.gpuGroupsPerExecutorMax, { field, items, what: 'groups' });
  return { isValid: message.valid, gpuGroups: each(field, items, toGpuGroup) };
}

/**
 * Most machines of a report have the same GPUs, without identifiers. They share one attestation: what is made of it is
 * made once, and a report that waits for the disk takes a third of the memory.
 */
function isLike(message: Attestation__Output, last: Attestation): boolean {
  const [group] = message.gpu_groups;
  const [known] = last.gpuGroups;
  if (group === undefined || known === undefined || message.valid !== last.isValid) return false;
  return (
    message.gpu_groups.length === 1 &&
    last.gpuGroups.length === 1 &&
    group.uuids.length === 0 &&
    known.uuids.length === 0 &&
    group.count === known.count &&
    group.memory_mib === known.memoryMib &&
    group.model === known.model
  );
}

function toGpuGroup({ model, count, memory_mib, uuids }: GpuGroup__Output): GpuGroup {
  if (!isPlainText(model, limits.modelCharactersMax)) {
    const rule = `is at most ${limits.modelCharactersMax} characters without control characters`;
    throw new BrokenRule({ field: 'model', value: model, rule });
  }
  if (count > limits.gpusPerGroupMax) {
    const rule = `is an integer from 0 to ${limits.gpusPerGroupMax}`;
    throw new BrokenRule({ field: 'count', value: count, rule });
  }
  if (memory_mib > limits.memoryMibMax) {
    const rule = `is an integer from 0 to ${limits.memoryMibMax}`;
    throw new BrokenRule({ field: 'memory_mib', value: memory_mib, rule });
  }
  refuseUuids(uuids, count);
  return { model, count, memoryMib: memory_mib, uuids };
}

function refuseUuids(uuids: readonly string[], count: number): void {
  if (uuids.length === 0) return;
  if (uuids.length !== count || new Set(uuids).size !== count) {
    const value = `${new Set(uuids).size} different of ${uuids.length}`;
    const rule = `has none or exactly ${count} different identifiers, one for each GPU`;
    throw new BrokenRule({ field: 'uuids', value, rule });
  }
  const bad = uuids.findIndex(
    (uuid) => uuid === '' || !isPlainText(uuid, limits.uuidCharactersMax),
  );
  if (bad === -1) return;
  const rule = `is 1 to ${limits.uuidCharactersMax} characters without control characters`;
  throw new BrokenRule({ field: `uuids[${bad}]`, value: uuids[bad], rule });
}

/** Converts each item of a list, given the value before it. A rule that an item breaks is told with the item's place. */
function each<Item, Value>(
  field: string,
  items: readonly Item[],
  convert: (item: Item, last: Value | undefined) => Value,
): readonly Value[] {
  let index = 0;
  let last: Value | undefined;
  try {
    return items.map((item, at) => {
      index = at;
      last = convert(item, last);
      return last;
    });
  } catch (error) {
    if (error instanceof BrokenRule) error.within(`${field}[${index}]`);
    throw error;
  }
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
  return text.length <= charactersMax && (PRINTABLE_ASCII.test(text) || !UNPRINTABLE.test(text));
}
