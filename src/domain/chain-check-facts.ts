import type { WeightVector } from './allocation.ts';
import type { ChainStanding } from './chain-standing.ts';
import type { Hotkey } from './ids.ts';
import type { Metagraph, Neuron } from './metagraph.ts';

/** What the checks are made of. */
export interface ChainCheckFacts {
  readonly metagraph: Metagraph;
  readonly standing: ChainStanding;
  /** The hotkey that signs. */
  readonly validatorHotkey: Hotkey;
  /** The version key that weights are sent with. */
  readonly versionKey: number;
  /** Our own clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  readonly mecid: number;
  /** What is about to go to the chain; absent when nothing is. */
  readonly submitted?: WeightVector;
}

/** The signing hotkey's entry in the metagraph, if it has one. */
export function validatorOf({
  metagraph,
  validatorHotkey,
}: Pick<ChainCheckFacts, 'metagraph' | 'validatorHotkey'>): Neuron | undefined {
  return metagraph.neurons.find(({ hotkey }) => hotkey === validatorHotkey);
}
