import type { EmissionConfig } from '../domain/emission.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import type { Secret } from '../lib/secret.ts';

/** The whole configuration, checked; nested as `assay.toml` is, durations in milliseconds. */
export interface Config {
  readonly server: ServerConfig;
  readonly store: StoreConfig;
  readonly chain: ChainConfig;
  readonly wallet: WalletConfig;
  readonly emission: EmissionConfig;
  /** `default` when no source says anything about emission. */
  readonly emissionSource: 'default' | 'file';
  readonly scoring: ScoringConfig;
  readonly gpu: { readonly aliases: ReadonlyMap<string, CategoryKey> };
  readonly actors: ActorsConfig;
  readonly compute: ComputeConfig;
  readonly retention: RetentionConfig;
  readonly log: LogConfig;
}

interface ServerConfig {
  /** `host:port` or `[v6]:port`; port 0 takes any free one. */
  readonly listen: string;
  readonly reflection: boolean;
  readonly maxStreams: number;
  /** Unary calls under way. */
  readonly maxCalls: number;
  readonly maxMessageBytes: number;
  /** Bytes of report messages between the wire and the disk. */
  readonly maxQueuedBytes: number;
  readonly drainGraceMs: number;
}

interface StoreConfig {
  /** Path of the SQLite file, relative to the working directory. */
  readonly database: string;
  /**
   * What a commit waits for. With `normal` what was acknowledged survives a crash of the process, but not a loss of
   * power or of the operating system.
   */
  readonly synchronous: 'full' | 'normal';
  /** Rows that wait for the disk; a commit that would make them more is refused. */
  readonly maxWaitingRows: number;
}

interface ChainConfig {
  readonly kind: 'dev' | 'subtensor';
  readonly netuid: number;
  readonly mecid: number;
  readonly versionKey: number;
  readonly requireActiveAxon: boolean;
  readonly dev: DevChainConfig;
  readonly subtensor: SubtensorConfig;
}

interface DevChainConfig {
  readonly blockTimeMs: number;
  readonly miners: number;
  readonly seed: number;
  readonly tempoBlocks: number;
  readonly weightsRateLimitBlocks: number;
  readonly minAllowedWeights: number;
  readonly maxWeightLimit: number;
  readonly commitReveal: boolean;
  /** Where the simulated chain keeps its state; beside the database when absent. */
  readonly stateFile?: string;
}

interface SubtensorConfig {
  /** `finney`, `test`, `local`, or any word where the file has endpoints. */
  readonly network: string;
  /** URLs, tried in this order; at least one. A URL may contain a key: never print one whole. */
  readonly endpoints: readonly string[];
  /** Of the chain that is meant, 0x and 64 digits; any chain is taken when absent. */
  readonly genesisHash?: string;
  /** Time without a new final block after which a connection is given up. */
  readonly headTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Blocks from the newest final one in which a signed extrinsic may get into the chain. */
  readonly eraBlocks: number;
}

/** Which hotkey signs. */
export interface WalletConfig {
  /** The folder of all wallets, absolute. */
  readonly path: string;
  readonly name: string;
  readonly hotkey: string;
  /** Absolute. */
  readonly passwordFile?: string;
  /** Whether a hotkey file that others may read is used all the same. */
  readonly allowLooseMode: boolean;
  /** From btcli's environment variable. */
  readonly password?: Secret;
}

interface ScoringConfig {
  readonly emaAlpha: number;
  readonly onModelChange: 'reset' | 'keep';
  readonly minScore: number;
  readonly cutoffMs: number;
  readonly executorTtlMs: number;
}

interface ActorsConfig {
  readonly mailboxCapacity: number;
  readonly actorsMax: number;
  readonly idleActorsMax: number;
  readonly idleEvictMs: number;
  readonly batchReportsMax: number;
  /** Reports between the wire and the disk, over all miners. */
  readonly queuedReportsMax: number;
}

interface ComputeConfig {
  readonly threads: number;
  readonly inlinePairsMax: number;
  readonly taskTimeoutMs: number;
}

interface RetentionConfig {
  /** Reports with their results, since they were received. */
  readonly resultsMs: number;
  /** Profiles, since they changed. */
  readonly profilesMs: number;
  /** Weight sets with their ledger entries, since they were decided. */
  readonly ledgerMs: number;
  readonly intervalMs: number;
  /** Folder for the documents of deleted ledger entries; none are written when absent. */
  readonly archiveDir?: string;
}

interface LogConfig {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** `auto`: pretty on a terminal, JSON otherwise. */
  readonly pretty: boolean | 'auto';
}
