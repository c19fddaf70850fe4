/**
 * One seeded run of the whole path to the chain (weight setter, adapter, WebSocket, node) under faults and crashes at
 * random moments: connections that break, are refused or fall silent, pools that refuse, drop and lie, forks, finality
 * that stops, runtimes and rules that change. Time is the test's; answers take as long as they take, so a run of the same
 * seed meets the same faults, not always at the same step.
 */
import type { WeightDecision, WeightSetStore } from '../../src/actors/ports.ts';
import { devMiners, VALIDATOR_UID } from '../../src/chain/dev/dev-genesis.ts';
import { encryptTimelocked } from '../../src/chain/subtensor/timelock/timelock-encryption.ts';
import { encodePayload } from '../../src/chain/subtensor/timelock/timelock-payload.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { type Random, random } from '../../src/lib/random.ts';
import { ManualClock } from './manual-clock.ts';
import type { Life } from './mortal.ts';
import { drawFault, endFaults } from './subtensor-faults.ts';
import { brokenInvariants, type Snapshot } from './subtensor-invariants.ts';
import { StubNode } from './subtensor-node/stub-node.ts';
import { developmentWallet } from './subtensor-rig.ts';
import { SubtensorService, type SubtensorSurroundings } from './subtensor-service.ts';
import {
  GivenConfigs,
  ListedProfiles,
  sampleConfig,
  sampleMiner,
} from './weight-setter-samples.ts';

export interface FaultRunResult {
  readonly seed: number;
  /** What must not be and was; empty when all went well. */
  readonly broken: readonly string[];
  readonly sets: readonly WeightSet[];
  readonly submissionCount: number;
  readonly crashCount: number;
  readonly faultCount: number;
  /** What happened at which block, to look into a run that went wrong. */
  readonly trace: readonly string[];
}

const BLOCK_MS = 12_000;
const ERA_BLOCKS = 8;
const FAULTY_BLOCKS = 30;
const MINERS = 6;
/** Everything is known long before: the longest wait is that for the epoch of a reveal, and then for its being told. */
const CALM_BLOCKS_MAX = 260;
const CRASH_CHANCE = 0.03;
const CRASH_AT_WRITE_CHANCE = 0.02;
const COMMIT_REVEAL_CHANCE = 0.4;
/** Turns of the event loop without a call to the node after which nothing more comes by itself. */
const QUIET_TURNS = 6;

/** In the thread of the test: nobody can tell from outside whether another thread still has something to do. */
const INLINE_ENCRYPTOR: NonNullable<SubtensorSurroundings['encryptor']> = {
  start: () => undefined,
  encrypt: async (request) => encryptTimelocked(encodePayload(request.payload), request),
  close: async () => undefined,
};

/** Carries out the run of a seed. The store is given, so that it may be a real one. */
export async function faultRun(seed: number, sets: WeightSetStore): Promise<FaultRunResult> {
  const run = await FaultRun.begin(seed, sets);
  try {
    await run.faults();
    await run.calm();
    return await run.result();
  } finally {
    await run.end();
  }
}

class FaultRun {
  readonly #seed: number;
  readonly #chance: Random;
  readonly #nodes: readonly StubNode[];
  readonly #clock: ManualClock;
  readonly #around: SubtensorSurroundings;
  readonly #sets: WeightSetStore;
  readonly #rateLimitBlocks: number;
  readonly #decidedBlocks = new Set<number>();
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #trace: string[] = [];
  #areFaultsOver = false;
  #life: Life = { isOver: false };
  #starting: Promise<SubtensorService>;
  #service: SubtensorService | undefined;
  #crashCount = 0;
  #faultCount = 0;

  static async begin(seed: number, sets: WeightSetStore): Promise<FaultRun> {
    const chance = random(seed, 'subtensor faults');
    const wallet = await developmentWallet();
    const rateLimitBlocks = chance.integer(1, 8);
    const node = await StubNode.start({
      validatorHotkey: wallet.address,
      ...{ seed, miners: MINERS, weightsRateLimitBlocks: rateLimitBlocks },
      tempoBlocks: chance.integer(4, 12),
      isCommitRevealEnabled: chance.chance(COMMIT_REVEAL_CHANCE),
      finalityLagBlocks: chance.integer(1, 3),
    });
    const nodes = chance.chance(0.3) ? [node, await node.mirror()] : [node];
    return new FaultRun({ seed, chance, nodes, sets, rateLimitBlocks, wallet });
  }

  private constructor(parts: {
    readonly seed: number;
    readonly chance: Random;
    readonly nodes: readonly StubNode[];
    readonly sets: WeightSetStore;
    readonly rateLimitBlocks: number;
    readonly wallet: SubtensorSurroundings['wallet'];
  }) {
    const { seed, chance, nodes, sets, rateLimitBlocks, wallet } = parts;
    this.#seed = seed;
    this.#chance = chance;
    this.#nodes = nodes;
    this.#sets = sets;
    this.#rateLimitBlocks = rateLimitBlocks;
    this.#clock = new ManualClock(this.#node.best.timeMs);
    const intervalBlocks = chance.integer(3, 9);
    this.#around = {
      ...{ wallet, clock: this.#clock, events: new Events({ logger: silentLogger }) },
      options: {
        endpoints: nodes.map(({ url }) => url),
        genesisHash: this.#node.genesisHash,
        ...{ netuid: 1, mecid: 0, eraBlocks: ERA_BLOCKS, beacon: this.#node.beacon },
        ...{ headTimeoutMs: 60_000, requestTimeoutMs: 20_000 },
      },
      encryptor: INLINE_ENCRYPTOR,
      sets: this.#watchedStore(sets),
      profiles: new ListedProfiles([]),
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
    this.#changeScores();
    this.#note(`interval ${intervalBlocks}, rate limit ${rateLimitBlocks}, ${nodes.length} nodes`);
    this.#starting = this.#start();
  }

  get #node(): StubNode {
    const [node] = this.#nodes;
    if (node === undefined) throw new Error('a run has a node');
    return node;
  }

  /** The time of faults. */
  async faults(): Promise<void> {
    const chance = this.#chance;
    for (let block = 0; block < FAULTY_BLOCKS; block += 1) {
      const begun = drawFault(chance, this.#nodes);
      this.#faultCount += begun.length;
      for (const fault of begun) this.#note(fault);
      if (chance.chance(0.3)) this.#changeScores();
      if (chance.chance(0.1)) this.#service?.setter.setNow().catch(() => undefined);
      // Not always at rest: what is under way meets the block, or the crash, at any of its steps.
      await this.#advance(chance.chance(0.2) ? chance.integer(0, QUIET_TURNS) : undefined);
      if (this.#life.isOver || chance.chance(CRASH_CHANCE)) await this.#crash();
      else if (chance.chance(0.02)) await this.#restart();
    }
  }

  /** Ends all faults and makes blocks until every set has ended. */
  async calm(): Promise<void> {
    this.#note('calm');
    this.#areFaultsOver = true;
    for (const node of this.#nodes) endFaults(node);
    this.#around.configs.change({ weightSetIntervalBlocks: 1_000_000 });
    if (this.#life.isOver) await this.#crash();
    else if (this.#chance.chance(0.5)) await this.#restart();
    for (let made = 0; made < CALM_BLOCKS_MAX; made += 1) {
      await this.#advance();
      if (made > 3 && (await this.#sets.unfinished()).length === 0) return;
    }
  }

  async result(): Promise<FaultRunResult> {
    const blocks = [...this.#decidedBlocks].sort((a, b) => a - b);
    const found = await Promise.all(blocks.map((block) => this.#sets.at(block)));
    const sets = found.filter((set) => set !== undefined);
    return {
      ...{ seed: this.#seed, sets, crashCount: this.#crashCount, trace: this.#trace },
      ...{ submissionCount: this.#node.submissions.length, faultCount: this.#faultCount },
      broken: brokenInvariants({
        node: this.#node,
        sets,
        rateLimitBlocks: this.#rateLimitBlocks,
        snapshots: [...this.#snapshots.values()],
      }),
    };
  }

  async end(): Promise<void> {
    for (const node of this.#nodes) endFaults(node);
    this.#life.isOver = true;
    for (const node of this.#nodes) await node.stop();
    // A service that waits for its first connection has given up by then.
    await this.#clock.advance(120_000);
    await (await this.#starting).crash();
  }

  async #advance(turns?: number): Promise<void> {
    const { number, hash } = this.#node.produceBlock();
    const weights = this.#node.state.weights.get(VALIDATOR_UID);
    this.#snapshots.set(hash, { number, hash, weights });
    await this.#quiet(turns);
    await this.#clock.advance(BLOCK_MS);
    await this.#quiet(turns);
  }

  async #quiet(turnsMax = Number.POSITIVE_INFINITY): Promise<void> {
    let [turns, total, calls] = [0, 0, -1];
    while (turns < QUIET_TURNS && total < turnsMax) {
      await new Promise((resolve) => setImmediate(resolve));
      const callsNow = this.#nodes.reduce((sum, node) => sum + node.callsTotal, 0);
      turns = callsNow === calls ? turns + 1 : 0;
      calls = callsNow;
      total += 1;
    }
  }

  async #start(): Promise<SubtensorService> {
    const life = this.#life;
    const service = await SubtensorService.start(this.#around, life);
    if (!life.isOver) this.#service = service;
    return service;
  }

  async #crash(): Promise<void> {
    this.#crashCount += 1;
    this.#note('crash');
    await this.#leave((service) => service.crash());
  }

  /** An orderly end and a new beginning. One that waits for its first connection has nothing to put in order. */
  async #restart(): Promise<void> {
    this.#note('restart');
    await this.#leave((service) => (this.#service === service ? service.stop() : service.crash()));
  }

  async #leave(end: (service: SubtensorService) => Promise<void>): Promise<void> {
    const before = this.#starting;
    const service = this.#service;
    if (service === undefined) this.#life.isOver = true;
    else await this.#whileTimePasses(end(service));
    this.#service = undefined;
    this.#life = { isOver: false };
    this.#starting = Promise.all([this.#start(), this.#forgotten(before, service)]).then(
      ([next]) => next,
    );
    this.#starting.catch(() => undefined);
  }

  /** Ends a service that was not even there yet when it crashed. */
  async #forgotten(
    starting: Promise<SubtensorService>,
    left: SubtensorService | undefined,
  ): Promise<void> {
    if (left === undefined) await (await starting).crash();
  }

  /** Real time passes only for sockets; what waits for the clock must see it move. */
  async #whileTimePasses(work: Promise<void>): Promise<void> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => undefined);
    for (let turn = 0; !isDone; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turn > 100) await this.#clock.advance(100);
    }
    await done;
  }

  /** The process may die before or after anything that it keeps. */
  #watchedStore(sets: WeightSetStore): WeightSetStore {
    const keep = async (set: WeightSet, write: () => Promise<void>): Promise<void> => {
      const isSigned = set.extrinsic !== undefined;
      const dies = !this.#areFaultsOver && this.#chance.chance(CRASH_AT_WRITE_CHANCE);
      const isBefore = dies && this.#chance.chance(0.5);
      if (isBefore) return this.#die(set, 'before');
      await write();
      this.#decidedBlocks.add(set.block);
      this.#note(`set ${set.block} ${isSigned ? '' : 'unsigned '}${set.state} ${reasonOf(set)}`);
      if (dies) return this.#die(set, 'after');
    };
    return {
      record: (decision: WeightDecision) => keep(decision.set, () => sets.record(decision)),
      update: (set) => keep(set, () => sets.update(set)),
      newestBlock: () => sets.newestBlock(),
      latest: () => sets.latest(),
      latestTaken: () => sets.latestTaken(),
      at: (block) => sets.at(block),
      outcomeAt: (block, uid) => sets.outcomeAt(block, uid),
      unfinished: () => sets.unfinished(),
    };
  }

  #die({ block, state }: WeightSet, when: string): Promise<never> {
    this.#note(`dies ${when} set ${block} ${state} is kept`);
    this.#life.isOver = true;
    return new Promise(() => undefined);
  }

  #changeScores(): void {
    const { seed } = this.#node.state.subnet;
    const nowMs = this.#clock.now();
    this.#around.profiles.profiles = devMiners({ seed, miners: MINERS }).map(({ uid, hotkey }) => {
      const profile = sampleMiner(uid, nowMs, { score: 0.1 + 0.9 * this.#chance.next() });
      return { ...profile, miner: { ...profile.miner, hotkey, registeredAtBlock: 0 } };
    });
  }

  #note(what: string): void {
    this.#trace.push(`${this.#node.best.number}: ${what}`);
  }
}

function reasonOf({ failure, extrinsicHash }: WeightSet): string {
  return failure?.reason ?? extrinsicHash?.slice(0, 10) ?? '';
}
