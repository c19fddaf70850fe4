import { describe, expect, it } from 'vitest';
import { demoResult } from '../../src/cli/weight-set-json.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { sampleWeightSet } from '../support/weight-set-samples.ts';

const TALLY = { APPLIED: 5, DUPLICATE: 4, STALE: 3, REFUSED: 2 };

describe('the result of a demo', () => {
  it('has exactly the documented form', () => {
    expect(demoResult(sampleWeightSet(), TALLY, 7)).toEqual({
      block: 360,
      netuid: 39,
      total_weight: 1_000,
      weights: [
        { uid: 0, weight: 100 },
        { uid: 7, weight: 800 },
        { uid: 9, weight: 100 },
      ],
      burn: { uid: 0, weight: 100, percentage: 10 },
      categories: [{ gpu_model: 'H100', miner_count: 2, weight_pool: 900 }],
      reports: { applied: 5, duplicate: 4, stale: 3, refused: 2 },
      seed: 7,
    });
  });

  it('lists categories as the catalogue does, whatever the configuration’s order', () => {
    const [one] = sampleWeightSet().categories;
    if (one === undefined) throw new Error('the sample has a category');
    const categories = ['OTHER', 'RTX4090', 'H200', 'A100'].map((category) => ({
      ...one,
      category: category as CategoryKey,
    }));
    const result = demoResult(sampleWeightSet({ categories }), TALLY, 7);
    expect(result.categories.map(({ gpu_model }) => gpu_model)).toEqual([
      'H200',
      'A100',
      'RTX4090',
      'OTHER',
    ]);
  });

  it('names nobody when nothing is burned', () => {
    const burn = { uid: null, weight: 0, unallocatedWeight: 0, percentage: 0 };
    expect(demoResult(sampleWeightSet({ burn }), TALLY, 7).burn.uid).toBe(null);
  });
});
