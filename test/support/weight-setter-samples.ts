import type { Compute, EmissionConfigs, ProfileReader } from '../../src/actors/ports.ts';
import { allocate } from '../../src/domain/allocate.ts';
import type { EmissionConfig, EmissionConfigVersion } from '../../src/domain/emission.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import type { Hyperparameters, Metagraph, Neuron } from '../../src/domain/metagraph.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { WeightSetFailure } from '../../src/domain/weight-set.ts';
import { sampleExecutor, sampleHotkey, sampleProfile } from './profile-samples.ts';

/** UID and hotkey of the subnet's owner in every sample. */
export const OWNER_UID = 0;
/** UID of the validator in every sample. */
export const VALIDATOR_UID = 1;

export function sampleNeuron(uid: number, overrides: Partial<Neuron> = {}): Neuron {
  return {
    uid: minerUid(uid),
    hotkey: sampleHotkey(uid),
    registeredAtBlock: 100,
    isAxonActive: true,
    hasValidatorPermit: uid === VALIDATOR_UID,
    lastUpdateBlock: 0,
    ...overrides,
  };
}

export interface SampleMetagraph extends Partial<Omit<Metagraph, 'hyperparameters'>> {
  readonly hyperparameters?: Partial<Hyperparameters>;
  /** Neurons from UID 0 on, unless they are given. */
  readonly size?: number;
}

/** UID 0 is the owner, UID 1 the validator, the others are miners. */
export function sampleMetagraph(overrides: SampleMetagraph = {}): Metagraph {
  const { hyperparameters, size = 10, ...rest } = overrides;
  return {
    block: 1_000,
    blockHash: `0x${(1_000).toString(16).padStart(64, '0')}`,
    blockTimeMs: Date.UTC(2026, 0, 1),
    netuid: 39,
    neurons: Array.from({ length: size }, (_, uid) => sampleNeuron(uid)),
    ownerHotkey: sampleHotkey(OWNER_UID),
    hyperparameters: {
      weightsRateLimitBlocks: 100,
      weightsVersionKey: 0,
      minAllowedWeights: 1,
      maxWeightLimit: 65_535,
      isCommitRevealEnabled: false,
      tempoBlocks: 360,
      ...hyperparameters,
    },
    ...rest,
  };
}

/** A miner with eight GPUs of one category, observed at `observedAtMs`. */
export function sampleMiner(
  uid: number,
  observedAtMs: number,
  { category = 'H100', ...overrides }: Partial<Profile> & { readonly category?: string } = {},
): Profile {
  const gpus = [
    { model: category, category: category as CategoryKey, count: 8, memoryMib: 81_559, uuids: [] },
  ];
  return sampleProfile({
    uid,
    executors: [sampleExecutor({ verifiedAtMs: observedAtMs, gpus })],
    primaryCategory: category as CategoryKey,
    gpuCounts: new Map([[category as CategoryKey, 8]]),
    lastObservedAtMs: observedAtMs,
    updatedAtMs: observedAtMs,
    ...Object.fromEntries(Object.entries(overrides).filter(([key]) => key !== 'miner')),
  });
}

export function sampleConfig(overrides: Partial<EmissionConfig> = {}): EmissionConfig {
  return { ...defaultEmissionConfig(), ...overrides };
}

/** Profiles that a test changes at will. */
export class ListedProfiles implements Pick<ProfileReader, 'all'> {
  profiles: readonly Profile[];

  constructor(profiles: readonly Profile[]) {
    this.profiles = profiles;
  }

  async *all(): AsyncGenerator<readonly Profile[], void, void> {
    if (this.profiles.length > 0) yield this.profiles;
  }
}

/** A configuration that a test changes at will; every change is a version. */
export class GivenConfigs implements EmissionConfigs {
  #version: EmissionConfigVersion;

  constructor(config: EmissionConfig) {
    this.#version = { config, version: 1, digest: '0', source: 'file', createdAtMs: 0 };
  }

  current(): EmissionConfigVersion {
    return this.#version;
  }

  change(overrides: Partial<EmissionConfig>): void {
    const { config, version } = this.#version;
    this.#version = {
      ...this.#version,
      config: { ...config, ...overrides },
      version: version + 1,
    };
  }

  update(): Promise<never> {
    return Promise.reject(new Error('not needed here'));
  }
}

/** When every sample calculation says that it began. */
export const COMPUTED_AT_MS = Date.UTC(2026, 0, 1);

/** The real calculation, in the calling thread; a worker's times are made up. */
export function sampleCompute(place: 'inline' | 'worker' = 'inline'): Compute {
  return {
    allocate: async (population, policy) => ({
      allocation: allocate(population, policy),
      score: { startMs: COMPUTED_AT_MS, endMs: COMPUTED_AT_MS + 3 },
      apportion: { startMs: COMPUTED_AT_MS + 3, endMs: COMPUTED_AT_MS + 8 },
      place,
    }),
  };
}

/** A failure as a chain tells it. */
export function sampleFailure(
  action: WeightSetFailure['action'],
  reason = 'Scripted',
): WeightSetFailure {
  return { reason, message: `the chain says ${reason}`, action };
}
