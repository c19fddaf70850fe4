import { emissionDocument } from '../domain/emission-diff.ts';
import { defaultEmissionConfig } from '../domain/emission-rules.ts';

/**
 * The lowest layer, as `assay.toml` would spell it. Four keys have no default here: `chain.dev.state_file` follows the
 * database, `chain.subtensor.genesis_hash` the network; without `wallet.password_file` the password is asked for, and
 * without `retention.archive_dir` nothing is archived.
 */
export const DEFAULTS = {
  server: {
    listen: '127.0.0.1:50551',
    reflection: true,
    max_streams: 256,
    max_calls: 1_024,
    max_message_bytes: 4_194_304,
    max_queued_bytes: 4_194_304,
    drain_grace: '10s',
  },
  store: { database: 'assay.db', synchronous: 'full', max_waiting_rows: 1_000_000 },
  chain: {
    kind: 'dev',
    netuid: 1,
    mecid: 0,
    version_key: 0,
    require_active_axon: 'auto',
    dev: {
      block_time: '12s',
      miners: 256,
      seed: 1,
      tempo_blocks: 360,
      weights_rate_limit_blocks: 100,
      min_allowed_weights: 1,
      max_weight_limit: 65_535,
      commit_reveal: false,
    },
    subtensor: {
      network: 'finney',
      endpoints: [],
      head_timeout: '60s',
      request_timeout: '20s',
      era_blocks: 16,
    },
  },
  wallet: {
    path: '~/.bittensor/wallets',
    name: 'default',
    hotkey: 'default',
    allow_loose_mode: false,
  },
  emission: emissionDocument(defaultEmissionConfig()),
  scoring: {
    ema_alpha: 0.3,
    on_model_change: 'reset',
    min_score: 0,
    cutoff_hours: 3,
    executor_ttl_hours: 6,
  },
  gpu: { aliases: {} },
  actors: {
    mailbox_capacity: 256,
    actors_max: 65_536,
    // Eight times a full subnet; see docs/performance.md for what more of them cost.
    idle_max: 2_048,
    idle_evict: '10m',
    batch_reports_max: 64,
    queued_reports_max: 16_384,
  },
  compute: {
    threads: 'auto',
    // Measured with `npm run bench -- allocate`: an inline calculation holds the event loop for about 1.2 ms at 16,384
    // pairs and 2.2 ms at 32,768. That is the limit; a worker is as quick as inline only from several hundred thousand on.
    inline_pairs_max: 16_384,
    task_timeout: '30s',
  },
  retention: { results: '30d', profiles: '30d', ledger: '730d', interval: '1h' },
  log: { level: 'info', pretty: 'auto' },
} as const;
