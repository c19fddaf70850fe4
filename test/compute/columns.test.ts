import { describe, expect, it } from 'vitest';
import { buffersOf, shareApportioned, sharePopulation, timed } from '../../src/compute/columns.ts';
import { apportion } from '../../src/domain/apportion.ts';
import { scorePairs } from '../../src/domain/score-pairs.ts';
import { policyOf, populationOf } from '../support/populations.ts';

const population = populationOf([
  { uid: 70_000, score: 0.123456, primary: 2, shutBy: 'STALE', gpus: [{ category: 65_000 }] },
  { uid: 3, gpus: [{ category: 1, count: 8, memoryMib: 24_564 }, { category: 2 }] },
  { uid: 4 },
]);

describe('a population in shared memory', () => {
  it('equals the one it was made from, in one block', () => {
    const shared = sharePopulation(population);
    expect(shared).toEqual(population);
    const columns = [...Object.values(shared.miners), ...Object.values(shared.gpus)];
    const memory = new Set(columns.map(({ buffer }) => buffer));
    expect(memory.size).toBe(1);
    expect([...memory][0]).toBeInstanceOf(SharedArrayBuffer);
  });

  it('does not change with the one it was made from', () => {
    const original = structuredClone(population);
    const shared = sharePopulation(original);
    original.miners.uid.fill(0);
    original.gpus.count.fill(0);
    expect(shared).toEqual(population);
  });

  it('may be empty', () => {
    expect(sharePopulation(populationOf([]))).toEqual(populationOf([]));
  });
});

describe('scored pairs', () => {
  it('can be moved whole by the list of their buffers', () => {
    const pairs = scorePairs(population, policyOf());
    const copy = structuredClone(pairs);
    const moved = structuredClone(pairs, { transfer: buffersOf(pairs) });
    expect(moved).toEqual(copy);
    expect(pairs.uid.length).toBe(0);
    expect(pairs.basis.length).toBe(0);
  });
});

describe('an allocation', () => {
  it('comes back in memory that every thread can read, and is the same', () => {
    const [allocation, span] = timed(() =>
      apportion(scorePairs(population, policyOf()), policyOf()),
    );
    const { pairs, ...shared } = shareApportioned({ allocation, apportion: span }).allocation;
    expect({ ...shared, pairs }).toEqual(allocation);
    const memory = new Set(Object.values(pairs).map(({ buffer }) => buffer));
    expect(memory.size).toBe(1);
    expect([...memory][0]).toBeInstanceOf(SharedArrayBuffer);
  });
});

describe('a timed calculation', () => {
  it('gives its result and a span on the time line of the epoch', () => {
    const [result, span] = timed(() => 42);
    expect(result).toBe(42);
    expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);
    expect(span.startMs).toBeGreaterThan(Date.UTC(2025));
    const [, later] = timed(() => 43);
    expect(later.startMs).toBeGreaterThanOrEqual(span.endMs);
  });
});
