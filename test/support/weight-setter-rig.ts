import type { Tracer } from '@opentelemetry/api';
import { onTestFinished } from 'vitest';
import { MetagraphWatcher } from '../../src/actors/metagraph-watcher.ts';
import type { Chain, Compute, WeightSetStore } from '../../src/actors/ports.ts';
import type { WeightSetterOptions } from '../../src/actors/weight-decision.ts';
import { WeightSetter } from '../../src/actors/weight-setter.ts';
import type { EmissionConfig } from '../../src/domain/emission.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { Events, type Logger } from '../../src/events.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { MemoryWeightSetStore } from './memory-weight-set-store.ts';
import { ProfilePopulation } from './profile-population.ts';
import { sampleHotkey } from './profile-samples.ts';
import { ScriptedChain } from './scripted-chain.ts';
import {
  GivenConfigs,
  ListedProfiles,
  type SampleMetagraph,
  sampleCompute,
  sampleConfig,
  sampleMetagraph,
  sampleMiner,
  VALIDATOR_UID,
} from './weight-setter-samples.ts';

export interface RigOptions {
  readonly metagraph?: SampleMetagraph;
  readonly config?: Partial<EmissionConfig>;
  readonly options?: Partial<WeightSetterOptions>;
  readonly profiles?: readonly Profile[];
  readonly compute?: Compute;
  readonly tracer?: Tracer;
}

/** What a setter of a rig may have in the place of the rig's own. */
export interface SetterOverrides {
  readonly chain?: Chain;
  readonly sets?: WeightSetStore;
}

/** A weight setter with everything around it in the hands of the test. The interval is 20 blocks, the rate limit 10. */
export class WeightSetterRig {
  readonly clock = new ManualClock();
  readonly chain: ScriptedChain;
  readonly store = new MemoryWeightSetStore();
  readonly profiles: ListedProfiles;
  readonly configs: GivenConfigs;
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[] =
    [];
  readonly #given: RigOptions;
  readonly #events: Events;
  readonly #runs: { readonly end: AbortController; readonly done: Promise<void> }[] = [];

  constructor(given: RigOptions = {}) {
    this.#given = given;
    const { hyperparameters, ...metagraph } = given.metagraph ?? {};
    this.chain = new ScriptedChain(
      sampleMetagraph({
        ...metagraph,
        hyperparameters: { weightsRateLimitBlocks: 10, ...hyperparameters },
      }),
      sampleHotkey(VALIDATOR_UID),
    );
    const nowMs = this.clock.now();
    this.profiles = new ListedProfiles(
      given.profiles ?? [sampleMiner(2, nowMs), sampleMiner(3, nowMs, { category: 'A100' })],
    );
    this.configs = new GivenConfigs(sampleConfig({ weightSetIntervalBlocks: 20, ...given.config }));
    this.#events = new Events({
      logger: this.#logger(),
      ...(given.tracer === undefined ? {} : { tracer: given.tracer }),
    });
  }

  /** A setter that is running, after everything has come to rest. */
  async start(overrides: SetterOverrides = {}): Promise<WeightSetter> {
    const setter = this.create(overrides);
    const end = new AbortController();
    const watcher = this.watcher(overrides.chain ?? this.chain);
    await watcher.refresh().catch(() => undefined);
    const done = Promise.all([setter.run(end.signal), watcher.run(end.signal)]).then(
      () => undefined,
    );
    done.catch(() => undefined);
    this.#runs.push({ end, done });
    await settle();
    await settle();
    return setter;
  }

  create({ chain = this.chain, sets = this.store }: SetterOverrides = {}): WeightSetter {
    const { clock, profiles, configs } = this;
    return new WeightSetter({
      chain,
      sets,
      clock,
      populations: new ProfilePopulation(profiles),
      configs,
      events: this.#events,
      compute: this.#given.compute ?? sampleCompute(),
      metagraph: {
        current: () => this.chain.metagraphNow,
      },
      options: {
        netuid: 39,
        mecid: 0,
        versionKey: 0,
        minScore: 0,
        cutoffMs: 3 * 3_600_000,
        executorTtlMs: 6 * 3_600_000,
        requireActiveAxon: true,
        ...this.#given.options,
      },
    });
  }

  watcher(chain: Chain = this.chain): MetagraphWatcher {
    return new MetagraphWatcher({ chain, events: this.#events, clock: this.clock });
  }

  /** Ends every setter; their runs must have gone well. */
  async stop(): Promise<void> {
    for (const { end } of this.#runs) end.abort(new Error('the test has ended'));
    await Promise.all(this.#runs.splice(0).map(({ done }) => done));
  }

  /** Forgets every setter as it is: nobody ends them, as when the process dies. */
  crash(): void {
    this.#runs.length = 0;
  }

  /** Stored sets by rising block. */
  get sets(): readonly WeightSet[] {
    return [...this.store.sets.values()].sort((a, b) => a.block - b.block);
  }

  get last(): WeightSet | undefined {
    return this.sets.at(-1);
  }

  /** Messages logged at a level. */
  messages(level: string): readonly string[] {
    return this.logged.filter((line) => line.level === level).map(({ message }) => message);
  }

  #logger(): Logger {
    const log = (level: string) => (fields: object, message: string) => {
      this.logged.push({ level, message, fields });
    };
    return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
  }
}

/** The weights of a set by UID. */
export function weightsOf(set: WeightSet | undefined): Readonly<Record<number, number>> {
  const { uids, weights } = set?.vector ?? { uids: [], weights: [] };
  return Object.fromEntries(Array.from(uids, (uid, index) => [uid, weights[index] as number]));
}

/** Two miners share H100 and A100 alike; the chain stands at block 1000, the validator set weights at 990. */
export function twoMinerRig(given: RigOptions = {}): WeightSetterRig {
  const gpuAllocations: EmissionConfig['gpuAllocations'] = new Map(
    ['H100', 'A100'].map((key) => [
      key as CategoryKey,
      { weight: 50, minGpuCount: 0, minGpuVramGib: 0 },
    ]),
  );
  const rig = new WeightSetterRig({ ...given, config: { gpuAllocations, ...given.config } });
  rig.chain.lastUpdateBlock = 990;
  return rig;
}

/** `twoMinerRig` that ends with the test; every run of it must have gone well. */
export function rigOf(given: RigOptions = {}): WeightSetterRig {
  const rig = twoMinerRig(given);
  onTestFinished(() => rig.stop());
  return rig;
}
