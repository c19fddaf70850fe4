import { assert } from '../lib/assert.ts';
import type { Population } from './population.ts';

type Column = Int32Array | Uint16Array | Uint8Array;
type Memory = (byteCount: number) => ArrayBufferLike;

const ownMemory: Memory = (byteCount) => new ArrayBuffer(byteCount);

/**
 * Two populations as one: all miners of the second have higher UIDs than those of the first, so that the result is what one
 * builder makes of the miners of both.
 *
 * @param memory gives each column its memory, zeroed.
 * @throws AssertionError when a UID of the second is not higher.
 */
export function joinPopulations(
  first: Population,
  second: Population,
  memory = ownMemory,
): Population {
  const [a, b] = [first.miners, second.miners];
  const isRising = (a.uid.at(-1) ?? -1) < (b.uid.at(0) ?? Number.POSITIVE_INFINITY);
  assert(isRising, 'the second population has the higher UIDs');
  const [g, h] = [first.gpus, second.gpus];
  const joined = <T extends Column>(one: T, other: T) => joinedIn(memory, one, other);
  const minerCount = a.uid.length;
  const executorCount = countOf(g.executor);
  return {
    miners: {
      uid: joined(a.uid, b.uid),
      scoreMicros: joined(a.scoreMicros, b.scoreMicros),
      standing: joined(a.standing, b.standing),
      primaryCategory: joined(a.primaryCategory, b.primaryCategory),
    },
    gpus: {
      miner: numberedOn(joined(g.miner, h.miner), g.miner.length, minerCount),
      executor: numberedOn(joined(g.executor, h.executor), g.executor.length, executorCount),
      category: joined(g.category, h.category),
      count: joined(g.count, h.count),
      memoryMib: joined(g.memoryMib, h.memoryMib),
    },
  };
}

/** One more than the largest number; 0 without any. */
function countOf(numbers: Int32Array): number {
  let count = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] as number;
    if (number >= count) count = number + 1;
  }
  return count;
}

/** The numbers from a place on go on after those before it. */
function numberedOn(both: Int32Array, place: number, offset: number): Int32Array {
  for (let index = place; index < both.length; index += 1) {
    both[index] = (both[index] as number) + offset;
  }
  return both;
}

function joinedIn<T extends Column>(memory: Memory, first: T, second: T): T {
  const make = first.constructor as new (memory: ArrayBufferLike) => T;
  const both = new make(memory(first.byteLength + second.byteLength));
  both.set(first);
  both.set(second, first.length);
  return both;
}
