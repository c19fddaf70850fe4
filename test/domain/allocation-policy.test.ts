import { describe, expect, it } from 'vitest';
import { allocationPolicy, minMemoryMib } from '../../src/domain/allocation-policy.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { sampleConfig } from '../support/weight-setter-samples.ts';

const [A100, H100] = ['A100' as CategoryKey, 'H100' as CategoryKey];

describe('the policy of an allocation', () => {
  it('is the configuration in integers, categories in the order of the catalogue', () => {
    const gpuAllocations = new Map([
      [A100, { weight: 33.333_333, minGpuCount: 4, minGpuVramGib: 80 }],
      [H100, { weight: 66.666_667, minGpuCount: 0, minGpuVramGib: 0 }],
    ]);
    const config = sampleConfig({ gpuAllocations, burnPercentage: 12.5 });
    expect(allocationPolicy({ config, minScore: 0.25, burnUid: 7 })).toEqual({
      burnMicroPercent: 12_500_000,
      burnUid: 7,
      categories: [
        {
          category: H100,
          categoryIndex: categoryIndex(H100),
          shareMicroPercent: 66_666_667,
          minGpuCount: 1,
          minMemoryMib: 0,
        },
        {
          category: A100,
          categoryIndex: categoryIndex(A100),
          shareMicroPercent: 33_333_333,
          minGpuCount: 4,
          minMemoryMib: 73_728,
        },
      ],
      minMinersPerCategory: 1,
      minScoreMicros: 250_000,
      unallocated: 'burn',
      attribution: 'all',
      gpuCount: 'linear',
      resolution: 'max',
      hasPositiveFloor: true,
    });
  });

  it.each([
    [0, 0],
    [1, 0],
    [2, 1_843],
    [24, 22_118],
    [80, 73_728],
  ])('takes %i GiB as at least %i MiB', (gib, mib) => {
    expect(minMemoryMib(gib)).toBe(mib);
  });
});
