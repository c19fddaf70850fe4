/** What the benchmarks of the chain share: a node in another process, a real ledger, and a service that sets weights. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { ComputePool } from '../src/compute/compute-pool.ts';
import type { CategoryKey } from '../src/domain/gpu/catalogue.ts';
import { Events, silentLogger } from '../src/events.ts';
import { type Clock, systemClock } from '../src/lib/clock.ts';
import { SqliteDatabase } from '../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../src/store/sqlite-weight-set-store.ts';
import type { StubNodeOptions } from '../test/support/subtensor-node/stub-node.ts';
import { developmentWallet } from '../test/support/subtensor-rig.ts';
import type { SubtensorSurroundings } from '../test/support/subtensor-service.ts';
import { TestBeacon } from '../test/support/timelock-decryption.ts';
import {
  GivenConfigs,
  ListedProfiles,
  sampleConfig,
  sampleMiner,
} from '../test/support/weight-setter-samples.ts';
import type { BlocksMade, BlocksWanted, NodeReady } from './chain-node.ts';

const SEED = 1;
/** The service's own defaults. */
const COMPUTE = { inlinePairsMax: 16_384, threads: 1, taskTimeoutMs: 60_000 };

/** A node in another process. */
export class NodeProcess {
  readonly ready: NodeReady;
  /** Tells the chain's time, which runs as fast as blocks are made; pauses are real. */
  readonly clock: Clock;
  readonly #child: ChildProcess;
  #timeMs: number;

  static async start(options: StubNodeOptions): Promise<NodeProcess> {
    const { address } = await developmentWallet();
    const all: StubNodeOptions = { seed: SEED, validatorHotkey: address, ...options };
    const script = fileURLToPath(new URL('chain-node.js', import.meta.url));
    const child = fork(script, [JSON.stringify(all)]);
    const [ready] = await once(child, 'message');
    return new NodeProcess(child, ready);
  }

  private constructor(child: ChildProcess, ready: NodeReady) {
    this.#child = child;
    this.ready = ready;
    this.#timeMs = ready.timeMs;
    this.clock = { ...systemClock, now: () => this.#timeMs };
  }

  async produce(blocks = 1): Promise<BlocksMade> {
    const wanted: BlocksWanted = { blocks };
    const answer = once(this.#child, 'message');
    this.#child.send(wanted);
    const [made]: BlocksMade[] = await answer;
    if (made === undefined) throw new Error('the node told nothing');
    this.#timeMs = made.timeMs;
    return made;
  }

  stop(): void {
    this.#child.disconnect();
  }
}

interface SettingOptions {
  readonly node: NodeProcess;
  readonly file: string;
  readonly clock: Clock;
  readonly miners: number;
  readonly intervalBlocks: number;
}

/** What a benchmark runs in, and what ends it. */
export interface BenchSetting {
  readonly around: SubtensorSurroundings;
  readonly close: () => Promise<void>;
}

/** Everything around a service that sets weights for all miners of the node. */
export async function benchSetting(options: SettingOptions): Promise<BenchSetting> {
  const { node, file, clock, miners, intervalBlocks } = options;
  const database = await SqliteDatabase.open({ file });
  const { url, genesisHash, timeMs } = node.ready;
  const events = new Events({ logger: silentLogger });
  const compute = new ComputePool({ ...COMPUTE, events });
  const around: SubtensorSurroundings = {
    clock,
    wallet: await developmentWallet(),
    events,
    compute,
    options: {
      ...{ endpoints: [url], genesisHash, netuid: 1, mecid: 0, eraBlocks: 64 },
      ...{ headTimeoutMs: 60_000, requestTimeoutMs: 20_000, beacon: new TestBeacon(1) },
    },
    sets: new SqliteWeightSetStore({ database, netuid: 1, mecid: 0 }),
    profiles: new ListedProfiles(profilesOf(miners, timeMs)),
    configs: new GivenConfigs(
      sampleConfig({
        weightSetIntervalBlocks: intervalBlocks,
        burnPercentage: 0,
        gpuAllocations: new Map([
          ['H100' as CategoryKey, { weight: 100, minGpuCount: 0, minGpuVramGib: 0 }],
        ]),
      }),
    ),
  };
  const close = async () => {
    await compute.close();
    await database.close();
    node.stop();
  };
  return { around, close };
}

function profilesOf(miners: number, observedAtMs: number) {
  return devMiners({ seed: SEED, miners }).map(({ uid, hotkey }) => {
    const profile = sampleMiner(uid, observedAtMs, { score: 0.5 + (uid % 100) / 200 });
    return { ...profile, miner: { ...profile.miner, uid, hotkey, registeredAtBlock: 0 } };
  });
}
