/**
 * Seeded runs of the weight setter with the real adapter, a real WebSocket and a real database against a node that fails
 * at random, with crashes at any moment; `npm run bench -- chain-faults` carries out a thousand. A run that fails prints
 * its seed and what happened in it.
 */
import { expect, it, onTestFinished, vi } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite-database.ts';
import { SqliteWeightSetStore } from '../../src/store/sqlite-weight-set-store.ts';
import { type FaultRunResult, faultRun } from '../support/subtensor-fault-run.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const SEEDS = Array.from({ length: 32 }, (_, seed) => seed);

it('never submits a decision twice, sets too fast, leaves a set open or misjudges one, whatever fails', async () => {
  quietConsole();
  const results: FaultRunResult[] = [];
  for (const seed of SEEDS) {
    const database = await SqliteDatabase.open({ file: `${temporaryFolder()}/${seed}.db` });
    const sets = new SqliteWeightSetStore({ database, netuid: 1, mecid: 0 });
    const result = await faultRun(seed, sets);
    await database.close();
    const trace = result.broken.length === 0 ? [] : result.trace;
    expect({ seed, broken: result.broken, trace }).toEqual({ seed, broken: [], trace: [] });
    results.push(result);
  }
  // The faults must leave something to see of every kind.
  const ends = results.flatMap(({ sets }) => sets.map(({ state }) => state));
  const commits = results
    .flatMap(({ sets }) => sets)
    .filter(({ extrinsic }) => extrinsic?.commitment);
  expect(ends.filter((state) => state === 'verified').length).toBeGreaterThan(SEEDS.length / 2);
  expect(ends.filter((state) => state === 'failed').length).toBeGreaterThan(SEEDS.length / 4);
  expect(commits.length).toBeGreaterThan(SEEDS.length / 4);
  expect(sum(results, ({ crashCount }) => crashCount)).toBeGreaterThan(SEEDS.length / 4);
  expect(sum(results, ({ submissionCount }) => submissionCount)).toBeGreaterThan(SEEDS.length);
}, 240_000);

function sum(
  results: readonly FaultRunResult[],
  count: (result: FaultRunResult) => number,
): number {
  return results.reduce((total, result) => total + count(result), 0);
}

/** polkadot.js tells the console of every connection that breaks while it begins. */
function quietConsole(): void {
  for (const level of ['error', 'warn'] as const) {
    const spy = vi.spyOn(console, level).mockImplementation(() => undefined);
    onTestFinished(() => spy.mockRestore());
  }
}
