import fc from 'fast-check';
import type { EmissionConfig, GpuAllocation } from '../../src/domain/emission.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';

const KEYS = ['H200', 'H100', 'A100', 'RTX4090', 'RTX3090', 'L40S', 'MI300X'] as CategoryKey[];
const WHOLE_MICROS = 100_000_000;

/** Positive integers of 10⁻⁶ percent that sum to 100 percent. */
function shares(count: number): fc.Arbitrary<number[]> {
  return fc
    .uniqueArray(fc.integer({ min: 1, max: WHOLE_MICROS - 1 }), {
      minLength: count - 1,
      maxLength: count - 1,
    })
    .map((cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), WHOLE_MICROS];
      return edges.slice(1).map((edge, index) => edge - (edges[index] ?? 0));
    });
}

const allocations = fc
  .shuffledSubarray(KEYS, { minLength: 1 })
  .chain((keys) =>
    fc.tuple(
      fc.constant(keys),
      shares(keys.length),
      fc.array(
        fc.record({
          minGpuCount: fc.nat({ max: 2_048 }),
          minGpuVramGib: fc.nat({ max: 4_096 }),
        }),
        { minLength: keys.length, maxLength: keys.length },
      ),
    ),
  )
  .map(
    ([keys, micros, limits]) =>
      new Map<CategoryKey, GpuAllocation>(
        keys.map((key, index) => [
          key,
          {
            minGpuCount: 0,
            minGpuVramGib: 0,
            ...limits[index],
            weight: (micros[index] ?? 0) / 1_000_000,
          },
        ]),
      ),
  );

/** Configurations that break no rule. */
export const validEmissionConfig: fc.Arbitrary<EmissionConfig> = fc.record({
  burnPercentage: fc.integer({ min: 0, max: WHOLE_MICROS }).map((micros) => micros / 1_000_000),
  burnTarget: fc.oneof(fc.constant('owner' as const), fc.nat({ max: 65_535 })),
  gpuAllocations: allocations,
  weightSetIntervalBlocks: fc.integer({ min: 1, max: 4_294_967_295 }),
  minMinersPerCategory: fc.integer({ min: 1, max: 65_536 }),
  unallocated: fc.constantFrom('burn' as const, 'redistribute' as const),
  attribution: fc.constantFrom('all' as const, 'primary' as const),
  gpuCount: fc.constantFrom('linear' as const, 'ignore' as const),
  resolution: fc.constantFrom('max' as const, 'sum' as const),
  hasPositiveFloor: fc.boolean(),
});
