import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/lib/random.ts';

function sequence(...seed: (number | string)[]): number[] {
  const source = random(...seed);
  return Array.from({ length: 8 }, () => source.next());
}

describe('random', () => {
  it('gives the same sequence for the same seed, on every machine', () => {
    expect(sequence(42, 'genesis')).toEqual(sequence(42, 'genesis'));
    expect(random(42).bytes(8)).toEqual(Uint8Array.of(231, 89, 217, 171, 21, 252, 54, 199));
  });

  it('gives another sequence for every other seed or purpose', () => {
    const first = Array.from({ length: 2_000 }, (_, seed) => sequence(seed).join());
    expect(new Set(first).size).toBe(2_000);
    expect(sequence(1, 'a')).not.toEqual(sequence(1, 'b'));
    expect(sequence(1, 'a')).not.toEqual(sequence(2, 'a'));
  });

  it('spreads numbers evenly over [0, 1)', () => {
    const source = random(7);
    const buckets = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const bucket = Math.floor(source.next() * 10);
      buckets[bucket] = Number(buckets[bucket]) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('keeps integers within their bounds and reaches both', () => {
    const source = random(9);
    const drawn = Array.from({ length: 1_000 }, () => source.integer(-2, 3));
    expect(new Set(drawn)).toEqual(new Set([-2, -1, 0, 1, 2, 3]));
    expect(() => source.integer(1, 0)).toThrow('range 1..0');
    expect(() => source.integer(0, 2 ** 32)).toThrow('below 2³²');
  });

  it('answers chances as often as asked', () => {
    const source = random(11);
    const hits = Array.from({ length: 10_000 }, () => source.chance(0.2)).filter(Boolean).length;
    expect(Math.abs(hits - 2_000)).toBeLessThan(150);
    expect(source.chance(0)).toBe(false);
    expect(source.chance(1)).toBe(true);
  });

  it('picks only what is there', () => {
    const source = random(13);
    const picked = new Set(Array.from({ length: 100 }, () => source.pick(['a', 'b', 'c'])));
    expect(picked).toEqual(new Set(['a', 'b', 'c']));
    expect(() => source.pick([])).toThrow('something to pick from');
  });

  it('shuffles without losing, adding or changing the list it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (list, seed) => {
        const before = [...list];
        const shuffled = random(seed).shuffle(list);
        expect(list).toEqual(before);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(before.toSorted((a, b) => a - b));
      }),
    );
    expect(random(1).shuffle([1, 2, 3, 4, 5, 6, 7, 8])).not.toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('needs a seed', () => {
    expect(() => random()).toThrow('a random sequence has a seed');
  });
});
