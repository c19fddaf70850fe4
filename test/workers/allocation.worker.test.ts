import { valueSymbol } from 'piscina';
import { describe, expect, it } from 'vitest';
import { type Scored, sharePopulation } from '../../src/compute/columns.ts';
import { allocate as allocateInline } from '../../src/domain/allocate.ts';
import { allocate, apportion, scorePart } from '../../workers/allocation.worker.ts';
import { largePopulation, policyOf } from '../support/populations.ts';

const policy = policyOf({ resolution: 'max' });
const population = sharePopulation(largePopulation(50));
const expected = allocateInline(population, policy);

describe('the allocation worker', () => {
  it('calculates an allocation whole', () => {
    expect(allocate({ population, policy }).allocation).toEqual(expected);
  });

  it('calculates it in parts that are put together in any order', () => {
    const parts = [
      { start: 20, end: 50 },
      { start: 0, end: 20 },
    ].map((range) => received<Scored>(scorePart({ population, policy, ...range })).pairs);
    expect(apportion({ parts, policy }).allocation).toEqual(expected);
  });
});

/** What the main thread gets of an answer that is marked for transfer. */
function received<T>(answer: unknown): T {
  return (answer as { readonly [valueSymbol]: T })[valueSymbol];
}
