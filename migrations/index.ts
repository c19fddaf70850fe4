/**
 * The migrations in order. The list is explicit and its names carry no extension, so that the TypeScript sources and the
 * built files agree on what has run. A migration that was released never changes; a change is a new one at the end.
 * Each is loaded when it runs: whoever only compares names pays for none.
 */
import type { Knex } from 'knex';

interface NamedMigration {
  readonly name: string;
  readonly load: () => Promise<Knex.Migration>;
}

const MIGRATIONS: readonly NamedMigration[] = [
  { name: '0001-profiles', load: () => import('./0001-profiles.ts') },
  { name: '0002-verification-results', load: () => import('./0002-verification-results.ts') },
  { name: '0003-weight-sets', load: () => import('./0003-weight-sets.ts') },
  { name: '0004-ledger', load: () => import('./0004-ledger.ts') },
  { name: '0005-signed-extrinsics', load: () => import('./0005-signed-extrinsics.ts') },
  { name: '0006-executors-by-key', load: () => import('./0006-executors-by-key.ts') },
  { name: '0007-pending-weight-history', load: () => import('./0007-pending-weight-history.ts') },
  { name: '0008-counted-gpus', load: () => import('./0008-counted-gpus.ts') },
];

export const migrationNames: readonly string[] = MIGRATIONS.map(({ name }) => name);

export const migrationSource: Knex.MigrationSource<NamedMigration> = {
  getMigrations: async () => [...MIGRATIONS],
  getMigrationName: ({ name }) => name,
  getMigration: ({ load }) => load(),
};
