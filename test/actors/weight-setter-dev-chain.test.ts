import { afterEach, describe, expect, it } from 'vitest';
import { MetagraphWatcher } from '../../src/actors/metagraph-watcher.ts';
import { WeightSetter } from '../../src/actors/weight-setter.ts';
import { DevChain } from '../../src/chain/dev/dev-chain.ts';
import type { DevHyperparameters } from '../../src/chain/dev/dev-subnet.ts';
import { hotkey } from '../../src/domain/ids.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { MemoryWeightSetStore } from '../support/memory-weight-set-store.ts';
import { ProfilePopulation } from '../support/profile-population.ts';
import {
  GivenConfigs,
  ListedProfiles,
  sampleCompute,
  sampleConfig,
  sampleMiner,
} from '../support/weight-setter-samples.ts';

const ends: AbortController[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end.abort(new Error('the test has ended'));
});

describe('the weight setter on the embedded chain', () => {
  it('sets weights by its rules every interval, and they are what the chain has', async () => {
    const { chain, store, blocks } = await running({});
    await blocks(75);
    expect([...store.sets.values()].map(({ block, state }) => `${block} ${state}`)).toEqual([
      '20 verified',
      '40 verified',
      '60 verified',
    ]);
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(61);
  });

  it('commits and reveals where the subnet wants that', async () => {
    const { store, blocks } = await running({ isCommitRevealEnabled: true, tempoBlocks: 10 });
    await blocks(75);
    const states = [...store.sets.keys()].map((block) => store.states.get(block)?.at(-1));
    expect(states.slice(0, 2)).toEqual(['verified', 'verified']);
    expect(store.states.get(20)).toEqual([
      'computed',
      'submitted',
      'in_block',
      'finalized',
      'committed',
      'revealed',
      'verified',
    ]);
  });

  it('lists every UID where the subnet wants that', async () => {
    const { store, blocks } = await running({ minAllowedWeights: 1_024 });
    await blocks(25);
    expect(store.sets.get(20)).toMatchObject({ state: 'verified', minersServed: 2 });
  });
});

async function running(hyperparameters: Partial<DevHyperparameters>) {
  const clock = new ManualClock();
  const chain = DevChain.create({ clock, options: { miners: 4, seed: 1 } });
  chain.setHyperparameters({ weightsRateLimitBlocks: 10, ...hyperparameters });
  const store = new MemoryWeightSetStore();
  const events = new Events({ logger: silentLogger });
  const metagraph = new MetagraphWatcher({ chain, events, clock });
  await metagraph.refresh();
  const { neurons, ownerHotkey } = metagraph.current();
  const miners = neurons.filter(
    (neuron) => neuron.hotkey !== ownerHotkey && neuron.hotkey !== chain.validatorHotkey,
  );
  const profiles = miners.slice(0, 2).map((miner) => ({
    ...sampleMiner(miner.uid, clock.now()),
    miner: { ...miner, hotkey: hotkey(miner.hotkey) },
  }));
  const setter = new WeightSetter({
    chain,
    metagraph,
    events,
    clock,
    sets: store,
    populations: new ProfilePopulation(new ListedProfiles(profiles)),
    configs: new GivenConfigs(sampleConfig({ weightSetIntervalBlocks: 20 })),
    compute: sampleCompute(),
    options: {
      netuid: 39,
      mecid: 0,
      versionKey: 0,
      minScore: 0,
      cutoffMs: 3 * 3_600_000,
      executorTtlMs: 6 * 3_600_000,
      requireActiveAxon: false,
    },
  });
  await setter.resume();
  const end = new AbortController();
  ends.push(end);
  for (const run of [setter.run(end.signal), metagraph.run(end.signal)]) run.catch(() => undefined);
  const blocks = async (count: number) => {
    for (let made = 0; made < count; made += 1) {
      chain.produceBlock();
      await settle();
      await settle();
    }
  };
  return { chain, store, blocks };
}
