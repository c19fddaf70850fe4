/**
 * The migrations in order. The list is explicit and its names carry no extension, so that the TypeScript sources and the
 * built files agree on what has run. A migration that was released never changes; a change is a new one at the end.
 */
import type { Knex } from 'knex';
import * as profiles from './0001-profiles.ts';
import * as verificationResults from './0002-verification-results.ts';
import * as weightSets from './0003-weight-sets.ts';
import * as ledger from './0004-ledger.ts';
import * as signedExtrinsics from './0005-signed-extrinsics.ts';
import * as executorsByKey from './0006-executors-by-key.ts';

interface NamedMigration {
  readonly name: string;
  readonly migration: Knex.Migration;
}

const MIGRATIONS: readonly NamedMigration[] = [
  { name: '0001-profiles', migration: profiles },
  { name: '0002-verification-results', migration: verificationResults },
  { name: '0003-weight-sets', migration: weightSets },
  { name: '0004-ledger', migration: ledger },
  { name: '0005-signed-extrinsics', migration: signedExtrinsics },
  { name: '0006-executors-by-key', migration: executorsByKey },
];

export const migrationNames: readonly string[] = MIGRATIONS.map(({ name }) => name);

export const migrationSource: Knex.MigrationSource<NamedMigration> = {
  getMigrations: async () => [...MIGRATIONS],
  getMigrationName: ({ name }) => name,
  getMigration: async ({ migration }) => migration,
};
