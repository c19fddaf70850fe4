import * as z from 'zod';
import type { EmissionConfigPageQuery, EmissionConfigStore } from '../actors/ports.ts';
import type { EmissionConfig, EmissionConfigVersion } from '../domain/emission.ts';
import { canonicalEmissionText } from '../domain/emission-diff.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { named, type SqliteDatabase } from './sqlite-database.ts';
import { storedJson, storedRow } from './stored-row.ts';
import { storedTimeMs, timeText } from './time-text.ts';

interface EmissionConfigRow {
  readonly version: number;
  readonly digest: string;
  readonly source: EmissionConfigVersion['source'];
  readonly config_json: string;
  readonly created_at: string;
  readonly restored_from: number | null;
}

type EmissionConfigParameters = [
  configJson: string,
  createdAt: string,
  digest: string,
  restoredFrom: number | null,
  source: string,
  version: number,
];

const COLUMNS = [
  'config_json',
  'created_at',
  'digest',
  'restored_from',
  'source',
  'version',
] as const;

export class SqliteEmissionConfigStore implements EmissionConfigStore {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  async latest(): Promise<EmissionConfigVersion | undefined> {
    return this.#database.read(() => versionOf(this.#statements.latest.get(1)));
  }

  async latestFromFile(): Promise<EmissionConfigVersion | undefined> {
    return this.#database.read(() => versionOf(this.#statements.latestFromFile.get('api', 1)));
  }

  async at(version: number): Promise<EmissionConfigVersion | undefined> {
    return this.#database.read(() => versionOf(this.#statements.at.get(version)));
  }

  async page({
    beforeVersion = Number.MAX_SAFE_INTEGER,
    limit,
  }: EmissionConfigPageQuery): Promise<readonly EmissionConfigVersion[]> {
    return this.#database.read(() =>
      this.#statements.page.all(beforeVersion, limit).map(readVersion),
    );
  }

  async append(version: EmissionConfigVersion): Promise<boolean> {
    return this.#database.transaction(() => {
      const { changes } = this.#statements.insert.run(
        canonicalEmissionText(version.config),
        timeText(version.createdAtMs),
        version.digest,
        version.restoredFrom ?? null,
        version.source,
        version.version,
      );
      return changes === 1;
    });
  }
}

function prepare(database: SqliteDatabase) {
  const newest = () => database.query('emission_configs').orderBy('version', 'desc').limit(1);
  return {
    latest: database.statement<[limit: number], EmissionConfigRow>(newest(), ['limit']),
    latestFromFile: database.statement<[api: string, limit: number], EmissionConfigRow>(
      newest().whereNot({ source: 'api' }),
      ['api', 'limit'],
    ),
    at: database.statement<[version: number], EmissionConfigRow>(
      database.query('emission_configs').where({ version: 'version' }),
      ['version'],
    ),
    page: database.statement<[version: number, limit: number], EmissionConfigRow>(
      newest().where('version', '<', 'version'),
      ['version', 'limit'],
    ),
    insert: database.statement<EmissionConfigParameters>(
      database.query('emission_configs').insert(named(COLUMNS)).onConflict('version').ignore(),
      COLUMNS,
    ),
  };
}

const DOCUMENT = z.strictObject({
  burn_percentage: z.number(),
  burn_target: z.union([z.int(), z.literal('owner')]),
  weight_set_interval_blocks: z.int(),
  min_miners_per_category: z.int(),
  unallocated: z.enum(['burn', 'redistribute']),
  attribution: z.enum(['all', 'primary']),
  gpu_count: z.enum(['linear', 'ignore']),
  resolution: z.enum(['max', 'sum']),
  positive_floor: z.boolean(),
  gpu_allocations: z.record(
    z.string(),
    z.strictObject({ weight: z.number(), min_gpu_count: z.int(), min_gpu_vram: z.int() }),
  ),
});

function versionOf(row: EmissionConfigRow | undefined): EmissionConfigVersion | undefined {
  return row === undefined ? undefined : readVersion(row);
}

function readVersion(row: EmissionConfigRow): EmissionConfigVersion {
  return storedRow({ table: 'emission_configs', key: row.version }, () => ({
    config: configOf(row.config_json),
    version: row.version,
    digest: row.digest,
    source: row.source,
    ...(row.restored_from === null ? {} : { restoredFrom: row.restored_from }),
    createdAtMs: storedTimeMs('created_at', row.created_at),
  }));
}

function configOf(text: string): EmissionConfig {
  const document = storedJson(DOCUMENT, 'config_json', text);
  return {
    burnPercentage: document.burn_percentage,
    burnTarget: document.burn_target,
    gpuAllocations: new Map(
      Object.entries(document.gpu_allocations).map(([category, allocation]) => [
        category as CategoryKey,
        {
          weight: allocation.weight,
          minGpuCount: allocation.min_gpu_count,
          minGpuVramGib: allocation.min_gpu_vram,
        },
      ]),
    ),
    weightSetIntervalBlocks: document.weight_set_interval_blocks,
    minMinersPerCategory: document.min_miners_per_category,
    unallocated: document.unallocated,
    attribution: document.attribution,
    gpuCount: document.gpu_count,
    resolution: document.resolution,
    hasPositiveFloor: document.positive_floor,
  };
}
