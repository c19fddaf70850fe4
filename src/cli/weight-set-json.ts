import { compareCategories } from '../domain/gpu/catalogue.ts';
import type { ReportOutcome } from '../domain/report.ts';
import type { WeightSet } from '../domain/weight-set.ts';

/** What `assay demo --once --json` prints: the first verified weight set and what became of the reports before it. */
interface DemoResult {
  readonly block: number;
  readonly netuid: number;
  readonly total_weight: number;
  readonly weights: readonly { readonly uid: number; readonly weight: number }[];
  readonly burn: {
    readonly uid: number | null;
    readonly weight: number;
    readonly percentage: number;
  };
  readonly categories: readonly {
    readonly gpu_model: string;
    readonly miner_count: number;
    readonly weight_pool: number;
  }[];
  readonly reports: Readonly<Record<'applied' | 'duplicate' | 'stale' | 'refused', number>>;
  readonly seed: number;
}

/** Reports by outcome. */
type ReportTally = Readonly<Record<ReportOutcome, number>>;

/** Puts one weight set into the documented form. */
export function demoResult(set: WeightSet, tally: ReportTally, seed: number): DemoResult {
  return {
    block: set.block,
    netuid: set.netuid,
    total_weight: set.totalWeight,
    weights: Array.from(set.vector.uids, (uid, index) => ({
      uid,
      weight: set.vector.weights[index] as number,
    })),
    burn: { uid: set.burn.uid, weight: set.burn.weight, percentage: set.burn.percentage },
    // In catalogue order: the output does not depend on the configuration's.
    categories: set.categories
      .toSorted((a, b) => compareCategories(a.category, b.category))
      .map((category) => ({
        gpu_model: category.category,
        miner_count: category.minerCount,
        weight_pool: category.weightPool,
      })),
    reports: {
      applied: tally.APPLIED,
      duplicate: tally.DUPLICATE,
      stale: tally.STALE,
      refused: tally.REFUSED,
    },
    seed,
  };
}
