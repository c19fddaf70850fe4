import { type ProverId, proverId, reportId } from '../../src/domain/ids.ts';
import { type ExecutorVerification, REPORT_LIMITS, type Report } from '../../src/domain/report.ts';
import type { Random } from '../../src/lib/random.ts';
import {
  A100,
  H100,
  RTX4090,
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleGpus,
  sampleHotkey,
  sampleReport,
  uid,
} from './report-samples.ts';

const HOUR_MS = 3_600_000;
const MODELS = [H100, H100, A100, RTX4090, 'NVIDIA H100 80GB HBM3 MIG 1g.10gb', 'Voodoo 2'];

/** What each prover sends, in its order. */
export type Workload = ReadonlyMap<ProverId, readonly Report[]>;

export interface WorkloadShape {
  readonly minerCount: number;
  readonly proverCount: number;
  readonly reportCount: number;
  /** Whether every prover reports on every miner; otherwise each miner has one prover. */
  readonly isShared: boolean;
}

/**
 * Reports of every outcome: most are fresh, some are older than the one before, some are sent twice, some use an
 * identifier again, some are of another hotkey, too old or too new.
 */
export function makeWorkload(random: Random, shape: WorkloadShape): Workload {
  const workload = new Map<ProverId, Report[]>();
  const admissible = new Map<string, Report[]>();
  for (let prover = 0; prover < shape.proverCount; prover += 1) {
    workload.set(proverId(`prover-${prover}`), []);
  }
  const provers = [...workload];
  for (let number = 0; number < shape.reportCount; number += 1) {
    const miner = random.integer(0, shape.minerCount - 1);
    const index = shape.isShared ? random.integer(0, provers.length - 1) : miner % provers.length;
    const [prover, sent] = provers[index] as [ProverId, Report[]];
    const key = `${prover} ${miner}`;
    const earlier = admissible.get(key) ?? [];
    const report = nextReport(random, { prover, earlier, miner, number });
    sent.push(report);
    if (isAdmissible(report)) admissible.set(key, [...earlier, report]);
  }
  return workload;
}

interface Turn {
  readonly prover: ProverId;
  /** What this prover sent about this miner and may send again. */
  readonly earlier: readonly Report[];
  readonly miner: number;
  readonly number: number;
}

function nextReport(random: Random, turn: Turn): Report {
  const { prover, earlier, miner, number } = turn;
  const report = sampleReport({
    proverId: prover,
    reportId: reportId(`report-${number}`),
    minerUid: uid(miner),
    observedAtMs: SAMPLE_NOW_MS - 12 * HOUR_MS + number * 1_000,
    executors: machines(random),
  });
  const kind = random.next();
  if (kind < 0.04) return spoiled(random, report);
  if (kind < 0.12) return { ...report, observedAtMs: report.observedAtMs - HOUR_MS };
  if (kind < 0.18 && earlier.length > 0) return random.pick(earlier);
  if (kind < 0.2 && earlier.length > 0) {
    return { ...report, reportId: random.pick(earlier).reportId };
  }
  if (kind < 0.3) return { ...report, observedAtMs: earlier.at(-1)?.observedAtMs ?? SAMPLE_NOW_MS };
  return report;
}

function isAdmissible(report: Report): boolean {
  const ageMs = SAMPLE_NOW_MS - report.observedAtMs;
  return (
    report.hotkey === sampleHotkey(report.minerUid) &&
    ageMs >= -REPORT_LIMITS.observedInFutureMsMax &&
    ageMs <= REPORT_LIMITS.observedInPastMsMax
  );
}

function spoiled(random: Random, report: Report): Report {
  return random.pick([
    { ...report, hotkey: sampleHotkey(90_000) },
    { ...report, observedAtMs: SAMPLE_NOW_MS - 25 * HOUR_MS },
    { ...report, observedAtMs: SAMPLE_NOW_MS + HOUR_MS },
  ]);
}

/** One to four of a miner's six machines; some verifications are older than the time to live. */
function machines(random: Random): ExecutorVerification[] {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  return Array.from({ length: random.integer(1, 4) }, () => {
    const [executorId = ''] = names.splice(random.integer(0, names.length - 1), 1);
    const gpus = Array.from({ length: random.integer(0, 2) }, () => {
      const count = random.integer(0, 4);
      const uuids = Array.from({ length: count }, (_, index) => `GPU-${executorId}-${index}`);
      return sampleGpus({
        model: random.pick(MODELS),
        count,
        uuids: random.chance(0.5) ? uuids : [],
      });
    });
    return sampleExecutor({
      executorId,
      isValid: random.chance(0.85),
      hardwareScore: random.next(),
      verifiedAtMs: SAMPLE_NOW_MS - random.integer(0, 7 * HOUR_MS),
      attestation: { isValid: random.chance(0.9), gpuGroups: gpus },
      ...(random.chance(0.5) ? { networkBandwidthMbps: random.next() * 1_000 } : {}),
    });
  });
}
