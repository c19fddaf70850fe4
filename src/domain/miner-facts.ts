import type { CategoryKey } from './gpu/catalogue.ts';
import {
  countByCategory,
  countedGpus,
  type JudgedExecutor,
  primaryCategory,
} from './gpu/distribution.ts';
import type { Hotkey, MinerUid } from './ids.ts';
import type { Neuron } from './metagraph.ts';
import type { Profile } from './profile.ts';

/** What a calculation follows besides the emission configuration: who takes part at this moment. */
export interface PopulationRules {
  /** Time of the calculation, milliseconds since the epoch. */
  readonly nowMs: number;
  /** A miner whose newest report is older than this is `STALE`. */
  readonly cutoffMs: number;
  /** GPUs of an executor whose last verification is older than this do not count. */
  readonly executorTtlMs: number;
  /** Whether a miner must announce an axon. */
  readonly requireActiveAxon: boolean;
}

/**
 * The largest number of a machine within a miner, far above what a profile may have. A calculation numbers machines
 * through in 32 bits, and as many miners as there are UIDs fit: 65,536 × 32,767 < 2³¹.
 */
export const EXECUTOR_MAX = 32_766;

/** GPUs of one category and memory size in one machine that count. */
export interface FactGpus {
  /** Number of the machine within the miner, 0 to `EXECUTOR_MAX`. */
  readonly executor: number;
  readonly category: CategoryKey;
  /** At least 1. */
  readonly count: number;
  readonly memoryMib: number;
}

/** Everything that one calculation is given about one miner; the ledger keeps it, so that the calculation can be repeated. */
export interface MinerFacts {
  readonly uid: MinerUid;
  /** The hotkey that the profile belongs to, and the block since which it held the UID. */
  readonly hotkey: Hotkey;
  readonly registeredAtBlock: number;
  /** What the metagraph has at the UID; undefined when nobody is registered there. */
  readonly neuron: Pick<Neuron, 'hotkey' | 'registeredAtBlock' | 'isAxonActive'> | undefined;
  /** `round(score × 10⁶)`, 0 to 1,000,000. */
  readonly scoreMicros: number;
  /** When a prover last looked, milliseconds since the epoch. */
  readonly lastObservedAtMs: number;
  readonly primaryCategory: CategoryKey;
  readonly gpus: readonly FactGpus[];
}

/** Millionths in a score of 1: scores are calculated with as integers. */
export const SCORE_MICROS = 1_000_000;

/** What facts are taken from. */
export interface FactSource extends Pick<Profile, 'miner' | 'score' | 'lastObservedAtMs'> {
  readonly executors: Pick<ReadonlyMap<string, JudgedExecutor>, 'values'>;
}

/** Takes from a profile and the metagraph what a calculation needs: its unexpired machines and the GPUs in them that count. */
export function minerFacts(
  profile: FactSource,
  neuron: MinerFacts['neuron'],
  rules: PopulationRules,
): MinerFacts {
  const counted = countedGpus(unexpired(profile, rules));
  return {
    uid: profile.miner.uid,
    hotkey: profile.miner.hotkey,
    registeredAtBlock: profile.miner.registeredAtBlock,
    neuron,
    scoreMicros: Math.round(profile.score * SCORE_MICROS),
    lastObservedAtMs: profile.lastObservedAtMs,
    primaryCategory: primaryCategory(countByCategory(counted)),
    gpus: counted.map(({ executorIndex, group, count }) => ({
      executor: executorIndex,
      category: group.category,
      count,
      memoryMib: group.memoryMib,
    })),
  };
}

function unexpired(
  { executors }: FactSource,
  { nowMs, executorTtlMs }: PopulationRules,
): readonly JudgedExecutor[] {
  return [...executors.values()].filter(
    ({ verifiedAtMs }) => nowMs - verifiedAtMs <= executorTtlMs,
  );
}
