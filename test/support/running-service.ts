import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { type App, type AppOverrides, createApp } from '../../src/app.ts';
import { DevChain } from '../../src/chain/dev/dev-chain.ts';
import { type DevChainOptions, devMiners } from '../../src/chain/dev/dev-genesis.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { isOver } from '../../src/domain/weight-set-state.ts';
import { silentLogger } from '../../src/events.ts';
import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';
import { present } from '../../src/lib/assert.ts';
import { connect, ProverStream } from './grpc-client.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { temporaryFolder } from './temporary-database.ts';
import { type ReportFields, wireReport } from './wire-reports.ts';

export interface ServiceSetup extends Partial<Pick<AppOverrides, 'logger' | 'tracer' | 'meter'>> {
  /** Text of `assay.toml`. */
  readonly toml?: string;
  readonly chain?: Partial<DevChainOptions>;
  /** Where database and chain are; the same folder again is a restart. */
  readonly folder?: string;
  readonly clock?: ManualClock;
}

const CHAIN: Partial<DevChainOptions> = {
  miners: 8,
  weightsRateLimitBlocks: 5,
  finalityLagBlocks: 1,
};

/**
 * The whole service over a real socket and a real file, on a chain that makes a block when the test says so. UIDs of
 * miners start at 2; weights are due every 10 blocks unless the configuration says otherwise.
 */
export class RunningService {
  readonly setup: ServiceSetup;
  readonly folder: string;
  readonly clock: ManualClock;
  readonly chain: DevChain;
  readonly app: App;
  readonly #hotkeys: Map<number, string>;
  readonly #clients: ReturnType<typeof connect>[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  static async start(setup: ServiceSetup = {}): Promise<RunningService> {
    const { clock = new ManualClock(), folder = temporaryFolder(), toml = '' } = setup;
    const chain = DevChain.create({
      clock,
      options: { ...CHAIN, ...setup.chain },
      stateFile: join(folder, 'chain.json'),
    });
    const file = join(folder, 'assay.toml');
    writeFileSync(file, toml);
    const flags = {
      'server.listen': '127.0.0.1:0',
      'store.database': join(folder, 'assay.db'),
      ...(toml.includes('weight_set_interval_blocks')
        ? {}
        : { 'emission.weight_set_interval_blocks': 10 }),
    };
    const { logger = silentLogger, tracer, meter } = setup;
    const app = await createApp(loadConfig({ file, env: {}, flags }), {
      logger,
      clock,
      chain,
      isChainHeld: true,
      ...(tracer === undefined ? {} : { tracer }),
      ...(meter === undefined ? {} : { meter }),
    });
    const service = new RunningService({ ...setup, folder, clock }, chain, app);
    onTestFinished(() => service.stop());
    return service;
  }

  private constructor(
    setup: ServiceSetup & { readonly folder: string; readonly clock: ManualClock },
    chain: DevChain,
    app: App,
  ) {
    this.setup = setup;
    this.folder = setup.folder;
    this.clock = setup.clock;
    this.chain = chain;
    this.app = app;
    this.#ended = app.run(this.#stop.signal);
    const { seed = 1, miners = present(CHAIN.miners, 'a default') } = setup.chain ?? {};
    this.#hotkeys = new Map(devMiners({ seed, miners }).map(({ uid, hotkey }) => [uid, hotkey]));
  }

  get database(): string {
    return join(this.folder, 'assay.db');
  }

  /** A client on connections of its own. */
  client(): ReturnType<typeof connect> {
    const client = connect(this.app.address);
    this.#clients.push(client);
    return client;
  }

  prover(proverId = 'prover-1'): TestProver {
    return new TestProver(new ProverStream(this.client().verification.StreamReports()), proverId);
  }

  /** A report of a miner, observed now. */
  report(uid: number, fields: Partial<ReportFields> = {}): Report {
    return wireReport({
      uid,
      hotkey: present(this.#hotkeys.get(uid), `${uid} is a miner`),
      observedAtMs: this.clock.now(),
      ...fields,
    });
  }

  /** Gives a UID to a new hotkey, as the chain and later reports see it. */
  async replace(uid: number): Promise<void> {
    this.#hotkeys.set(uid, this.chain.replace(uid));
    await this.reach(this.chain.head.block + 1);
  }

  /** Makes blocks up to this one and waits until the service has seen it. */
  async reach(block: number): Promise<void> {
    while (this.chain.head.block < block) this.chain.produceBlock();
    await this.comesTo(() => this.app.weightSetting.status().head?.block === this.chain.head.block);
  }

  /** Waits for what the service comes to by itself; what is written takes turns of the event loop that nobody counts. */
  async comesTo(condition: () => boolean): Promise<void> {
    while (!condition()) await settle();
    await settle();
  }

  /** Makes blocks until the next set is due and follows it to its end. */
  async nextSet(): Promise<WeightSet> {
    // What became of the set before may still be on its way to the disk, and a head that comes meanwhile begins none.
    await this.comesTo(() => !this.app.weightSetting.status().isSetting);
    const due = this.app.weightSetting.status().nextSetBlock;
    await this.reach(Math.max(due, this.chain.head.block + 1));
    return this.endOfSet(due);
  }

  /** Follows the first set from `block` on, making the blocks that it waits for, until it is over. */
  async endOfSet(block: number): Promise<WeightSet> {
    const leave = new AbortController();
    try {
      for await (const set of this.app.weightSetting.watch(leave.signal)) {
        if (set.block < block) continue;
        if (isOver(set.state)) return set;
        if (set.state === 'submitted' || set.state === 'in_block') this.chain.produceBlock();
      }
    } finally {
      leave.abort();
    }
    throw new Error('the service stopped before the set had ended');
  }

  /** Resolves when the newest set is handed to the chain and waits for a block. */
  async submitted(): Promise<void> {
    const leave = new AbortController();
    for await (const { state } of this.app.weightSetting.watch(leave.signal)) {
      if (state === 'submitted') leave.abort();
    }
  }

  /** What the chain stores, weight by UID. */
  async onChain(): Promise<Record<number, number>> {
    return weightByUid((await this.chain.storedWeights()).vector);
  }

  /** Rows as another process sees them. */
  rows(sql: string): readonly Record<string, unknown>[] {
    const reader = new BetterSqlite3(this.database, { readonly: true });
    try {
      return reader.prepare<[], Record<string, unknown>>(sql).all();
    } finally {
      reader.close();
    }
  }

  /** Stops in good order; later calls wait for the same end. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#stop.abort(new Error('the test stops the service'));
    await this.#ended;
  }

  /** The same service again, with the same database and chain. */
  async restart(setup: ServiceSetup = {}): Promise<RunningService> {
    await this.stop();
    return RunningService.start({ ...this.setup, ...setup });
  }
}

/** A report stream that numbers its messages. */
export class TestProver {
  readonly stream: ProverStream;
  readonly #proverId: string;
  #sequence = 0;

  constructor(stream: ProverStream, proverId: string) {
    this.stream = stream;
    this.#proverId = proverId;
  }

  /** Sends one message and gives back its number. */
  send(reports: readonly Report[]): number {
    this.#sequence += 1;
    this.stream.call.write({
      prover_id: this.#proverId,
      sequence: this.#sequence,
      reports: [...reports],
    });
    return this.#sequence;
  }

  /** Sends one message, waits for its acknowledgement and gives back the outcomes of its reports. */
  async deliver(...reports: readonly Report[]): Promise<readonly string[]> {
    const before = this.stream.outcomes.length;
    await this.stream.acknowledgedUpTo(this.send(reports));
    return this.stream.outcomes.slice(before).map((line) => line.split(' ')[1] ?? '');
  }
}

export function weightByUid(vector: {
  readonly uids: Uint16Array;
  readonly weights: Uint16Array;
}): Record<number, number> {
  return Object.fromEntries(
    Array.from(vector.uids, (uid, index) => [uid, vector.weights[index] as number]),
  );
}

/** What the chain stores of a vector: the largest weight becomes 65535, the others in proportion. */
export function scaled(weights: Readonly<Record<number, number>>): Record<number, number> {
  const largest = BigInt(Math.max(...Object.values(weights)));
  return Object.fromEntries(
    Object.entries(weights).map(([uid, weight]) => [
      uid,
      Number((2n * BigInt(weight) * 65_535n + largest) / (2n * largest)),
    ]),
  );
}
