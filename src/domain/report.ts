import type { Hotkey, MinerUid, ProverId, ReportId } from './ids.ts';

/** GPUs of one model in one machine, as attested. */
export interface GpuGroup {
  /** The name as the driver reports it. */
  readonly model: string;
  readonly count: number;
  /** Memory of one GPU in MiB, 0 when unknown. */
  readonly memoryMib: number;
  /** The GPUs' own identifiers: empty, or exactly `count` different ones. */
  readonly uuids: readonly string[];
}

/** The GPUs of one machine and whether the statement about them can be trusted. */
export interface Attestation {
  readonly isValid: boolean;
  readonly gpuGroups: readonly GpuGroup[];
}

/** What a prover found out about one machine. */
export interface ExecutorVerification {
  readonly executorId: string;
  readonly isValid: boolean;
  /** 0 to 1. */
  readonly hardwareScore: number;
  /** Megabits per second, when measured. */
  readonly networkBandwidthMbps?: number;
  readonly verifiedAtMs: number;
  readonly attestation: Attestation;
}

/** One verification round of one miner by one prover: the unit of idempotency and of one EMA step. */
export interface Report {
  readonly proverId: ProverId;
  readonly reportId: ReportId;
  readonly minerUid: MinerUid;
  readonly hotkey: Hotkey;
  readonly observedAtMs: number;
  /** 1 to 512, each executor once. */
  readonly executors: readonly ExecutorVerification[];
}

/**
 * Why a report was refused; the names are those of `assay.v1.RefusalReason`. A refusal for the form, a reused identifier
 * or age is for good; one for the registration or a time in the future may pass.
 */
export type RefusalReason =
  | 'MALFORMED_FIELD'
  | 'REPORT_ID_REUSED'
  | 'MINER_NOT_REGISTERED'
  | 'HOTKEY_MISMATCH'
  | 'OBSERVED_IN_FUTURE'
  | 'OBSERVED_TOO_OLD'
  | 'LIMIT_EXCEEDED';

/** A refusal, naming the field, its value (as text of at most 64 characters) and the rule. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly field: string;
  readonly value: string;
  readonly rule: string;
}

/** What became of one report. */
export type ReportResult =
  | { readonly outcome: 'APPLIED' | 'DUPLICATE' | 'STALE' }
  | { readonly outcome: 'REFUSED'; readonly refusal: Refusal };

/** The four outcomes. */
export type ReportOutcome = ReportResult['outcome'];

/** Limits of one report and of what surrounds it. */
export const REPORT_LIMITS = {
  executorsMax: 512,
  gpuGroupsPerExecutorMax: 16,
  gpusPerGroupMax: 128,
  /** 4 TiB: far above any GPU, far below what could overflow. */
  memoryMibMax: 4_194_304,
  executorIdCharactersMax: 128,
  modelCharactersMax: 256,
  uuidCharactersMax: 64,
  reportsPerMessageMax: 1_000,
  /** A miner's executors that are known at once, over all its reports. */
  executorsPerMinerMax: 4_096,
  observedInFutureMsMax: 5 * 60_000,
  observedInPastMsMax: 24 * 3_600_000,
  networkBandwidthMbpsMax: 10_000_000,
} as const;

/** The key under which a report is remembered: unique over all provers. */
export type ReportKey = string & { readonly __brand: 'ReportKey' };

/** Prover and report identifier in one; neither can contain a space. */
export function reportKey(report: Pick<Report, 'proverId' | 'reportId'>): ReportKey {
  return `${report.proverId} ${report.reportId}` as ReportKey;
}
