import type { Allocation, AllocationPolicy } from '../allocation.ts';
import { CATALOGUE } from '../gpu/catalogue.ts';
import type { Metagraph } from '../metagraph.ts';
import type { PopulationRules } from '../miner-facts.ts';
import type { WeightSetOutline } from '../weight-set.ts';
import { LEDGER_FORMAT, type LedgerEntry } from './ledger-entry.ts';

/** A decided set and what it was made from, as an entry speaks of them. */
export interface EntrySource {
  readonly set: WeightSetOutline;
  readonly allocation: Allocation;
  readonly rules: PopulationRules;
  readonly policy: AllocationPolicy;
  /** The metagraph that the population was taken with. */
  readonly metagraph: Pick<Metagraph, 'block' | 'blockHash'> & { readonly neuronCount: number };
  readonly emissionConfigDigest: string;
  /** Digest and number of the lines of all miners with a profile. */
  readonly inputDigest: string;
  readonly minerCount: number;
}

/** The digests that only whoever writes the lines and knows the chain of entries can tell. */
export interface EntryDigests {
  readonly pairsDigest: string;
  readonly weightsDigest: string;
  /** The digest of the entry before, of the anchor when that was deleted, or `GENESIS_DIGEST`. */
  readonly previousDigest: string;
}

/** The ledger entry of a decision that was made with this version's catalogue. */
export function composeEntry(source: EntrySource, digests: EntryDigests): LedgerEntry {
  const { set, allocation, rules, policy, metagraph } = source;
  return {
    format: LEDGER_FORMAT,
    netuid: set.netuid,
    mecid: set.mecid,
    block: set.block,
    blockHash: set.blockHash,
    metagraphBlock: metagraph.block,
    metagraphHash: metagraph.blockHash,
    neuronCount: metagraph.neuronCount,
    emissionConfigVersion: set.emissionConfigVersion,
    emissionConfigDigest: source.emissionConfigDigest,
    versionKey: set.versionKey,
    decidedAtMs: set.decidedAtMs,
    rules,
    policy,
    catalogue: CATALOGUE,
    totalWeight: allocation.totalWeight,
    minersServed: allocation.minersServed,
    minerCount: source.minerCount,
    pairCount: allocation.pairs.uid.length,
    burn: allocation.burn,
    categories: allocation.categories.map(
      ({ category, minerCount, gpuCount, totalBasis, weightPool }) => ({
        category,
        minerCount,
        gpuCount,
        totalBasis,
        weightPool,
      }),
    ),
    inputDigest: source.inputDigest,
    ...digests,
  };
}
