import * as z from 'zod';
import { type CategoryKey, nearestCategory, parseCategoryKey } from '../domain/gpu/catalogue.ts';
import { plainSpelling } from '../domain/gpu/spelling.ts';
import { chainSection, refineNetwork } from './chain-schema.ts';
import { emissionFields, emissionSection } from './emission-schema.ts';
import {
  boolean,
  duration,
  hours,
  integer,
  number,
  orAuto,
  table,
  text,
  word,
} from './field-types.ts';
import { walletSection } from './wallet-schema.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MEBIBYTE = 1_024 * 1_024;
const RETENTION_MAX_MS = 3_650 * DAY_MS;
const LISTEN = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:[\]]+):(\d{1,5})$/;
const ALIAS_CHARACTERS_MAX = 256;
const ALIAS_ONCE_RULE = 'names each driver name once, whatever its case and separators';

const server = z.strictObject({
  listen: z
    .string('is host:port')
    .refine((value) => Number(LISTEN.exec(value)?.[1] ?? NaN) <= 65_535, 'is host:port'),
  reflection: boolean(),
  max_streams: integer(1, 65_536),
  max_calls: integer(1, 65_536),
  max_message_bytes: integer(1_024, 64 * MEBIBYTE),
  max_queued_bytes: integer(MEBIBYTE, 65_536 * MEBIBYTE),
  drain_grace: duration(0, HOUR_MS),
});

const store = z.strictObject({
  database: text('is the path of a file'),
  synchronous: word(['full', 'normal']),
  max_waiting_rows: integer(1_000, 100_000_000),
});

const scoring = z.strictObject({
  ema_alpha: number(0, 1).refine((value) => value > 0, 'is a number more than 0 to 1'),
  on_model_change: word(['reset', 'keep']),
  min_score: number(0, 1),
  cutoff_hours: hours(0.01, 8_760),
  executor_ttl_hours: hours(0.01, 8_760),
});

const gpu = z.strictObject({
  aliases: table(
    'is a table of driver names, for example { "NVIDIA H100 80GB" = "H100" }',
  ).transform((given, context) => {
    const aliases = new Map<string, CategoryKey>();
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(given)) {
      const { category, rule } = parseAlias(name, value);
      const spelling = plainSpelling(name);
      const isRepeated = seen.has(spelling);
      seen.add(spelling);
      if (category !== undefined && !isRepeated) {
        aliases.set(name, category);
        continue;
      }
      const message = isRepeated ? ALIAS_ONCE_RULE : rule;
      context.addIssue({ code: 'custom', message, path: [name], input: value });
    }
    return aliases;
  }),
});

interface ParsedAlias {
  readonly category?: CategoryKey;
  readonly rule: string;
}

function parseAlias(name: string, value: unknown): ParsedAlias {
  if (name.trim() === '' || name.length > ALIAS_CHARACTERS_MAX) {
    return { rule: `has a driver name of 1 to ${ALIAS_CHARACTERS_MAX} characters` };
  }
  if (typeof value !== 'string') return { rule: 'is a category, for example "H100"' };
  const category = parseCategoryKey(value);
  if (category !== undefined) return { category, rule: '' };
  return { rule: `is a known category, the nearest is ${nearestCategory(value)}` };
}

const actors = z.strictObject({
  mailbox_capacity: integer(1, 65_536),
  actors_max: integer(1, 65_536),
  idle_max: integer(1, 65_536),
  idle_evict: duration(SECOND_MS, DAY_MS),
  batch_reports_max: integer(1, 1_000),
  queued_reports_max: integer(1, 1_048_576),
});

const compute = z.strictObject({
  threads: orAuto(integer(1, 64), 'an integer from 1 to 64'),
  inline_pairs_max: integer(0, 100_000_000),
  task_timeout: duration(100, HOUR_MS),
});

const retention = z.strictObject({
  // The reports of the last 24 hours are those that may come again.
  results: duration(2 * DAY_MS, RETENTION_MAX_MS),
  profiles: duration(DAY_MS, RETENTION_MAX_MS),
  ledger: duration(DAY_MS, RETENTION_MAX_MS),
  interval: duration(MINUTE_MS, 7 * DAY_MS),
  archive_dir: text('is the path of a folder').optional(),
});

const log = z.strictObject({
  level: word(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']),
  pretty: orAuto(boolean(), 'true or false'),
});

/** The shape of `assay.toml`: every section with its keys. */
export const configShape = z.strictObject({
  server,
  store,
  chain: chainSection,
  wallet: walletSection,
  emission: emissionFields,
  scoring,
  gpu,
  actors,
  compute,
  retention,
  log,
});

/** The shape, and in `[emission]` the meaning. Defaults are a layer below, so every key is there. */
export const configSchema = configShape
  .extend({ emission: emissionSection })
  .refine(({ retention, scoring }) => retention.profiles >= scoring.cutoff_hours, {
    path: ['retention', 'profiles'],
    message: 'is not shorter than scoring.cutoff_hours: a miner may be paid that long',
  })
  .superRefine(({ chain }, context) => refineNetwork(chain, context));

/** What the schema gives. */
export type ParsedConfig = z.output<typeof configSchema>;
