/** Weight sets as rows and back. Parameters go by name: a set is rare, and has many columns. */
import * as z from 'zod';
import type { StoredOutcome } from '../actors/ports.ts';
import type { Allocation, BurnAllocation, CategoryAllocation } from '../domain/allocation.ts';
import { unallocatedWeight } from '../domain/burn-split.ts';
import { MICROS_PER_PERCENT } from '../domain/emission-rules.ts';
import type { CategoryKey } from '../domain/gpu/catalogue.ts';
import { SCORE_MICROS } from '../domain/miner-facts.ts';
import { EXCLUSION_REASONS } from '../domain/population.ts';
import {
  WEIGHT_SET_PHASES,
  type WeightSet,
  type WeightSetFailure,
  type WeightSetOutline,
  type WeightSetState,
} from '../domain/weight-set.ts';
import { present } from '../lib/assert.ts';
import type { WeightSetChange } from './decision-transfer.ts';
import { type JoinedExtrinsicRow, signedExtrinsicOf } from './signed-extrinsic-rows.ts';
import { storedJson, storedRow } from './stored-row.ts';
import { storedTimeMs, timeText } from './time-text.ts';
import { weightOfEntry, weightsOf } from './weights-json.ts';

/** What a change of state writes. */
interface WeightSetChanges {
  readonly state: WeightSetState;
  readonly updated_time: string;
  readonly extrinsic_hash: string | null;
  readonly failure_reason: string | null;
  readonly failure_message: string | null;
  readonly failure_action: WeightSetFailure['action']['kind'] | null;
  readonly failure_retry_block: number | null;
  readonly phases_json: string;
}

export interface WeightSetRow extends WeightSetChanges {
  readonly netuid: number;
  readonly mecid: number;
  readonly block: number;
  readonly block_hash: string;
  readonly total_weight: number;
  readonly weights_json: string;
  readonly burn_uid: number | null;
  readonly burn_weight: number;
  readonly burn_unallocated_weight: number;
  readonly burn_configured_weight: number;
  readonly burn_below_minimum_weight: number;
  readonly burn_rounding_weight: number;
  readonly burn_percentage: number;
  readonly configured_burn_percentage: number;
  readonly categories_json: string;
  readonly exclusions_json: string;
  readonly miners_served: number;
  readonly emission_config_version: number;
  readonly version_key: number;
  readonly decided_time: string;
}

/** What a row has of what became of the set. */
export const OUTCOME_FIELDS = [
  'block',
  'state',
  'failure_reason',
  'failure_message',
  'failure_action',
  'failure_retry_block',
] as const satisfies readonly (keyof WeightSetRow)[];

type OutcomeRow = Pick<WeightSetRow, (typeof OUTCOME_FIELDS)[number]>;

export interface StoredOutcomeRow extends OutcomeRow {
  /** Where the entry of a UID begins in `weights_json`, `[uid,weight,…`; null when it has none. */
  readonly entry: string | null;
}

export interface EmissionMetricsRow {
  readonly timestamp: string;
  readonly burn_amount: number;
  readonly burn_percentage: number;
  readonly category_distributions_json: string;
  readonly total_miners: number;
  readonly weight_set_block: number;
  readonly created_at: string;
}

/** What a change of state writes, in this order. */
export const WEIGHT_SET_CHANGES = [
  'extrinsic_hash',
  'failure_action',
  'failure_message',
  'failure_reason',
  'failure_retry_block',
  'phases_json',
  'state',
  'updated_time',
] as const satisfies readonly (keyof WeightSetChanges)[];

/** Sorted, as Knex sorts them. */
export const WEIGHT_SET_COLUMNS: readonly (keyof WeightSetRow)[] = [
  ...WEIGHT_SET_CHANGES,
  'block',
  'block_hash',
  'burn_below_minimum_weight',
  'burn_configured_weight',
  'burn_percentage',
  'burn_rounding_weight',
  'burn_uid',
  'burn_unallocated_weight',
  'burn_weight',
  'categories_json',
  'configured_burn_percentage',
  'decided_time',
  'emission_config_version',
  'exclusions_json',
  'mecid',
  'miners_served',
  'netuid',
  'total_weight',
  'version_key',
  'weights_json',
].toSorted() as (keyof WeightSetRow)[];

export const EMISSION_METRICS_COLUMNS = [
  'burn_amount',
  'burn_percentage',
  'category_distributions_json',
  'created_at',
  'timestamp',
  'total_miners',
  'weight_set_block',
] as const satisfies readonly (keyof EmissionMetricsRow)[];

/** @param weightsJson the vector as `weightsOf` reads it; a large one is not made in one go. */
export function weightSetRow(set: WeightSetOutline, weightsJson: string): WeightSetRow {
  return {
    ...weightSetChanges(set),
    netuid: set.netuid,
    mecid: set.mecid,
    block: set.block,
    block_hash: set.blockHash,
    total_weight: set.totalWeight,
    weights_json: weightsJson,
    burn_uid: set.burn.uid,
    burn_weight: set.burn.weight,
    burn_unallocated_weight: unallocatedWeight(set.burn),
    burn_configured_weight: set.burn.configuredWeight,
    burn_below_minimum_weight: set.burn.belowMinimumWeight,
    burn_rounding_weight: set.burn.roundingWeight,
    burn_percentage: set.burn.percentage,
    configured_burn_percentage: set.configuredBurnPercentage,
    categories_json: JSON.stringify(set.categories.map(storedCategory)),
    exclusions_json: JSON.stringify(Object.fromEntries(set.exclusions)),
    miners_served: set.minersServed,
    emission_config_version: set.emissionConfigVersion,
    version_key: set.versionKey,
    decided_time: timeText(set.decidedAtMs),
  };
}

export function weightSetChanges(set: WeightSetChange): WeightSetChanges {
  const { failure } = set;
  return {
    state: set.state,
    updated_time: timeText(set.updatedAtMs),
    extrinsic_hash: set.extrinsicHash ?? null,
    failure_reason: failure?.reason ?? null,
    failure_message: failure?.message ?? null,
    failure_action: failure?.action.kind ?? null,
    failure_retry_block: failure?.action.kind === 'retry_at_block' ? failure.action.block : null,
    phases_json: JSON.stringify(Object.fromEntries(set.phasesMs)),
  };
}

export function emissionMetricsRow(
  set: WeightSetOutline,
  allocation: Allocation,
): EmissionMetricsRow {
  return {
    timestamp: timeText(set.decidedAtMs),
    burn_amount: allocation.burn.weight,
    burn_percentage: allocation.burn.percentage,
    category_distributions_json: JSON.stringify(
      Object.fromEntries(
        allocation.categories.map((category) => [category.category, distribution(category)]),
      ),
    ),
    total_miners: allocation.minersServed,
    weight_set_block: set.block,
    created_at: timeText(set.updatedAtMs),
  };
}

/** The sum of score × GPUs in a category: what its pool is divided by. */
export function totalScore({ totalBasis }: CategoryAllocation): number {
  return Number(totalBasis) / SCORE_MICROS;
}

/** @throws AssayError `store_unusable` when the row is damaged. */
export function weightSetOf(row: WeightSetRow & JoinedExtrinsicRow): WeightSet {
  const extrinsic = signedExtrinsicOf(row);
  return storedRow({ table: 'weight_submissions', key: row.block }, () => ({
    netuid: row.netuid,
    mecid: row.mecid,
    block: row.block,
    blockHash: row.block_hash,
    state: row.state,
    totalWeight: row.total_weight,
    ...weightsOf(row.weights_json),
    burn: burnOf(row),
    configuredBurnPercentage: row.configured_burn_percentage,
    categories: storedJson(CATEGORIES, 'categories_json', row.categories_json).map(categoryOf),
    exclusions: entriesOf(storedJson(EXCLUSIONS, 'exclusions_json', row.exclusions_json)),
    minersServed: row.miners_served,
    emissionConfigVersion: row.emission_config_version,
    versionKey: row.version_key,
    decidedAtMs: storedTimeMs('decided_time', row.decided_time),
    updatedAtMs: storedTimeMs('updated_time', row.updated_time),
    ...(row.extrinsic_hash === null ? {} : { extrinsicHash: row.extrinsic_hash }),
    ...(extrinsic === undefined ? {} : { extrinsic }),
    ...failureOf(row),
    phasesMs: entriesOf(storedJson(PHASES, 'phases_json', row.phases_json)),
  }));
}

/** @throws AssayError `store_unusable` when what is read of the row is damaged. */
export function storedOutcomeOf(row: StoredOutcomeRow): StoredOutcome {
  return storedRow({ table: 'weight_submissions', key: row.block }, () => ({
    state: row.state,
    ...failureOf(row),
    weight: weightOfEntry(row.entry),
  }));
}

const CATEGORIES = z.array(
  z.strictObject({
    gpu_model: z.string(),
    share_micro_percent: z.int(),
    miner_count: z.int(),
    gpu_count: z.int(),
    total_basis: z.string().regex(/^\d+$/),
    average_score: z.number(),
    weight_pool: z.int(),
  }),
);
const EXCLUSIONS = z.partialRecord(z.enum(EXCLUSION_REASONS), z.int());
const PHASES = z.partialRecord(z.enum(WEIGHT_SET_PHASES), z.number());

type StoredCategory = z.infer<typeof CATEGORIES>[number];

function storedCategory(category: CategoryAllocation): StoredCategory {
  return {
    gpu_model: category.category,
    share_micro_percent: category.shareMicroPercent,
    miner_count: category.minerCount,
    gpu_count: category.gpuCount,
    // A JSON number would lose what is above 2⁵³.
    total_basis: String(category.totalBasis),
    average_score: category.averageScore,
    weight_pool: category.weightPool,
  };
}

function categoryOf(stored: StoredCategory): CategoryAllocation {
  return {
    category: stored.gpu_model as CategoryKey,
    shareMicroPercent: stored.share_micro_percent,
    minerCount: stored.miner_count,
    gpuCount: stored.gpu_count,
    totalBasis: BigInt(stored.total_basis),
    averageScore: stored.average_score,
    weightPool: stored.weight_pool,
  };
}

/** One category in the form of the plan's `CategoryAllocation`. */
function distribution(category: CategoryAllocation) {
  return {
    gpu_model: category.category,
    miner_count: category.minerCount,
    total_score: totalScore(category),
    weight_allocation: category.weightPool,
    allocation_percentage: category.shareMicroPercent / MICROS_PER_PERCENT,
  };
}

function burnOf(row: WeightSetRow): BurnAllocation {
  return {
    uid: row.burn_uid,
    weight: row.burn_weight,
    percentage: row.burn_percentage,
    configuredWeight: row.burn_configured_weight,
    emptyCategoryWeight: row.burn_unallocated_weight - row.burn_below_minimum_weight,
    belowMinimumWeight: row.burn_below_minimum_weight,
    roundingWeight: row.burn_rounding_weight,
  };
}

function failureOf(row: OutcomeRow): { failure?: WeightSetFailure } {
  if (row.failure_reason === null) return {};
  return {
    failure: {
      reason: row.failure_reason,
      message: row.failure_message ?? '',
      action: actionOf(row),
    },
  };
}

function actionOf(row: OutcomeRow): WeightSetFailure['action'] {
  const kind = present(row.failure_action, 'a failure has an action');
  if (kind !== 'retry_at_block') return { kind };
  return { kind, block: present(row.failure_retry_block, 'a retry at a block names it') };
}

function entriesOf<Key extends string>(
  stored: Readonly<Partial<Record<Key, number>>>,
): ReadonlyMap<Key, number> {
  return new Map(Object.entries(stored) as [Key, number][]);
}
