import { describe, expect, it } from 'vitest';
import { minerUid } from '../../src/domain/ids.ts';
import { joinPopulations } from '../../src/domain/join-populations.ts';
import type { MinerFacts } from '../../src/domain/miner-facts.ts';
import { PopulationBuilder } from '../../src/domain/population-builder.ts';
import { SAMPLE_RULES, sampleFacts } from '../support/ledger-samples.ts';

function populationOf(miners: readonly MinerFacts[]) {
  const builder = new PopulationBuilder(SAMPLE_RULES);
  for (const facts of miners) builder.add(facts);
  return builder.build();
}

/** Miners with 0 to 3 groups of GPUs, two to a machine. */
const MINERS = Array.from({ length: 12 }, (_, uid) => {
  const gpu = sampleFacts(uid).gpus[0];
  if (gpu === undefined) throw new Error('a sample miner has GPUs');
  const gpus = Array.from({ length: uid % 4 }, (_unused, group) => ({
    ...gpu,
    executor: Math.floor(group / 2),
  }));
  return sampleFacts(uid, { uid: minerUid(uid), gpus });
});

describe('two populations', () => {
  it.each(MINERS.map((_, index) => index).concat(MINERS.length))(
    'come to what one builder makes of all miners, the first with %d of them',
    (middle) => {
      const [first, second] = [MINERS.slice(0, middle), MINERS.slice(middle)];
      expect(joinPopulations(populationOf(first), populationOf(second))).toEqual(
        populationOf(MINERS),
      );
    },
  );

  it('are not joined when they are in the other order', () => {
    const [first, second] = [populationOf(MINERS.slice(0, 3)), populationOf(MINERS.slice(3))];
    expect(() => joinPopulations(second, first)).toThrow(
      'the second population has the higher UIDs',
    );
  });
});
