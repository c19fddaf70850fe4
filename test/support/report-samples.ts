import {
  type Hotkey,
  hotkey,
  type MinerUid,
  minerUid,
  proverId,
  reportId,
} from '../../src/domain/ids.ts';
import type { Metagraph, Neuron, Registration } from '../../src/domain/metagraph.ts';
import type { ProfilePolicy } from '../../src/domain/profile.ts';
import type { ExecutorVerification, GpuGroup, Report } from '../../src/domain/report.ts';

/** The time at which a ManualClock starts. */
export const SAMPLE_NOW_MS = Date.UTC(2026, 0, 1);

export const SAMPLE_POLICY: ProfilePolicy = {
  emaAlpha: 0.3,
  onModelChange: 'reset',
  executorTtlMs: 6 * 3_600_000,
};

export const H100 = 'NVIDIA H100 80GB HBM3';
export const A100 = 'NVIDIA A100-SXM4-80GB';
export const RTX4090 = 'NVIDIA GeForce RTX 4090';

export function uid(value: number): MinerUid {
  return minerUid(value);
}

/** A well-formed address, a different one for each number. */
export function sampleHotkey(number: number): Hotkey {
  const digits = String(number).replaceAll('0', 'A').padStart(8, 'z');
  return hotkey(`5${digits}`.padEnd(48, 'H'));
}

export function sampleRegistration(fields: Partial<Registration> = {}): Registration {
  const { uid: at = uid(7) } = fields;
  return { uid: at, hotkey: sampleHotkey(at), registeredAtBlock: 100, ...fields };
}

export function sampleGpus(fields: Partial<GpuGroup> = {}): GpuGroup {
  return { model: H100, count: 8, memoryMib: 81_559, uuids: [], ...fields };
}

/** A valid machine with eight H100 unless told otherwise. */
export function sampleExecutor(
  fields: Partial<ExecutorVerification> & { readonly gpus?: readonly GpuGroup[] } = {},
): ExecutorVerification {
  const { gpus = [sampleGpus()], ...verification } = fields;
  return {
    executorId: 'executor-1',
    isValid: true,
    hardwareScore: 1,
    verifiedAtMs: SAMPLE_NOW_MS,
    attestation: { isValid: true, gpuGroups: gpus },
    ...verification,
  };
}

/** A report of one valid machine of miner 7, observed now. */
export function sampleReport(fields: Partial<Report> = {}): Report {
  const { minerUid: at = uid(7) } = fields;
  return {
    proverId: proverId('prover-1'),
    reportId: reportId('report-1'),
    minerUid: at,
    hotkey: sampleHotkey(at),
    observedAtMs: SAMPLE_NOW_MS,
    executors: [sampleExecutor()],
    ...fields,
  };
}

export function sampleMetagraph(
  registrations: readonly Registration[],
  fields: Partial<Metagraph> = {},
): Metagraph {
  return {
    block: 1_000,
    blockHash: `0x${'00'.repeat(32)}`,
    blockTimeMs: SAMPLE_NOW_MS,
    netuid: 1,
    neurons: registrations.map(neuron).sort((a, b) => a.uid - b.uid),
    ownerHotkey: sampleHotkey(99_999),
    hyperparameters: {
      weightsRateLimitBlocks: 100,
      weightsVersionKey: 0,
      minAllowedWeights: 1,
      maxWeightLimit: 65_535,
      isCommitRevealEnabled: false,
      tempoBlocks: 360,
    },
    ...fields,
  };
}

function neuron(registration: Registration): Neuron {
  return { ...registration, isAxonActive: true, hasValidatorPermit: false, lastUpdateBlock: 0 };
}
