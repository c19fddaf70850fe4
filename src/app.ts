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
import { projectVersion } from './lib/project-root.ts';
import type { AskPassword } from './lib/secret.ts';
import { aborted } from './lib/until-aborted.ts';
import { EntryArchive } from './store/entry-archive.ts';
import { SqliteDatabase } from './store/sqlite-database.ts';
import { SqliteEmissionConfigStore } from './store/sqlite-emission-config-store.ts';
import { SqliteJournal } from './store/sqlite-journal.ts';
import { SqliteLedger } from './store/sqlite-ledger.ts';
import { SqliteLedgerRemover } from './store/sqlite-ledger-remover.ts';
import { SqlitePopulationSource } from './store/sqlite-population-source.ts';
import { SqliteProfileRemover } from './store/sqlite-profile-remover.ts';
import { SqliteProfileStore } from './store/sqlite-profile-store.ts';
import { SqliteReportRemover } from './store/sqlite-report-remover.ts';
import { SqliteVerificationResults } from './store/sqlite-verification-results.ts';
import { SqliteWeightHistory } from './store/sqlite-weight-history.ts';
import { SqliteWeightSetStore } from './store/sqlite-weight-set-store.ts';
import { StagingRegister } from './store/staging-register.ts';

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

/** Reports between the wire and the disk, over all miners; beyond it streams are not read and unary calls refused. */
const QUEUED_REPORTS_MAX = 16_384;

/** @throws AssayError when the database, the chain's state file or the address cannot be used; nothing stays open. */
export async function createApp(config: Config, overrides: AppOverrides): Promise<App> {
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
  const database = await SqliteDatabase.open({ file: config.store.database });
  closer.add(() => database.close());
  const chain = overrides.chain ?? (await openChain(config, { ...overrides, clock, events }));
  closer.add(() => chain.close());
  const compute = new ComputePool({ ...config.compute, events });
  closer.add(() => compute.close());
  const loops = new Loops();
  closer.add(() => loops.end());
  const metagraph = new MetagraphWatcher({ chain, events, clock });
  await unlessUnreachable('metagraph', events, () => metagraph.refresh());
  const shared = { chain, metagraph, compute, clock, events };
  const staging = new StagingRegister();
  const setting = await openWeightSetting(config, { database, closer, shared, staging });
  const { profiles, weightSetter } = setting;
  const journal = new SqliteJournal({ database, events, clock });
  closer.add(() => journal.close());
  const directory = createDirectory(config, { profiles, journal, metagraph, clock, events });
  closer.add(() => directory.drain());
  const profileRemover = new SqliteProfileRemover(database);
  const cleanup = createCleanup(config, {
    ...{ database, profileRemover, staging, clock, events },
    chainTimeMs: () => metagraph.newest?.blockTimeMs,
  });
  const stop = new AbortController();
  const server = await startServer(config, stop, {
    intake: directory,
    profiles,
    profileRemover,
    weightSets: setting.weightSets,
    weightSetting: weightSetter,
    weightHistory: new SqliteWeightHistory({ database, ...config.chain }),
    ledger: new SqliteLedger({ database, ...config.chain }),
    verificationResults: new SqliteVerificationResults(database),
    emissionConfigs: setting.configs,
    emissionConfigVersions: setting.configVersions,
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

async function openWeightSetting(
  config: Config,
  { database, closer, shared, staging }: WeightSettingGround,
): Promise<{
  readonly profiles: SqliteProfileStore;
  readonly weightSets: SqliteWeightSetStore;
  readonly configs: EmissionConfigKeeper;
  readonly configVersions: SqliteEmissionConfigStore;
  readonly weightSetter: WeightSetter;
}> {
  const profiles = new SqliteProfileStore(database);
  const weightSets = new SqliteWeightSetStore({ database, staging, ...config.chain });
  const configVersions = new SqliteEmissionConfigStore(database);
  const configs = await EmissionConfigKeeper.open({
    store: configVersions,
    clock: shared.clock,
    events: shared.events,
    fileConfig: config.emission,
    source: config.emissionSource,
    digestOf: sha256Hex,
  });
  const populations = new SqlitePopulationSource({ database, profiles, events: shared.events });
  const weightSetter = new WeightSetter({
    ...shared,
    populations,
    configs,
    sets: weightSets,
    options: { ...config.chain, ...config.scoring },
  });
  closer.add(async () => {
    const drained = weightSetter.drain();
    // A set that is still reading its population would be thrown away anyhow.
    populations.close();
    await drained;
  });
  await unlessUnreachable('weight setter', shared.events, () => weightSetter.resume());
  return { profiles, weightSets, configs, configVersions, weightSetter };
}

/** What weight setting stands on. */
interface WeightSettingGround {
  readonly database: SqliteDatabase;
  readonly closer: Closer;
  readonly shared: Pick<
    ConstructorParameters<typeof WeightSetter>[0],
    'chain' | 'metagraph' | 'compute' | 'clock' | 'events'
  >;
  readonly staging: StagingRegister;
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
  { retention, chain }: Config,
  ground: {
    readonly database: SqliteDatabase;
    readonly profileRemover: SqliteProfileRemover;
    readonly staging: StagingRegister;
    readonly chainTimeMs: () => number | undefined;
    readonly clock: Clock;
    readonly events: Events;
  },
): Cleanup {
  const { database, profileRemover, staging, chainTimeMs, clock, events } = ground;
  const { archiveDir, ...options } = retention;
  const archive = archiveDir === undefined ? undefined : new EntryArchive(archiveDir);
  return new Cleanup({
    profiles: profileRemover,
    reports: new SqliteReportRemover(database),
    ledger: new SqliteLedgerRemover({ database, staging, clock, ...chain }),
    ...(archive === undefined ? {} : { archive: (document) => archive.write(document) }),
    ...{ chainTimeMs, clock, events, options },
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
    { ...limits, mailboxReportsMax: mailboxCapacity, queuedReportsMax: QUEUED_REPORTS_MAX },
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
