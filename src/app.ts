/**
 * The composition root: the only place that knows every part. `createApp` opens what must be open before the first call
 * is served; `run` keeps the loops going until the signal aborts and then drains in the order in which nothing is lost:
 * streams, actors, journal, weight set, loops, workers, chain, database. A part that fails to close holds up none of them.
 */
import { Cleanup } from './actors/cleanup.ts';
import { EmissionConfigKeeper } from './actors/emission-configs.ts';
import { MetagraphWatcher } from './actors/metagraph-watcher.ts';
import { MinerDirectory } from './actors/miner-directory.ts';
import type { LiveChain, WeightSetting } from './actors/ports.ts';
import { WeightSetter } from './actors/weight-setter.ts';
import { openChain } from './chain-opening.ts';
import { ComputePool } from './compute/compute-pool.ts';
import type { Config } from './config/config.ts';
import { AssayError } from './domain/errors.ts';
import { createGpuNormaliser } from './domain/gpu/normalise.ts';
import type { ReportOutcome } from './domain/report.ts';
import { type EventSinks, Events } from './events.ts';
import { GrpcServer } from './grpc/server.ts';
import { type Clock, systemClock } from './lib/clock.ts';
import { Closer } from './lib/closer.ts';
import { sha256Hex } from './lib/digest.ts';
import { limitHeapGrowth } from './lib/heap-growth.ts';
import { projectVersion } from './lib/project-root.ts';
import type { AskPassword } from './lib/secret.ts';
import { aborted } from './lib/until-aborted.ts';
import { SqliteStore } from './store/sqlite-store.ts';

/** What a caller may put in the place of the real thing; `logger` is the only one that has no default. */
export interface AppOverrides extends EventSinks {
  readonly clock?: Clock;
  /** A chain of the caller's, for example one driven block by block; the app runs and closes it as its own. */
  readonly chain?: LiveChain;
  /** With true the dev chain makes no block before `releaseChain`. */
  readonly isChainHeld?: boolean;
  /** Asks the person at the terminal for the password of the hotkey; absent where nobody sits. */
  readonly askPassword?: AskPassword;
  /** Ends the opening of the chain. */
  readonly signal?: AbortSignal;
}

/** A service that is open and serving; `run` must follow. */
export interface App {
  /** `host:port` that gRPC is served on. */
  readonly address: string;
  readonly weightSetting: WeightSetting;
  /** Reports by outcome since the start. */
  tallies(): Readonly<Record<ReportOutcome, number>>;
  releaseChain(): void;
  /**
   * Runs until the signal aborts, then drains and closes everything.
   *
   * @throws AssertionError when a broken invariant was found; otherwise what parts threw that did not close. The rest is
   * drained and closed all the same.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Resident memory is what an operator has to give: under full load a third less of it, for a tenth of the processor time. */
const HEAP_GROWTH_PERCENT = 40;

/** @throws AssayError when the database, the chain's state file or the address cannot be used; nothing stays open. */
export async function createApp(config: Config, overrides: AppOverrides): Promise<App> {
  limitHeapGrowth(HEAP_GROWTH_PERCENT);
  const events = new Events(overrides);
  const closer = new Closer();
  try {
    const parts = await openService(config, overrides, { events, closer });
    return new RunningApp(parts, overrides.isChainHeld === true);
  } catch (error) {
    await closeAll(closer, events).catch(() => undefined);
    throw error;
  }
}

/** Opens in the reverse of the order in which the service drains; see the top of this file. */
async function openService(
  config: Config,
  overrides: AppOverrides,
  { events, closer }: { events: Events; closer: Closer },
): Promise<RunningParts> {
  const clock = overrides.clock ?? systemClock;
  const store = await openStore(config, { events, clock });
  closer.add(() => store.close());
  const chain = overrides.chain ?? (await openChain(config, { ...overrides, clock, events }));
  closer.add(() => chain.close());
  const compute = new ComputePool({ ...config.compute, events });
  closer.add(() => compute.close());
  const loops = new Loops();
  closer.add(() => loops.end());
  const metagraph = new MetagraphWatcher({ chain, events, clock });
  await unlessUnreachable('metagraph', events, () => metagraph.refresh());
  const shared = { chain, metagraph, compute, clock, events };
  const { weightSetter, configs } = await openWeightSetting(config, { store, closer, shared });
  closer.add(() => store.journal.close());
  const directory = createDirectory(config, {
    ...{ profiles: store.profiles, journal: store.journal },
    ...{ metagraph, clock, events },
  });
  closer.add(() => directory.drain());
  const cleanup = createCleanup(config, {
    ...{ store, clock, events },
    chainTimeMs: () => metagraph.newest?.blockTimeMs,
  });
  const stop = new AbortController();
  const server = await startServer(config, stop, {
    intake: directory,
    profiles: store.profiles,
    profileRemover: store.removers.profiles,
    weightSets: store.weightSets,
    weightSetting: weightSetter,
    weightHistory: store.weightHistory,
    ledger: store.ledger,
    verificationResults: store.verificationResults,
    emissionConfigs: configs,
    emissionConfigVersions: store.emissionConfigs,
    metagraph,
    events,
    clock,
    status: serviceFacts(config, directory, clock),
  });
  closer.add(() => server.drain());
  const { address } = server;
  events.serviceStarted({
    address,
    database: config.store.database,
    chain: chain.kind,
    netuid: config.chain.netuid,
  });
  return {
    ...{ chain, metagraph, directory, weightSetter, cleanup, server },
    ...{ events, clock, loops, stop, closer },
  };
}

function openStore(
  { store, chain, compute, retention }: Config,
  { events, clock }: { readonly events: Events; readonly clock: Clock },
): Promise<SqliteStore> {
  const { netuid, mecid } = chain;
  return SqliteStore.open({
    file: store.database,
    synchronous: store.synchronous,
    rowsWaitingMax: store.maxWaitingRows,
    archiveDir: retention.archiveDir,
    setThreads: compute.threads,
    ...{ netuid, mecid, events, clock },
  });
}

async function openWeightSetting(
  config: Config,
  { store, closer, shared }: WeightSettingGround,
): Promise<{ readonly configs: EmissionConfigKeeper; readonly weightSetter: WeightSetter }> {
  const configs = await EmissionConfigKeeper.open({
    store: store.emissionConfigs,
    clock: shared.clock,
    events: shared.events,
    fileConfig: config.emission,
    source: config.emissionSource,
    digestOf: sha256Hex,
  });
  const weightSetter = new WeightSetter({
    ...shared,
    populations: store.populations,
    configs,
    sets: store.weightSets,
    options: { ...config.chain, ...config.scoring },
  });
  closer.add(async () => {
    const drained = weightSetter.drain();
    // A set that is still reading its population would be thrown away anyhow; one that is decided is written without them.
    store.setThreads.close();
    await drained;
  });
  await unlessUnreachable('weight setter', shared.events, () => weightSetter.resume());
  return { configs, weightSetter };
}

/** What weight setting stands on. */
interface WeightSettingGround {
  readonly store: SqliteStore;
  readonly closer: Closer;
  readonly shared: Pick<
    ConstructorParameters<typeof WeightSetter>[0],
    'chain' | 'metagraph' | 'compute' | 'clock' | 'events'
  >;
}

/** A service whose chain is away starts all the same: everything that needs the chain asks again at its next block. */
async function unlessUnreachable(
  part: string,
  events: Events,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AssayError) || error.code !== 'chain_unreachable') throw error;
    events.partFailed({ part, error });
  }
}

function createCleanup(
  { retention }: Config,
  ground: Pick<ConstructorParameters<typeof Cleanup>[0], 'chainTimeMs' | 'clock' | 'events'> & {
    readonly store: SqliteStore;
  },
): Cleanup {
  const { store, ...parts } = ground;
  const { resultsMs, profilesMs, ledgerMs, intervalMs } = retention;
  return new Cleanup({
    ...store.removers,
    ...parts,
    options: { resultsMs, profilesMs, ledgerMs, intervalMs },
  });
}

function createDirectory(
  config: Config,
  ports: Pick<
    ConstructorParameters<typeof MinerDirectory>[0],
    'profiles' | 'journal' | 'metagraph' | 'clock' | 'events'
  >,
): MinerDirectory {
  const { mailboxCapacity, ...limits } = config.actors;
  return new MinerDirectory(
    {
      ...ports,
      policy: config.scoring,
      normaliser: createGpuNormaliser(config.gpu.aliases),
    },
    { ...limits, mailboxReportsMax: mailboxCapacity },
  );
}

function startServer(
  { server }: Config,
  stop: AbortController,
  ports: Parameters<typeof GrpcServer.start>[0]['ports'],
): Promise<GrpcServer> {
  return GrpcServer.start({
    listen: server.listen,
    reflection: server.reflection,
    ports,
    limits: {
      messageBytesMax: server.maxMessageBytes,
      streamsMax: server.maxStreams,
      unaryCallsMax: server.maxCalls,
      queuedBytesMax: server.maxQueuedBytes,
      drainGraceMs: server.drainGraceMs,
    },
    onBug: (error) => stop.abort(error),
  });
}

function serviceFacts({ chain }: Config, directory: MinerDirectory, clock: Clock) {
  const startedMs = clock.monotonicMs();
  const version = projectVersion();
  return () => ({
    version,
    uptimeMs: clock.monotonicMs() - startedMs,
    netuid: chain.netuid,
    mecid: chain.mecid,
    chain: chain.kind,
    activeActors: directory.activeActors,
    queuedReports: directory.queuedReports,
    reports: directory.tallies,
    unknownGpuModels: directory.unknownGpus.sightings,
  });
}

interface RunningParts {
  readonly chain: LiveChain;
  readonly metagraph: MetagraphWatcher;
  readonly directory: MinerDirectory;
  readonly weightSetter: WeightSetter;
  readonly cleanup: Cleanup;
  readonly server: GrpcServer;
  readonly events: Events;
  readonly clock: Clock;
  readonly loops: Loops;
  /** Aborted with the error when a bug is found. */
  readonly stop: AbortController;
  /** Closes everything that was opened. */
  readonly closer: Closer;
}

/** What runs by itself for as long as the service does. */
class Loops {
  readonly #end = new AbortController();
  readonly #running: Promise<void>[] = [];

  start(loop: (signal: AbortSignal) => Promise<void>, onError: (error: unknown) => void): void {
    const running = loop(this.#end.signal);
    running.catch(onError);
    this.#running.push(running);
  }

  async end(): Promise<void> {
    this.#end.abort();
    await Promise.allSettled(this.#running);
  }
}

class RunningApp implements App {
  readonly #parts: RunningParts;
  readonly #released: Promise<void>;
  #release: () => void = () => undefined;

  constructor(parts: RunningParts, isChainHeld: boolean) {
    this.#parts = parts;
    this.#released = new Promise((resolve) => {
      this.#release = resolve;
    });
    if (!isChainHeld) this.#release();
  }

  get address(): string {
    return this.#parts.server.address;
  }

  get weightSetting(): WeightSetting {
    return this.#parts.weightSetter;
  }

  tallies(): Readonly<Record<ReportOutcome, number>> {
    const decided = this.#parts.directory.tallies;
    return { ...decided, REFUSED: decided.REFUSED + this.#parts.server.formRefusals };
  }

  releaseChain(): void {
    this.#release();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { metagraph, directory, weightSetter, cleanup, loops, stop } = this.#parts;
    const onError = (error: unknown) => stop.abort(error);
    loops.start((ending) => this.#runChain(ending), onError);
    for (const part of [metagraph, directory, weightSetter, cleanup]) {
      loops.start((ending) => part.run(ending), onError);
    }
    const ending = AbortSignal.any([signal, stop.signal]);
    await aborted(ending);
    try {
      await this.#drain(ending);
    } finally {
      // What ended the service says more than what went wrong while it closed, which is in the log.
      stop.signal.throwIfAborted();
    }
  }

  async #runChain(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#released, aborted(signal)]);
    await this.#parts.chain.run(signal);
  }

  async #drain(ending: AbortSignal): Promise<void> {
    const { closer, events, clock } = this.#parts;
    const startedMs = clock.monotonicMs();
    events.serviceDraining({ reason: String(ending.reason) });
    try {
      await closeAll(closer, events);
    } finally {
      events.serviceStopped({ durationMs: clock.monotonicMs() - startedMs });
    }
  }
}

/** @throws what `Closer.close` throws, after it was logged. */
async function closeAll(closer: Closer, events: Events): Promise<void> {
  try {
    await closer.close();
  } catch (error) {
    events.partFailed({ part: 'closing', error });
    throw error;
  }
}
