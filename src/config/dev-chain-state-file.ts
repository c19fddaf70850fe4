import type { Config } from './config.ts';

/**
 * Where the simulated chain keeps its state: it lives as long as the database, because a chain that began anew would know
 * nothing of its weight sets. Undefined for a database in memory, unless a file is configured.
 */
export function devChainStateFile({
  chain,
  store,
}: Pick<Config, 'chain' | 'store'>): string | undefined {
  if (chain.dev.stateFile !== undefined) return chain.dev.stateFile;
  return store.database === ':memory:' ? undefined : `${store.database}.dev-chain.json`;
}
