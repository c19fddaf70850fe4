import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/config-error.ts';
import {
  emissionFromJson,
  emissionFromToml,
  emissionToJson,
  emissionToToml,
} from '../../src/config/emission-text.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { validEmissionConfig } from '../support/emission-arbitraries.ts';

function kindOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.kind;
    throw error;
  }
  return 'accepted';
}

describe('an emission configuration', () => {
  it('is the same after TOML and back', () => {
    fc.assert(
      fc.property(validEmissionConfig, (config) => {
        expect(emissionFromToml(emissionToToml(config))).toEqual(config);
      }),
    );
  });

  it('is the same after JSON and back', () => {
    fc.assert(
      fc.property(validEmissionConfig, (config) => {
        expect(emissionFromJson(emissionToJson(config))).toEqual(config);
      }),
    );
  });

  it('is completed by the defaults', () => {
    expect(emissionFromJson('{}')).toEqual(defaultEmissionConfig());
  });

  it.each([
    [() => emissionFromToml('[emission'), 'malformed'],
    [() => emissionFromJson('{'), 'malformed'],
    [() => emissionFromJson('[]'), 'malformed'],
    [() => emissionFromJson('{"emission":{"burn_percentage":101}}'), 'invalid'],
  ])('is refused as text: %s is %s', (run, kind) => {
    expect(kindOf(run)).toBe(kind);
  });
});
