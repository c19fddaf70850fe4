import {
  heldFacts,
  type MinerFacts,
  minerHolding,
  type PopulationRules,
} from '../../src/domain/miner-facts.ts';
import type { Profile } from '../../src/domain/profile.ts';

/** The facts of a miner from its whole profile. */
export function minerFacts(
  { executors, ...miner }: Profile,
  neuron: MinerFacts['neuron'],
  rules: PopulationRules,
): MinerFacts {
  return heldFacts(miner, neuron, minerHolding(executors.values(), rules));
}
