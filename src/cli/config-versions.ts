import type { Command } from 'commander';
import type { EmissionConfigVersion } from '../domain/emission.ts';
import { emissionChanges, emissionDocument } from '../domain/emission-diff.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfig,
  type SharedOptions,
  subcommand,
} from './command-io.ts';
import { positiveNumber } from './option-values.ts';
import { textTable } from './text-table.ts';

interface VersionsOptions extends SharedOptions {
  readonly limit: number;
}

const LIMIT_DEFAULT = 100;
const SHOWN_CHANGES = 3;
const SHOWN_DIGEST_CHARACTERS = 12;

/** `assay config versions`: every emission configuration that was accepted, newest first; the first one is in force. */
export function configVersionsCommand(io: CommandIo): Command {
  return subcommand(io, 'versions')
    .option('--limit <n>', 'at most so many, the newest', positiveNumber, LIMIT_DEFAULT)
    .action((options: VersionsOptions) => versions(io, options));
}

async function versions(io: CommandIo, options: VersionsOptions) {
  const { database: file } = loadCommandConfig(io, options).store;
  const { limit } = options;
  const found = await readVersions(file, limit + 1);
  const shown = found.slice(0, limit);
  if (options.json) io.stdout(jsonText(shown.map(versionJson)));
  else io.stdout(`${versionsTable(shown, found)}\n`);
  if (found.length > limit) io.stderr('there are older versions: a larger --limit shows them\n');
}

/** The database is loaded only here: `config check` has no use for it and should start fast. */
async function readVersions(file: string, limit: number) {
  const [{ SqliteDatabase }, { SqliteEmissionConfigStore }] = await Promise.all([
    import('../store/sqlite-database.ts'),
    import('../store/sqlite-emission-config-store.ts'),
  ]);
  const database = await SqliteDatabase.openReadOnly({ file });
  try {
    return await new SqliteEmissionConfigStore(database).page({ limit });
  } finally {
    await database.close();
  }
}

function versionJson(version: EmissionConfigVersion) {
  return {
    version: version.version,
    etag: version.digest,
    source: version.source,
    create_time: new Date(version.createdAtMs).toISOString(),
    restored_from_version: version.restoredFrom ?? null,
    emission: emissionDocument(version.config),
  };
}

/** @param all the versions shown, and the one before them if there is one. */
function versionsTable(
  shown: readonly EmissionConfigVersion[],
  all: readonly EmissionConfigVersion[],
): string {
  return textTable({
    head: ['version', 'accepted', 'source', 'digest', 'what changed'],
    right: ['version'],
    rows: shown.map((version, index) => [
      String(version.version),
      new Date(version.createdAtMs).toISOString(),
      version.source,
      version.digest.slice(0, SHOWN_DIGEST_CHARACTERS),
      changesText(version, all[index + 1]),
    ]),
  });
}

function changesText(
  { config, restoredFrom }: EmissionConfigVersion,
  before: EmissionConfigVersion | undefined,
): string {
  const changes = before === undefined ? [] : emissionChanges(before.config, config);
  const left = changes.length - SHOWN_CHANGES;
  return [
    ...(restoredFrom === undefined ? [] : [`version ${restoredFrom} again`]),
    ...changes
      .slice(0, SHOWN_CHANGES)
      .map(({ field, oldValue, newValue }) => `${field}: ${oldValue || '-'} to ${newValue || '-'}`),
    ...(left > 0 ? [`and ${left} more`] : []),
  ].join('\n');
}
