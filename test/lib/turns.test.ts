import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/lib/assert.ts';
import { Turns } from '../../src/lib/turns.ts';

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The costs that were let in, by turn, when all of them claim at once; turns without any are left out. */
async function admitted(turns: Turns, costs: readonly number[]): Promise<number[][]> {
  let turn = 0;
  const byTurn = new Map<number, number[]>();
  // Before the turns see to it themselves, so that this one counts first in each.
  let counting = setImmediate(function count() {
    turn += 1;
    counting = setImmediate(count);
  });
  const all = costs.map(async (cost) => {
    await turns.enter(cost);
    byTurn.set(turn, [...(byTurn.get(turn) ?? []), cost]);
  });
  await Promise.all(all);
  clearImmediate(counting);
  return [...byTurn.values()];
}

describe('turns', () => {
  it('let in at once what fits the present one', async () => {
    const turns = new Turns(10);
    expect(await admitted(turns, [4, 5, 1])).toEqual([[4, 5, 1]]);
  });

  it('make what comes beyond a turn wait for the next, in order', async () => {
    expect(await admitted(new Turns(10), [6, 6, 6, 6, 1])).toEqual([[6, 6], [6, 6], [1]]);
  });

  it('let what is more than a turn end the turn in which it comes', async () => {
    expect(await admitted(new Turns(10), [25, 1, 99, 2])).toEqual([[25], [1, 99], [2]]);
  });

  it.each([0, -1, Number.NaN])('have room for some work, which %d is not', (perTurn) => {
    expect(() => new Turns(perTurn)).toThrow(AssertionError);
  });

  it('begin anew when nobody has waited', async () => {
    const turns = new Turns(1);
    expect(await admitted(turns, [1])).toEqual([[1]]);
    await nextTurn();
    expect(await admitted(turns, [1])).toEqual([[1]]);
  });

  it('let everybody in, in order, and begin no turn beyond its limit', async () => {
    const costs = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(costs, fc.integer({ min: 1, max: 20 }), async (all, perTurn) => {
        const byTurn = await admitted(new Turns(perTurn), all);
        expect(byTurn.flat()).toEqual(all);
        for (const turn of byTurn) {
          const beforeLast = turn.slice(0, -1).reduce((sum, cost) => sum + cost, 0);
          expect(beforeLast).toBeLessThan(perTurn);
        }
      }),
      { numRuns: 60 },
    );
  });
});
