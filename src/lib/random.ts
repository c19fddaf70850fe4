import { assert, present } from './assert.ts';

/** A reproducible sequence of pseudo-random values; never a source of secrets. */
export interface Random {
  /** A number in [0, 1) with 32 bits of resolution. */
  next(): number;
  /** An integer from `min` to `max`, both included; `max − min` is below 2³². */
  integer(min: number, max: number): number;
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean;
  /** One element. @throws AssertionError when the list is empty. */
  pick<T>(list: readonly T[]): T;
  /** A new list with the same elements in a random order (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[];
  /** `count` bytes. */
  bytes(count: number): Uint8Array;
}

/**
 * The sequence that belongs to a seed: the same parts give the same sequence on every machine, and sequences of different
 * parts are independent for every practical purpose. Parts name a purpose: `random(7, 'genesis')`. The generator is sfc32
 * (Chris Doty-Humphrey, PractRand), its state the text of the parts hashed to 96 bits.
 */
export function random(...seed: readonly (number | string)[]): Random {
  assert(seed.length > 0, 'a random sequence has a seed');
  return new SeededRandom(hashed(seed.join('/')));
}

const WARM_UP_ROUNDS = 12;
const TWO_TO_32 = 2 ** 32;

class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor([a, b, c]: readonly [number, number, number]) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let round = 0; round < WARM_UP_ROUNDS; round += 1) this.#word();
  }

  next(): number {
    return this.#word() / TWO_TO_32;
  }

  integer(min: number, max: number): number {
    assert(Number.isInteger(min) && Number.isInteger(max) && min <= max, `range ${min}..${max}`);
    assert(max - min < TWO_TO_32, `range ${min}..${max} is below 2³²`);
    return min + Math.floor(this.next() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    assert(list.length > 0, 'there is something to pick from');
    return list[this.integer(0, list.length - 1)] as T;
  }

  shuffle<T>(list: readonly T[]): T[] {
    const shuffled = [...list];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.integer(0, last);
      const moved = shuffled[last] as T;
      shuffled[last] = shuffled[other] as T;
      shuffled[other] = moved;
    }
    return shuffled;
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index += 1) bytes[index] = this.#word() >>> 24;
    return bytes;
  }

  /** One step of sfc32: 32 unsigned bits. */
  #word(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }
}

/** Three 32-bit words from text: FNV-1a with three bases, each finished with MurmurHash3's mixer. */
function hashed(text: string): [number, number, number] {
  const words = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b].map((basis) => {
    let word = basis;
    for (let index = 0; index < text.length; index += 1) {
      word = Math.imul(word ^ text.charCodeAt(index), 0x01000193);
    }
    return mixed(word ^ text.length);
  });
  return [present(words[0], 'word a'), present(words[1], 'word b'), present(words[2], 'word c')];
}

function mixed(word: number): number {
  let value = word ^ (word >>> 16);
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return value ^ (value >>> 16);
}
