import { MetagraphWatcher } from '../../src/actors/metagraph-watcher.ts';
import type { Chain, Compute, WeightSetStore } from '../../src/actors/ports.ts';
import { WeightSetter } from '../../src/actors/weight-setter.ts';
import { SubtensorChain } from '../../src/chain/subtensor/subtensor-chain.ts';
import type { SubtensorOptions } from '../../src/chain/subtensor/subtensor-options.ts';
import type { TimelockEncryptor } from '../../src/chain/subtensor/timelock/timelock-encryptor.ts';
import type { HotkeyWallet } from '../../src/chain/subtensor/wallet/hotkey-wallet.ts';
import type { Events } from '../../src/events.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { type Life, mortal } from './mortal.ts';
import { ProfilePopulation } from './profile-population.ts';
import { type GivenConfigs, type ListedProfiles, sampleCompute } from './weight-setter-samples.ts';

/** What outlives a process. */
export interface SubtensorSurroundings {
  readonly wallet: HotkeyWallet;
  readonly clock: Clock;
  readonly events: Events;
  readonly options: SubtensorOptions;
  /** A thread of its own when absent. */
  readonly encryptor?: Pick<TimelockEncryptor, 'start' | 'encrypt' | 'close'>;
  /** In the calling thread, with times made up, when absent. */
  readonly compute?: Compute;
  readonly sets: WeightSetStore;
  readonly profiles: ListedProfiles;
  readonly configs: GivenConfigs;
}

/** Verification results never get too old in a simulation. */
const FOREVER_MS = 1_000 * 365 * 86_400_000;

/** One life of what sets weights on a Subtensor node: the real adapter, the real weight setter, the real store. */
export class SubtensorService {
  readonly chain: SubtensorChain;
  readonly setter: WeightSetter;
  readonly watcher: MetagraphWatcher;
  readonly #life: Life;
  readonly #end = new AbortController();
  readonly #running: Promise<unknown>;

  /** @param life when it is over, nothing that the service does has an effect any more, and nothing answers it. */
  static async start(around: SubtensorSurroundings, life: Life = { isOver: false }) {
    return new SubtensorService(around, { chain: await SubtensorChain.open(around), life });
  }

  private constructor(
    around: SubtensorSurroundings,
    { chain, life }: { readonly chain: SubtensorChain; readonly life: Life },
  ) {
    const { events, profiles, configs, options } = around;
    this.chain = chain;
    this.#life = life;
    const seen: Chain = mortal(chain, life);
    const clock = mortal(around.clock, life);
    this.watcher = new MetagraphWatcher({ chain: seen, events, clock });
    this.setter = new WeightSetter({
      ...{ chain: seen, clock, events, configs },
      sets: mortal(around.sets, life),
      metagraph: this.watcher,
      populations: new ProfilePopulation(profiles),
      compute: around.compute ?? sampleCompute(),
      options: {
        netuid: options.netuid,
        mecid: options.mecid,
        versionKey: 0,
        minScore: 0,
        cutoffMs: FOREVER_MS,
        executorTtlMs: FOREVER_MS,
        requireActiveAxon: false,
      },
    });
    this.#running = Promise.all([
      this.setter.run(this.#end.signal),
      this.watcher.run(this.#end.signal),
    ]);
    this.#running.catch(() => undefined);
  }

  /** Ends as the service does on a signal. */
  async stop(): Promise<void> {
    this.#end.abort(new Error('the service is stopped'));
    await this.#running;
    await this.chain.close();
  }

  /** Ends as a process does that is killed. */
  async crash(): Promise<void> {
    this.#life.isOver = true;
    await this.chain.close();
  }
}
