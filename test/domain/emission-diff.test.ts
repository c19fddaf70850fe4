import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmissionConfig } from '../../src/domain/emission.ts';
import { canonicalEmissionText, emissionChanges } from '../../src/domain/emission-diff.ts';
import { defaultEmissionConfig, mergeWithDefaults } from '../../src/domain/emission-rules.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { validEmissionConfig } from '../support/emission-arbitraries.ts';

function reordered(config: EmissionConfig): EmissionConfig {
  const { gpuAllocations, ...rest } = config;
  const keys = Object.entries(rest).reverse();
  return Object.fromEntries([
    ['gpuAllocations', new Map([...gpuAllocations].reverse())],
    ...keys,
  ]) as unknown as EmissionConfig;
}

describe('the canonical text', () => {
  it('does not depend on the order of keys and allocations', () => {
    fc.assert(
      fc.property(validEmissionConfig, (config) => {
        expect(canonicalEmissionText(reordered(config))).toBe(canonicalEmissionText(config));
      }),
    );
  });

  it('differs exactly when there are changes', () => {
    fc.assert(
      fc.property(validEmissionConfig, validEmissionConfig, (a, b) => {
        const isSame = canonicalEmissionText(a) === canonicalEmissionText(b);
        expect(emissionChanges(a, b).length === 0).toBe(isSame);
      }),
    );
  });

  it('stays as it is from release to release, because digests are taken of it', () => {
    expect(canonicalEmissionText(defaultEmissionConfig())).toBe(
      '{"burn_percentage":0,"burn_target":"owner","weight_set_interval_blocks":360,' +
        '"min_miners_per_category":1,"unallocated":"burn","attribution":"all","gpu_count":"linear",' +
        '"resolution":"max","positive_floor":true,"gpu_allocations":{' +
        '"A100":{"weight":20,"min_gpu_count":0,"min_gpu_vram":0},' +
        '"H100":{"weight":30,"min_gpu_count":0,"min_gpu_vram":0},' +
        '"H200":{"weight":30,"min_gpu_count":0,"min_gpu_vram":0},' +
        '"RTX3090":{"weight":8,"min_gpu_count":0,"min_gpu_vram":0},' +
        '"RTX4090":{"weight":12,"min_gpu_count":0,"min_gpu_vram":0}}}',
    );
  });
});

describe('the changes', () => {
  it('are none between equal configurations', () => {
    fc.assert(
      fc.property(validEmissionConfig, (config) => {
        expect(emissionChanges(config, reordered(config))).toEqual([]);
      }),
    );
  });

  it('name every field by its path, with both values', () => {
    const before = mergeWithDefaults({
      gpuAllocations: new Map([
        ['H100' as CategoryKey, { weight: 60, minGpuCount: 0, minGpuVramGib: 0 }],
        ['A100' as CategoryKey, { weight: 40, minGpuCount: 0, minGpuVramGib: 0 }],
      ]),
    });
    const after = {
      ...before,
      burnTarget: 7,
      hasPositiveFloor: false,
      gpuAllocations: new Map([
        ['H100' as CategoryKey, { weight: 70, minGpuCount: 0, minGpuVramGib: 80 }],
        ['L4' as CategoryKey, { weight: 30, minGpuCount: 0, minGpuVramGib: 0 }],
      ]),
    };
    expect(
      emissionChanges(before, after).map(
        ({ field, oldValue, newValue }) => `${field}: ${oldValue} -> ${newValue}`,
      ),
    ).toEqual([
      'burn_target: owner -> 7',
      'gpu_allocations.A100.min_gpu_count: 0 -> ',
      'gpu_allocations.A100.min_gpu_vram: 0 -> ',
      'gpu_allocations.A100.weight: 40 -> ',
      'gpu_allocations.H100.min_gpu_vram: 0 -> 80',
      'gpu_allocations.H100.weight: 60 -> 70',
      'gpu_allocations.L4.min_gpu_count:  -> 0',
      'gpu_allocations.L4.min_gpu_vram:  -> 0',
      'gpu_allocations.L4.weight:  -> 30',
      'positive_floor: true -> false',
    ]);
  });
});
