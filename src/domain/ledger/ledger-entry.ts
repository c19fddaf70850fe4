/**
 * The decision ledger's terms. An entry is one decision about weights: what it was made from (the lines of all miners and
 * the rules), what it gave (every pair and the vector), and the digest of the entry before. Its text is canonical JSON
 * and its digest the SHA-256 of that text, so that changing anything in an entry breaks it or the chain behind it.
 * What became of a decision on chain is not part of it: that is known only later.
 */
import type { AllocationPolicy, BurnAllocation, CategoryAllocation } from '../allocation.ts';
import type { CategoryKey } from '../gpu/catalogue.ts';
import type { Hotkey, MinerUid } from '../ids.ts';
import type { MinerFacts, PopulationRules } from '../miner-facts.ts';
import type { ExclusionReason } from '../population.ts';
import { canonicalJson } from './canonical-json.ts';

/** The form of entries that this version writes; a change of the calculation or of the text is another one. */
export const LEDGER_FORMAT = 1;

/** The digest before the first entry. */
export const GENESIS_DIGEST = '0'.repeat(64);

/** SHA-256 of a text's UTF-8 bytes, 64 lower-case hexadecimal digits. */
export type TextDigest = (text: string) => string;

/** What one decision was made from, what it gave in sum, and the digests of the rest. */
export interface LedgerEntry {
  readonly format: number;
  readonly netuid: number;
  readonly mecid: number;
  /** The block at which it was decided, and its hash. */
  readonly block: number;
  readonly blockHash: string;
  /** The block at which the metagraph was read, its hash, and how many UIDs it had. */
  readonly metagraphBlock: number;
  readonly metagraphHash: string;
  readonly neuronCount: number;
  readonly emissionConfigVersion: number;
  readonly emissionConfigDigest: string;
  readonly versionKey: number;
  readonly decidedAtMs: number;
  readonly rules: PopulationRules;
  /** The category indexes are positions in `catalogue`. */
  readonly policy: AllocationPolicy;
  /** Every category of the version that decided, in its order: ties depend on it. */
  readonly catalogue: readonly CategoryKey[];
  readonly totalWeight: number;
  readonly minersServed: number;
  /** Miners with a profile, and (miner, category) pairs. */
  readonly minerCount: number;
  readonly pairCount: number;
  readonly burn: BurnAllocation;
  readonly categories: readonly LedgerCategory[];
  /** Digests of the lines of all miners, of all pairs and of the vector, each line with its line break. */
  readonly inputDigest: string;
  readonly pairsDigest: string;
  readonly weightsDigest: string;
  /** The digest of the entry before; `GENESIS_DIGEST` for the first. */
  readonly previousDigest: string;
}

/** What one category received; the mean score follows from the pairs. */
export type LedgerCategory = Omit<CategoryAllocation, 'averageScore' | 'shareMicroPercent'>;

/** An entry with its text and digest as they are stored. */
export interface SealedEntry {
  readonly entry: LedgerEntry;
  readonly text: string;
  readonly digest: string;
}

/** One (miner, category) pair of a decision. */
export interface LedgerPair {
  readonly uid: MinerUid;
  /** Undefined for the one pair of a miner without any valid GPU. */
  readonly category: CategoryKey | undefined;
  /** Why the pair is left out; undefined when it takes part. */
  readonly reason: ExclusionReason | undefined;
  readonly gpuCount: number;
  readonly scoreMicros: number;
  readonly basis: number;
  readonly weight: number;
}

/** One entry of the vector. */
export interface LedgerWeight {
  readonly uid: number;
  readonly weight: number;
  /** The hotkey at the UID when the weights were decided. */
  readonly hotkey: Hotkey;
}

/** An entry with everything that it speaks of: enough to repeat the calculation and to check every digest. */
export interface LedgerContent {
  readonly sealed: SealedEntry;
  /** By rising UID. */
  readonly miners: readonly MinerFacts[];
  /** By category in the order of the catalogue, then UID; miners without GPUs last. */
  readonly pairs: readonly LedgerPair[];
  /** By rising UID. */
  readonly weights: readonly LedgerWeight[];
}

/** The entry in the spelling of the ledger: the object that its canonical text is made of. */
export function entryDocument(entry: LedgerEntry) {
  const { rules, policy, burn } = entry;
  return {
    format: entry.format,
    netuid: entry.netuid,
    mecid: entry.mecid,
    block: entry.block,
    block_hash: entry.blockHash,
    metagraph_block: entry.metagraphBlock,
    metagraph_hash: entry.metagraphHash,
    neuron_count: entry.neuronCount,
    emission_config_version: entry.emissionConfigVersion,
    emission_config_digest: entry.emissionConfigDigest,
    version_key: entry.versionKey,
    decided_ms: entry.decidedAtMs,
    rules: {
      now_ms: rules.nowMs,
      cutoff_ms: rules.cutoffMs,
      executor_ttl_ms: rules.executorTtlMs,
      require_active_axon: rules.requireActiveAxon,
    },
    policy: {
      burn_micro_percent: policy.burnMicroPercent,
      burn_uid: policy.burnUid,
      categories: policy.categories.map((rule) => ({
        gpu_model: rule.category,
        share_micro_percent: rule.shareMicroPercent,
        min_gpu_count: rule.minGpuCount,
        min_memory_mib: rule.minMemoryMib,
      })),
      min_miners_per_category: policy.minMinersPerCategory,
      min_score_micros: policy.minScoreMicros,
      unallocated: policy.unallocated,
      attribution: policy.attribution,
      gpu_count: policy.gpuCount,
      resolution: policy.resolution,
      positive_floor: policy.hasPositiveFloor,
    },
    catalogue: entry.catalogue,
    total_weight: entry.totalWeight,
    miners_served: entry.minersServed,
    miner_count: entry.minerCount,
    pair_count: entry.pairCount,
    burn: {
      uid: burn.uid,
      weight: burn.weight,
      configured_weight: burn.configuredWeight,
      empty_category_weight: burn.emptyCategoryWeight,
      below_minimum_weight: burn.belowMinimumWeight,
      rounding_weight: burn.roundingWeight,
    },
    categories: entry.categories.map((category) => ({
      gpu_model: category.category,
      miner_count: category.minerCount,
      gpu_count: category.gpuCount,
      // A JSON number would lose what is above 2⁵³.
      total_basis: String(category.totalBasis),
      weight_pool: category.weightPool,
    })),
    input_digest: entry.inputDigest,
    pairs_digest: entry.pairsDigest,
    weights_digest: entry.weightsDigest,
    previous_digest: entry.previousDigest,
  };
}

/** The entry's canonical text with its digest. */
export function sealEntry(entry: LedgerEntry, digestOf: TextDigest): SealedEntry {
  const text = canonicalJson(entryDocument(entry));
  return { entry, text, digest: digestOf(text) };
}
