import { setImmediate } from 'node:timers/promises';
import type {
  PopulationRequest,
  PopulationSource,
  ProfileReader,
  TakenPopulation,
} from '../../src/actors/ports.ts';
import { minerLine } from '../../src/domain/ledger/miner-line.ts';
import { PopulationBuilder } from '../../src/domain/population-builder.ts';
import { LinePacker } from '../../src/lib/packed-lines.ts';
import { HolderLines } from '../../src/store/holder-lines.ts';
import { minerFacts } from './miner-facts.ts';

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
    const holders = new HolderLines(0);
    for await (const batch of this.#profiles.all()) {
      for (const profile of batch) {
        const facts = minerFacts(profile, neuronAt.get(profile.miner.uid), rules);
        builder.add(facts);
        packer.add(facts.uid, minerLine(facts));
        holders.add(facts.uid, facts.hotkey);
      }
      await setImmediate();
    }
    return {
      population: builder.build(),
      input: packer.finish(),
      holders: [holders.take()],
    };
  }
}
