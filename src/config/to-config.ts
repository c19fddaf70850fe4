import type { Config } from './config.ts';
import { NETWORKS } from './networks.ts';
import type { ParsedConfig } from './schema.ts';
import { walletConfig } from './wallet-config.ts';

const AUTO_THREADS_MAX = 2;

/** Whether miners without an active axon are left out, by chain, when the configuration does not say. */
const REQUIRE_ACTIVE_AXON: Readonly<Record<Config['chain']['kind'], boolean>> = {
  dev: false,
  subtensor: true,
};

/** What `auto` and `~` need to know. */
interface Surroundings {
  readonly emissionSource: Config['emissionSource'];
  /** Processors that the process may use. */
  readonly processors: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Renames keys to those of `Config` and settles every `auto` but that of `log.pretty`, which belongs to the terminal. */
export function toConfig(parsed: ParsedConfig, surroundings: Surroundings): Config {
  const { server, store, scoring, actors, compute } = parsed;
  return {
    server: {
      listen: server.listen,
      reflection: server.reflection,
      maxStreams: server.max_streams,
      maxCalls: server.max_calls,
      maxMessageBytes: server.max_message_bytes,
      maxQueuedBytes: server.max_queued_bytes,
      drainGraceMs: server.drain_grace,
    },
    store: {
      database: store.database,
      synchronous: store.synchronous,
      maxWaitingRows: store.max_waiting_rows,
    },
    chain: chainConfig(parsed.chain),
    wallet: walletConfig(parsed.wallet, surroundings.env),
    emission: parsed.emission,
    emissionSource: surroundings.emissionSource,
    scoring: {
      emaAlpha: scoring.ema_alpha,
      onModelChange: scoring.on_model_change,
      minScore: scoring.min_score,
      cutoffMs: scoring.cutoff_hours,
      executorTtlMs: scoring.executor_ttl_hours,
    },
    gpu: parsed.gpu,
    actors: {
      mailboxCapacity: actors.mailbox_capacity,
      actorsMax: actors.actors_max,
      idleActorsMax: actors.idle_max,
      idleEvictMs: actors.idle_evict,
      batchReportsMax: actors.batch_reports_max,
      queuedReportsMax: actors.queued_reports_max,
    },
    compute: {
      threads: compute.threads === 'auto' ? autoThreads(surroundings) : compute.threads,
      inlinePairsMax: compute.inline_pairs_max,
      taskTimeoutMs: compute.task_timeout,
    },
    retention: retentionConfig(parsed.retention),
    log: parsed.log,
  };
}

function retentionConfig(retention: ParsedConfig['retention']): Config['retention'] {
  return {
    resultsMs: retention.results,
    profilesMs: retention.profiles,
    ledgerMs: retention.ledger,
    intervalMs: retention.interval,
    ...(retention.archive_dir === undefined ? {} : { archiveDir: retention.archive_dir }),
  };
}

function chainConfig({ dev, subtensor, ...chain }: ParsedConfig['chain']): Config['chain'] {
  const axon = chain.require_active_axon;
  return {
    kind: chain.kind,
    netuid: chain.netuid,
    mecid: chain.mecid,
    versionKey: chain.version_key,
    requireActiveAxon: axon === 'auto' ? REQUIRE_ACTIVE_AXON[chain.kind] : axon,
    dev: {
      blockTimeMs: dev.block_time,
      miners: dev.miners,
      seed: dev.seed,
      tempoBlocks: dev.tempo_blocks,
      weightsRateLimitBlocks: dev.weights_rate_limit_blocks,
      minAllowedWeights: dev.min_allowed_weights,
      maxWeightLimit: dev.max_weight_limit,
      commitReveal: dev.commit_reveal,
      ...(dev.state_file === undefined ? {} : { stateFile: dev.state_file }),
    },
    subtensor: subtensorConfig(subtensor),
  };
}

function subtensorConfig(given: ParsedConfig['chain']['subtensor']): Config['chain']['subtensor'] {
  const known = NETWORKS.get(given.network);
  const genesisHash = given.genesis_hash ?? known?.genesisHash;
  return {
    network: given.network,
    endpoints:
      given.endpoints.length > 0 || known === undefined ? given.endpoints : [known.endpoint],
    ...(genesisHash === undefined ? {} : { genesisHash }),
    headTimeoutMs: given.head_timeout,
    requestTimeoutMs: given.request_timeout,
    eraBlocks: given.era_blocks,
  };
}

/** One processor stays with the event loop. */
function autoThreads({ processors }: Surroundings): number {
  return Math.min(AUTO_THREADS_MAX, Math.max(1, processors - 1));
}
