import { describe, expect, it } from 'vitest';
import { demoResult } from '../../src/cli/weight-set-json.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { NO_BURN, sampleWeightSet } from '../support/weight-set-samples.ts';

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

  it('lists categories as the catalogue does, whatever the configuration’s order, unknown ones last', () => {
    const [one] = sampleWeightSet().categories;
    if (one === undefined) throw new Error('the sample has a category');
    const categories = ['H999', 'OTHER', 'RTX4090', 'H200', 'A100'].map((category) => ({
      ...one,
      category: category as CategoryKey,
    }));
    const result = demoResult(sampleWeightSet({ categories }), TALLY, 7);
    expect(result.categories.map(({ gpu_model }) => gpu_model)).toEqual([
      'H200',
      'A100',
      'RTX4090',
      'OTHER',
      'H999',
    ]);
  });

  it('names nobody when nothing is burned', () => {
    expect(demoResult(sampleWeightSet({ burn: NO_BURN }), TALLY, 7).burn.uid).toBe(null);
  });
});
