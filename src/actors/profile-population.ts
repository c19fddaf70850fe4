import { setImmediate } from 'node:timers/promises';
import { minerLine } from '../domain/ledger/miner-line.ts';
import { minerFacts } from '../domain/miner-facts.ts';
import { PopulationBuilder } from '../domain/population-builder.ts';
import { LinePacker } from '../lib/packed-lines.ts';
import type {
  PopulationRequest,
  PopulationSource,
  ProfileReader,
  TakenPopulation,
} from './ports.ts';

/** Takes the population on the calling thread, batch by batch, so that reports keep streaming. */
export class ProfilePopulation implements PopulationSource {
  readonly #profiles: Pick<ProfileReader, 'all'>;

  constructor(profiles: Pick<ProfileReader, 'all'>) {
    this.#profiles = profiles;
  }

  async take({ metagraph, rules }: PopulationRequest): Promise<TakenPopulation> {
    const neuronAt = new Map(metagraph.neurons.map((neuron) => [neuron.uid, neuron]));
    const builder = new PopulationBuilder(rules);
    const packer = new LinePacker();
    const holders: string[] = [];
    for await (const batch of this.#profiles.all()) {
      for (const profile of batch) {
        const facts = minerFacts(profile, neuronAt.get(profile.miner.uid), rules);
        builder.add(facts);
        packer.add(facts.uid, minerLine(facts));
        holders.push(`${facts.uid} ${facts.hotkey}`);
      }
      await setImmediate();
    }
    return {
      population: builder.build(),
      input: packer.finish(),
      holders: holders.join('\n'),
    };
  }
}
