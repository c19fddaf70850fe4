import { SqliteDatabase } from '../store/sqlite-database.ts';
import { type CommandIo, loadCommandConfig, type SharedOptions } from './command-io.ts';
import { stateFileOf } from './db-files.ts';

/** The database of the configuration, and the subnet whose ledger is meant. */
export interface StoredSubnet {
  readonly database: SqliteDatabase;
  readonly netuid: number;
  readonly mecid: number;
  /** State of the simulated chain, when the configuration uses that. */
  readonly chainStateFile: string | undefined;
}

/**
 * Works with the configured database without writing it; a service may be running.
 *
 * @throws CliExit, AssayError `store_unusable`, `store_unavailable`.
 */
export async function withStoredSubnet<T>(
  io: CommandIo,
  options: SharedOptions,
  work: (subnet: StoredSubnet) => Promise<T>,
): Promise<T> {
  const config = loadCommandConfig(io, options);
  const { store, chain } = config;
  const database = await SqliteDatabase.openReadOnly({ file: store.database });
  try {
    const { netuid, mecid } = chain;
    return await work({ database, netuid, mecid, chainStateFile: stateFileOf(config) });
  } finally {
    await database.close();
  }
}
