import type { Config } from '../config/config.ts';
import { devChainStateFile } from '../config/dev-chain-state-file.ts';
import { type CommandIo, loadCommandConfig, type SharedOptions } from './command-io.ts';
import { CliExit } from './exit-codes.ts';

/** What belongs together on disk. */
export interface DatabaseFiles {
  readonly database: string;
  /** State of the simulated chain, when the configuration uses that. */
  readonly chainStateFile?: string;
}

const IN_MEMORY = ':memory:';

/** @throws CliExit when the configuration is wrong, or its database is in memory. */
export function databaseFiles(io: CommandIo, options: SharedOptions): DatabaseFiles {
  const config = loadCommandConfig(io, options);
  const database = fileName(config.store.database);
  const chainStateFile = stateFileOf(config);
  return { database, ...(chainStateFile === undefined ? {} : { chainStateFile }) };
}

/** @throws CliExit for no name, and for that of a database in memory, which no other process can see. */
export function fileName(file: string): string {
  requireName(file);
  if (file !== IN_MEMORY) return file;
  throw new CliExit('failed', `${IN_MEMORY} is no file: a database in memory is its process's own`);
}

/** @throws CliExit when there is none. */
export function requireName(file: string): void {
  if (file === '') throw new CliExit('usage', 'the name of the file is empty');
}

/** Runs what can be stopped between two of its steps. @throws CliExit when it was. */
export async function stoppable<T>(io: CommandIo, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!io.signal.aborted || error !== io.signal.reason) throw error;
    throw new CliExit('failed', 'stopped; nothing was changed', { cause: error });
  }
}

/** Where the simulated chain keeps its state, when the configuration uses that. */
export function stateFileOf(config: Config): string | undefined {
  return config.chain.kind === 'dev' ? devChainStateFile(config) : undefined;
}
