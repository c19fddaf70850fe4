import type { CategoryKey } from './gpu/catalogue.ts';
import {
  type CountedGpus,
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

/** What is known of a miner besides its machines. */
export type FactMiner = Pick<Profile, 'miner' | 'score' | 'lastObservedAtMs'>;

/** What a miner's machines come to. */
export type MinerHolding = Pick<MinerFacts, 'primaryCategory' | 'gpus'>;

/** The facts of a miner whose machines are added up already. */
export function heldFacts(
  { miner: { uid, hotkey, registeredAtBlock }, score, lastObservedAtMs }: FactMiner,
  neuron: MinerFacts['neuron'],
  { primaryCategory, gpus }: MinerHolding,
): MinerFacts {
  const scoreMicros = Math.round(score * SCORE_MICROS);
  return {
    uid,
    hotkey,
    registeredAtBlock,
    neuron,
    scoreMicros,
    lastObservedAtMs,
    primaryCategory,
    gpus,
  };
}

/** Adds up the unexpired machines of one miner. */
export function minerHolding(
  executors: Iterable<JudgedExecutor>,
  rules: PopulationRules,
): MinerHolding {
  const counted = countedGpus(
    Array.from(executors).filter(({ verifiedAtMs }) => !isExpired(verifiedAtMs, rules)),
  );
  return holdingOf(factGpus(counted));
}

/** Counted GPUs as facts. */
export function factGpus(counted: readonly CountedGpus[]): readonly FactGpus[] {
  return counted.map(({ executorIndex, group, count }) => ({
    executor: executorIndex,
    category: group.category,
    count,
    memoryMib: group.memoryMib,
  }));
}

/** Adds up GPUs that count. */
export function holdingOf(gpus: readonly FactGpus[]): MinerHolding {
  const counts = new Map<CategoryKey, number>();
  for (const { category, count } of gpus) counts.set(category, (counts.get(category) ?? 0) + count);
  return { primaryCategory: primaryCategory(counts), gpus };
}

/** Whether a machine was verified too long ago to count. */
export function isExpired(
  verifiedAtMs: number,
  { nowMs, executorTtlMs }: Pick<PopulationRules, 'nowMs' | 'executorTtlMs'>,
): boolean {
  return nowMs - verifiedAtMs > executorTtlMs;
}
