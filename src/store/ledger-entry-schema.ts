/** An entry's document (docs/ledger.md) as an entry, every value checked: stored text can be damaged, exported text made up. */
import * as z from 'zod';
import { MICRO_PERCENT_MAX } from '../domain/allocation.ts';
import { AssayError } from '../domain/errors.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import type { LedgerEntry } from '../domain/ledger/ledger-entry.ts';
import { SCORE_MICROS } from '../domain/miner-facts.ts';
import { printable } from '../lib/printable.ts';

export const INT32_MAX = 2 ** 31 - 1;
const UINT16_MAX = 65_535;
/** The last moment that RFC 3339 can write. */
const TIME_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Categories that a list of the entry may have; the catalogue of this version has about 200. */
const CATEGORIES_MAX = 4_096;
/** Characters of a value or a rule that an error shows. */
export const SHOWN_CHARACTERS_MAX = 256;
/** Problems that one error names. */
export const PROBLEMS_MAX = 16;

export const integer = (min: number, max: number) => {
  const rule = `is an integer from ${min} to ${max}`;
  return z
    .number(rule)
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, rule);
};
const word = <const T extends readonly [string, ...string[]]>(words: T) =>
  z.enum(words, `is one of ${words.join(', ')}`);
export const text = (pattern: RegExp, rule: string) =>
  z.string(rule).refine((value) => pattern.test(value), rule);
/** The length is looked at first: a problem for each of many million parts would not fit into memory. */
const shortList = <T extends z.ZodType>(part: T) => {
  const list = z.array(part);
  const isShort = (value: unknown) => Array.isArray(value) && value.length <= CATEGORIES_MAX;
  const rule = `is a list of at most ${CATEGORIES_MAX}`;
  return z.custom<z.input<typeof list>>(isShort, rule).pipe(list);
};

const count = integer(0, Number.MAX_SAFE_INTEGER);
const uid = integer(0, MINER_UID_MAX);
const time = integer(0, TIME_MS_MAX);
export const digest = text(/^[0-9a-f]{64}$/, 'is 64 lower-case hexadecimal digits');
const blockHash = text(/^[\x21-\x7e]{1,128}$/, 'is 1 to 128 printable characters');
const category = text(/^[A-Z0-9]{1,64}$/, 'is a category: 1 to 64 characters of A-Z 0-9').transform(
  (key) => key as CategoryKey,
);

const policy = z.strictObject({
  burn_micro_percent: integer(0, MICRO_PERCENT_MAX),
  burn_uid: uid.nullable(),
  categories: shortList(
    z.strictObject({
      gpu_model: category,
      share_micro_percent: integer(0, MICRO_PERCENT_MAX),
      min_gpu_count: integer(0, INT32_MAX),
      min_memory_mib: integer(0, INT32_MAX),
    }),
  ),
  min_miners_per_category: count,
  min_score_micros: integer(0, SCORE_MICROS),
  unallocated: word(['burn', 'redistribute']),
  attribution: word(['all', 'primary']),
  gpu_count: word(['linear', 'ignore']),
  resolution: word(['max', 'sum']),
  positive_floor: z.boolean('is true or false'),
});

const ENTRY = z.strictObject({
  format: integer(1, INT32_MAX),
  netuid: integer(0, UINT16_MAX),
  mecid: integer(0, UINT16_MAX),
  block: count,
  block_hash: blockHash,
  metagraph_block: count,
  metagraph_hash: blockHash,
  neuron_count: integer(0, MINER_UID_MAX + 1),
  emission_config_version: count,
  emission_config_digest: text(/^[\x21-\x7e]{1,128}$/, 'is 1 to 128 printable characters'),
  version_key: count,
  decided_ms: time,
  rules: z.strictObject({
    now_ms: time,
    cutoff_ms: count,
    executor_ttl_ms: count,
    require_active_axon: z.boolean('is true or false'),
  }),
  policy,
  catalogue: shortList(category),
  total_weight: integer(1, Number.MAX_SAFE_INTEGER),
  miners_served: count,
  miner_count: count,
  pair_count: count,
  burn: z.strictObject({
    uid: uid.nullable(),
    weight: count,
    configured_weight: count,
    empty_category_weight: count,
    below_minimum_weight: count,
    // Negative only in an entry that someone made up; the calculation finds that out.
    rounding_weight: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  }),
  categories: shortList(
    z.strictObject({
      gpu_model: category,
      miner_count: count,
      gpu_count: count,
      total_basis: text(/^(0|[1-9]\d{0,29})$/, 'is the digits of an integer, at most 30'),
      weight_pool: count,
    }),
  ),
  input_digest: digest,
  pairs_digest: digest,
  weights_digest: digest,
  previous_digest: digest,
});

type EntryDocument = z.infer<typeof ENTRY>;

/**
 * The entry of a document that `entryDocument` made, or someone else did.
 *
 * @param field where the document stands, for the paths of problems; empty when it stands alone.
 * @throws AssayError `invalid_argument` with the path, value and rule of each problem.
 */
export function entryOfDocument(value: unknown, field = ''): LedgerEntry {
  const document = parsed(ENTRY, value, field);
  return {
    format: document.format,
    netuid: document.netuid,
    mecid: document.mecid,
    block: document.block,
    blockHash: document.block_hash,
    metagraphBlock: document.metagraph_block,
    metagraphHash: document.metagraph_hash,
    neuronCount: document.neuron_count,
    emissionConfigVersion: document.emission_config_version,
    emissionConfigDigest: document.emission_config_digest,
    versionKey: document.version_key,
    decidedAtMs: document.decided_ms,
    rules: {
      nowMs: document.rules.now_ms,
      cutoffMs: document.rules.cutoff_ms,
      executorTtlMs: document.rules.executor_ttl_ms,
      requireActiveAxon: document.rules.require_active_axon,
    },
    policy: policyOf(document, field),
    catalogue: document.catalogue,
    totalWeight: document.total_weight,
    minersServed: document.miners_served,
    minerCount: document.miner_count,
    pairCount: document.pair_count,
    burn: burnOf(document),
    categories: document.categories.map((each) => ({
      category: each.gpu_model,
      minerCount: each.miner_count,
      gpuCount: each.gpu_count,
      totalBasis: BigInt(each.total_basis),
      weightPool: each.weight_pool,
    })),
    inputDigest: document.input_digest,
    pairsDigest: document.pairs_digest,
    weightsDigest: document.weights_digest,
    previousDigest: document.previous_digest,
  };
}

/**
 * A value of unknown origin as what the schema gives.
 *
 * @throws AssayError `invalid_argument` with the path, value and rule of each problem.
 */
export function parsed<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.slice(0, PROBLEMS_MAX);
  throw AssayError.invalid(...issues.map((issue) => problemOf(issue, value, field)));
}

/** A value of unknown origin as a text that is short to make, however large or deep the value is. */
export function shownValue(value: unknown): string {
  if (value === undefined) return '(missing)';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return printable(String(value).slice(0, SHOWN_CHARACTERS_MAX));
}

function problemOf(issue: z.core.$ZodIssue, value: unknown, field: string) {
  const keys = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...issue.path, ...keys];
  const found = path.reduce<unknown>((at, key) => Object(at)[key], value);
  const isNoObject = issue.code === 'invalid_type' && issue.expected === 'object';
  const broken = isNoObject ? 'is an object' : issue.message;
  const missing = found === undefined ? 'is missing' : broken;
  return {
    field: pathText(field, path),
    value: shownValue(found),
    rule: keys.length > 0 ? 'is no field of a ledger document' : missing,
  };
}

function pathText(field: string, path: readonly PropertyKey[]): string {
  const inside = path
    .map((key) =>
      typeof key === 'number'
        ? `[${key}]`
        : `.${printable(String(key).slice(0, SHOWN_CHARACTERS_MAX))}`,
    )
    .join('');
  return `${field}${inside}`.replace(/^\./, '') || 'the document';
}

function policyOf({ policy: given, catalogue }: EntryDocument, field: string) {
  const indexOf = new Map(catalogue.map((key, index) => [key, index]));
  if (indexOf.size < catalogue.length) {
    throw AssayError.invalid({
      field: pathText(field, ['catalogue']),
      value: shownValue(catalogue),
      rule: 'has no category twice',
    });
  }
  let last = -1;
  const categories = given.categories.map((rule, position) => {
    const categoryIndex = indexOf.get(rule.gpu_model) ?? -1;
    if (categoryIndex <= last) {
      throw AssayError.invalid({
        field: pathText(field, ['policy', 'categories', position, 'gpu_model']),
        value: rule.gpu_model,
        rule: 'is in the catalogue, after the category before',
      });
    }
    last = categoryIndex;
    return {
      category: rule.gpu_model,
      categoryIndex,
      shareMicroPercent: rule.share_micro_percent,
      minGpuCount: rule.min_gpu_count,
      minMemoryMib: rule.min_memory_mib,
    };
  });
  return {
    burnMicroPercent: given.burn_micro_percent,
    burnUid: given.burn_uid,
    categories,
    minMinersPerCategory: given.min_miners_per_category,
    minScoreMicros: given.min_score_micros,
    unallocated: given.unallocated,
    attribution: given.attribution,
    gpuCount: given.gpu_count,
    resolution: given.resolution,
    hasPositiveFloor: given.positive_floor,
  };
}

function burnOf({ burn, total_weight }: EntryDocument): LedgerEntry['burn'] {
  return {
    uid: burn.uid,
    weight: burn.weight,
    percentage: (burn.weight / total_weight) * 100,
    configuredWeight: burn.configured_weight,
    emptyCategoryWeight: burn.empty_category_weight,
    belowMinimumWeight: burn.below_minimum_weight,
    roundingWeight: burn.rounding_weight,
  };
}
