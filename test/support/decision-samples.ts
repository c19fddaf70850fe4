import type { WeightDecision } from '../../src/actors/ports.ts';
import { WeightDecider } from '../../src/actors/weight-decision.ts';
import type { EmissionConfig } from '../../src/domain/emission.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { ManualClock } from './manual-clock.ts';
import { ProfilePopulation } from './profile-population.ts';
import { SAMPLE_TIME_MS, sampleExecutor, sampleHotkey, sampleProfile } from './profile-samples.ts';
import { ScriptedChain } from './scripted-chain.ts';
import {
  GivenConfigs,
  ListedProfiles,
  type SampleMetagraph,
  sampleCompute,
  sampleConfig,
  sampleMetagraph,
  VALIDATOR_UID,
} from './weight-setter-samples.ts';

export interface SampleWorld {
  readonly block?: number;
  readonly profiles?: readonly Profile[];
  readonly metagraph?: SampleMetagraph;
  readonly config?: Partial<EmissionConfig>;
}

/** What the weight setter decides in a world: unlike `sampleDecision`, a calculation from its input gives it again. */
export async function decidedIn(world: SampleWorld = {}): Promise<WeightDecision> {
  const { block = 1_000, profiles = sampleMiners(6), config } = world;
  const size = Math.max(10, ...profiles.map(({ miner }) => miner.uid + 1));
  const metagraph = sampleMetagraph({ size, ...world.metagraph });
  const decider = new WeightDecider({
    chain: new ScriptedChain(metagraph, sampleHotkey(VALIDATOR_UID)),
    metagraph: { current: () => metagraph },
    populations: new ProfilePopulation(new ListedProfiles(profiles)),
    configs: new GivenConfigs(sampleConfig(config)),
    compute: sampleCompute(),
    clock: new ManualClock(SAMPLE_TIME_MS),
    options: {
      netuid: 39,
      mecid: 0,
      versionKey: 0,
      minScore: 0.1,
      cutoffMs: 3 * 3_600_000,
      executorTtlMs: 6 * 3_600_000,
      requireActiveAxon: true,
    },
  });
  const head = { block, hash: `0x${block.toString(16).padStart(64, '0')}` };
  return new Events({ logger: silentLogger }).weightSet(
    { block, netuid: 39, mecid: 0, trigger: 'interval' },
    (trace) => decider.decide({ ...head, timeMs: SAMPLE_TIME_MS }, trace),
  );
}

const MODELS = ['H100', 'A100', 'RTX4090', 'L40S'] as const;

/**
 * Miners from UID 2 on. The first has machines of three categories; every fifth is stale, every seventh without a valid GPU,
 * every eleventh scores too low; `L40S` is not rewarded by default.
 */
export function sampleMiners(count: number): readonly Profile[] {
  return Array.from({ length: count }, (_, index) => {
    const models = index === 0 ? MODELS.slice(0, 3) : [MODELS[index % 4], MODELS[(index + 1) % 4]];
    const hasGpus = index % 7 !== 6;
    return sampleProfile({
      uid: index + 2,
      score: index % 11 === 10 ? 0.05 : 0.5 + (index % 500) / 1_000,
      lastObservedAtMs: SAMPLE_TIME_MS - (index % 5 === 4 ? 4 : 1) * 3_600_000,
      executors: models.map((model, machine) =>
        sampleExecutor({
          executorId: `executor-${machine}`,
          isValid: hasGpus,
          gpus: [
            {
              model: `NVIDIA ${model}`,
              category: model as CategoryKey,
              count: 1 + (index % 8),
              memoryMib: 81_559,
              uuids: [],
            },
          ],
        }),
      ),
    });
  });
}
