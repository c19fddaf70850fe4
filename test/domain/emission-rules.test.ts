import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmissionConfig, GpuAllocation } from '../../src/domain/emission.ts';
import {
  checkEmissionConfig,
  defaultEmissionConfig,
  MICRO_PERCENT_MAX,
  mergeWithDefaults,
  normaliseAllocations,
  toMicroPercent,
} from '../../src/domain/emission-rules.ts';
import { AssayError } from '../../src/domain/errors.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';

/** What makes the default configuration break a rule, and the fields that must be named. */
function brokenFields(change: Partial<EmissionConfig>): string[] {
  return checkEmissionConfig(mergeWithDefaults(change)).map(({ field }) => field);
}

function allocations(
  weights: Readonly<Record<string, number>>,
  limits: Partial<GpuAllocation> = {},
): ReadonlyMap<CategoryKey, GpuAllocation> {
  return new Map(
    Object.entries(weights).map(([key, weight]) => [
      key as CategoryKey,
      { weight, minGpuCount: 0, minGpuVramGib: 0, ...limits },
    ]),
  );
}

describe('the default emission configuration', () => {
  it('breaks no rule', () => {
    expect(checkEmissionConfig(defaultEmissionConfig())).toEqual([]);
  });

  it('burns nothing on purpose and pays five categories', () => {
    const { burnPercentage, burnTarget, gpuAllocations, ...rest } = defaultEmissionConfig();
    expect({ burnPercentage, burnTarget }).toEqual({ burnPercentage: 0, burnTarget: 'owner' });
    expect([...gpuAllocations].map(([key, { weight }]) => `${key} ${weight}`)).toEqual([
      'H200 30',
      'H100 30',
      'A100 20',
      'RTX4090 12',
      'RTX3090 8',
    ]);
    expect(rest).toEqual({
      weightSetIntervalBlocks: 360,
      minMinersPerCategory: 1,
      unallocated: 'burn',
      attribution: 'all',
      gpuCount: 'linear',
      resolution: 'max',
      hasPositiveFloor: true,
    });
  });
});

describe('merging with the defaults', () => {
  it('takes what is given and completes the rest', () => {
    const merged = mergeWithDefaults({ burnPercentage: 12.5 });
    expect(merged).toEqual({ ...defaultEmissionConfig(), burnPercentage: 12.5 });
  });

  it('takes allocations whole, never mixed with the default ones', () => {
    const gpuAllocations = allocations({ H100: 100 });
    expect(mergeWithDefaults({ gpuAllocations }).gpuAllocations).toEqual(gpuAllocations);
  });

  it('leaves a complete configuration as it is', () => {
    const whole: EmissionConfig = {
      burnPercentage: 1,
      burnTarget: 7,
      gpuAllocations: allocations({ A100: 100 }),
      weightSetIntervalBlocks: 9,
      minMinersPerCategory: 3,
      unallocated: 'redistribute',
      attribution: 'primary',
      gpuCount: 'ignore',
      resolution: 'sum',
      hasPositiveFloor: false,
    };
    expect(mergeWithDefaults(whole)).toEqual(whole);
  });
});

describe('the burn', () => {
  it.each([0, -0, 0.000001, 33.333333, 99.999999, 100])('may be %d percent', (burnPercentage) => {
    expect(brokenFields({ burnPercentage })).toEqual([]);
  });

  it.each([-0.000001, 100.000001, 1e-7, 0.1234567, 1e308, NaN, Infinity, -Infinity, 0.1 + 0.2])(
    'cannot be %d percent',
    (burnPercentage) => {
      expect(brokenFields({ burnPercentage })).toEqual(['burn_percentage']);
    },
  );

  it.each(['owner', 0, 65_535] as const)('may go to %s', (burnTarget) => {
    expect(brokenFields({ burnTarget })).toEqual([]);
  });

  it.each([-1, 65_536, 0.5, NaN, Infinity])('cannot go to UID %d', (burnTarget) => {
    expect(brokenFields({ burnTarget })).toEqual(['burn_uid']);
  });
});

describe('allocations', () => {
  it.each([
    { H100: 100 },
    { H100: 99.99 },
    { H100: 50, A100: 50.01 },
    { H100: 33.333333, A100: 33.333333, H200: 33.333334 },
  ])('may be %o', (weights) => {
    expect(brokenFields({ gpuAllocations: allocations(weights) })).toEqual([]);
  });

  it.each([
    { H100: 99.989999 },
    { H100: 50, A100: 50.010001 },
    { H100: 60, A100: 60 },
    { H100: 1 },
  ])('cannot sum to anything but 100 within 0.01: %o', (weights) => {
    expect(brokenFields({ gpuAllocations: allocations(weights) })).toEqual(['gpu_allocations']);
  });

  it('say which sum they have', () => {
    const config = mergeWithDefaults({ gpuAllocations: allocations({ H100: 60, A100: 39.5 }) });
    expect(checkEmissionConfig(config)).toEqual([
      {
        field: 'gpu_allocations',
        value: 'sum 99.5',
        rule: 'has weights that sum to 100 within 0.01',
      },
    ]);
  });

  it('cannot be empty', () => {
    expect(brokenFields({ gpuAllocations: new Map() })).toEqual(['gpu_allocations']);
  });

  it.each([0, -5, 100.1, NaN, Infinity, 1e-9])('cannot give a category %d percent', (weight) => {
    const broken = brokenFields({ gpuAllocations: allocations({ H100: weight, A100: 100 }) });
    expect(broken).toEqual(['gpu_allocations.H100.weight']);
  });

  it('accept the largest limits of GPUs', () => {
    const limits = { minGpuCount: 2_048, minGpuVramGib: 4_096 };
    expect(brokenFields({ gpuAllocations: allocations({ H100: 100 }, limits) })).toEqual([]);
  });

  it.each([-1, 1.5, 2_049, NaN])('cannot ask for %d GPUs', (minGpuCount) => {
    const broken = brokenFields({ gpuAllocations: allocations({ H100: 100 }, { minGpuCount }) });
    expect(broken).toEqual(['gpu_allocations.H100.min_gpu_count']);
  });

  it.each([-1, 0.5, 81_920, Infinity])('cannot ask for %d GiB', (minGpuVramGib) => {
    const broken = brokenFields({ gpuAllocations: allocations({ H100: 100 }, { minGpuVramGib }) });
    expect(broken).toEqual(['gpu_allocations.H100.min_gpu_vram']);
  });

  it('cannot name an unknown category, and the nearest is named instead', () => {
    const config = mergeWithDefaults({ gpuAllocations: allocations({ H1OO: 100 }) });
    expect(checkEmissionConfig(config)).toEqual([
      {
        field: 'gpu_allocations.H1OO',
        value: 'H1OO',
        rule: expect.stringMatching(/^is a known category, the nearest is H100$/),
      },
    ]);
  });

  it('cannot pay GPUs that are not known', () => {
    const config = mergeWithDefaults({ gpuAllocations: allocations({ OTHER: 100 }) });
    expect(checkEmissionConfig(config)[0]?.rule).toContain('can be paid');
  });

  it('are keyed by the canonical spelling', () => {
    const config = mergeWithDefaults({ gpuAllocations: allocations({ h100: 100 }) });
    expect(checkEmissionConfig(config)[0]?.rule).toContain('H100');
  });

  it('quote and shorten hostile keys', () => {
    const key = `H100\n${'x'.repeat(10_000)}`;
    const [broken] = checkEmissionConfig(
      mergeWithDefaults({ gpuAllocations: allocations({ [key]: 100 }) }),
    );
    expect(broken?.field.length).toBeLessThan(100);
    expect(broken?.field).not.toContain('\n');
  });
});

describe('spelling of allocation keys', () => {
  const share = { weight: 50, minGpuCount: 0, minGpuVramGib: 0 };

  it('does not matter', () => {
    const { gpuAllocations, violations } = normaliseAllocations([
      ['h100', share],
      ['rtx4090', share],
    ]);
    expect([...gpuAllocations.keys()]).toEqual(['H100', 'RTX4090']);
    expect(violations).toEqual([]);
  });

  it('cannot hide that a category is there twice', () => {
    const { gpuAllocations, violations } = normaliseAllocations([
      ['H100', share],
      ['h100', share],
    ]);
    expect([...gpuAllocations.keys()]).toEqual(['H100']);
    expect(violations).toEqual([
      {
        field: 'gpu_allocations.h100',
        value: 'h100',
        rule: 'names each category once, H100 is there already',
      },
    ]);
  });

  it('leaves an unknown key for the check to refuse', () => {
    const { gpuAllocations } = normaliseAllocations([['H1OO', { ...share, weight: 100 }]]);
    expect(brokenFields({ gpuAllocations })).toEqual(['gpu_allocations.H1OO']);
  });
});

describe('the interval', () => {
  it.each([1, 360, 4_294_967_295])('may be %d blocks', (weightSetIntervalBlocks) => {
    expect(brokenFields({ weightSetIntervalBlocks })).toEqual([]);
  });

  it.each([0, -1, 0.5, 4_294_967_296, Number.MAX_VALUE, NaN, Infinity])(
    'cannot be %d blocks',
    (weightSetIntervalBlocks) => {
      expect(brokenFields({ weightSetIntervalBlocks })).toEqual(['weight_set_interval_blocks']);
    },
  );
});

describe('the miners that a category needs', () => {
  it.each([1, 65_536])('may be %d', (minMinersPerCategory) => {
    expect(brokenFields({ minMinersPerCategory })).toEqual([]);
  });

  it.each([0, -1, 1.5, 65_537, NaN])('cannot be %d', (minMinersPerCategory) => {
    expect(brokenFields({ minMinersPerCategory })).toEqual(['min_miners_per_category']);
  });
});

describe('a configuration that breaks several rules', () => {
  it('has each of them named', () => {
    const broken = brokenFields({
      burnPercentage: -1,
      burnTarget: 70_000,
      gpuAllocations: new Map(),
      weightSetIntervalBlocks: 0,
      minMinersPerCategory: 0,
    });
    expect(broken).toEqual([
      'burn_percentage',
      'burn_uid',
      'gpu_allocations',
      'weight_set_interval_blocks',
      'min_miners_per_category',
    ]);
  });
});

describe('millionths of a percent', () => {
  it('are exact for every percentage of at most six decimals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MICRO_PERCENT_MAX }), (micros) => {
        const digits = String(micros).padStart(7, '0');
        const decimal = Number(`${digits.slice(0, -6)}.${digits.slice(-6)}`);
        expect(toMicroPercent(decimal)).toBe(micros);
      }),
    );
  });

  it('refuse every double that is not the nearest to such a percentage', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const decimals = /^\d+(?:\.(\d+))?$/.exec(String(percent))?.[1] ?? '';
        fc.pre(decimals.length > 6 || String(percent).includes('e-'));
        expect(() => toMicroPercent(percent)).toThrow(AssayError);
      }),
    );
  });

  it('have no negative zero', () => {
    expect(Object.is(toMicroPercent(-0), 0)).toBe(true);
  });

  it.each([NaN, Infinity, -1, 101])('refuse %d and name the field', (percent) => {
    expect(() => toMicroPercent(percent, 'burn_percentage')).toThrow(/^burn_percentage: /);
  });

  it('call the field a percentage when it has no name', () => {
    expect(() => toMicroPercent(NaN)).toThrow(/^percentage: NaN/);
  });
});
