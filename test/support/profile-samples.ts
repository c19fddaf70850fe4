import type { MinerCommit, StoredReport } from '../../src/actors/ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { type Hotkey, hotkey, minerUid, proverId, reportId } from '../../src/domain/ids.ts';
import type { ExecutorProfile, Profile } from '../../src/domain/profile.ts';
import type { Report } from '../../src/domain/report.ts';

export const SAMPLE_TIME_MS = Date.UTC(2026, 0, 1, 12);

/** An address in form; two numbers never give the same one. */
export function sampleHotkey(number: number): Hotkey {
  const tail = [...String(number)].map((digit) => 'ABCDEFGHJK'[Number(digit)]).join('');
  return hotkey(`5${tail.padStart(47, 'z')}`);
}

export function sampleExecutor(overrides: Partial<ExecutorProfile> = {}): ExecutorProfile {
  return {
    executorId: 'executor-1',
    isValid: true,
    isAttestationValid: true,
    hardwareScore: 0.9,
    verifiedAtMs: SAMPLE_TIME_MS,
    gpus: [
      {
        model: 'NVIDIA H100 80GB HBM3',
        category: 'H100' as CategoryKey,
        count: 8,
        memoryMib: 81_559,
        uuids: [],
      },
    ],
    ...overrides,
  };
}

export interface SampleProfile extends Partial<Omit<Profile, 'miner' | 'executors'>> {
  readonly uid?: number;
  readonly hotkey?: Hotkey;
  readonly registeredAtBlock?: number;
  readonly executors?: readonly ExecutorProfile[];
}

export function sampleProfile(overrides: SampleProfile = {}): Profile {
  const {
    uid = 7,
    hotkey: owner = sampleHotkey(uid),
    registeredAtBlock = 100,
    executors = [sampleExecutor()],
    ...rest
  } = overrides;
  return {
    miner: { uid: minerUid(uid), hotkey: owner, registeredAtBlock },
    revision: 1,
    executors: new Map(executors.map((executor) => [executor.executorId, executor])),
    primaryCategory: 'H100' as CategoryKey,
    gpuCounts: new Map([['H100' as CategoryKey, 8]]),
    score: 0.9,
    verificationCount: 1,
    lastObservedAtMs: SAMPLE_TIME_MS,
    updatedAtMs: SAMPLE_TIME_MS,
    ...rest,
  };
}

export interface SampleStoredReport extends Partial<StoredReport> {
  readonly reportId?: string;
  readonly proverId?: string;
  readonly uid?: number;
  readonly hotkey?: Hotkey;
}

export function sampleStoredReport(overrides: SampleStoredReport = {}): StoredReport {
  const { reportId: id = 'report-1', proverId: prover = 'prover-1', uid = 7, ...rest } = overrides;
  const executors = rest.executors ?? [sampleExecutor()];
  const report: Report = {
    proverId: proverId(prover),
    reportId: reportId(id),
    minerUid: minerUid(uid),
    hotkey: rest.hotkey ?? sampleHotkey(uid),
    observedAtMs: SAMPLE_TIME_MS,
    executors: executors.map((executor) => ({
      executorId: executor.executorId,
      isValid: executor.isValid,
      hardwareScore: executor.hardwareScore,
      verifiedAtMs: executor.verifiedAtMs,
      attestation: { isValid: executor.isAttestationValid, gpuGroups: executor.gpus },
    })),
  };
  return {
    report: rest.report ?? report,
    digest: rest.digest ?? `digest of ${prover} ${id}`,
    outcome: rest.outcome ?? 'APPLIED',
    receivedAtMs: rest.receivedAtMs ?? SAMPLE_TIME_MS + 1_000,
    executors,
  };
}

/** The commit of a profile as one report gives it; `expectedRevision` is the one before. */
export function sampleCommit(
  profile: Profile,
  overrides: Partial<Omit<MinerCommit, 'next'>> = {},
): MinerCommit {
  const executors = [...profile.executors.values()];
  const { uid, hotkey: owner } = profile.miner;
  return {
    minerUid: profile.miner.uid,
    expectedRevision: profile.revision - 1,
    next: profile,
    isNewMiner: false,
    upsertedExecutors: executors,
    removedExecutorIds: [],
    reports: [
      sampleStoredReport({
        uid,
        hotkey: owner,
        reportId: `report-${uid}-${profile.revision}`,
        executors,
      }),
    ],
    links: [],
    ...overrides,
  };
}
