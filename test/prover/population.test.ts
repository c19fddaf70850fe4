import { describe, expect, it } from 'vitest';
import { devMiners } from '../../src/chain/dev/dev-genesis.ts';
import { LAPTOPS, SLICES, UNKNOWN_CARDS, WHOLE_CARDS } from '../../src/prover/driver-names.ts';
import { simulatedPopulation } from '../../src/prover/population.ts';

const miners = devMiners({ seed: 5, miners: 200 });
const population = simulatedPopulation(5, miners);
const machines = population.flatMap((miner) => miner.machines);
const gpus = machines.flatMap((machine) => machine.gpus);

describe('the simulated population', () => {
  it('is the same for the same seed, whoever else is there', () => {
    expect(simulatedPopulation(5, miners)).toEqual(population);
    expect(simulatedPopulation(5, miners.slice(10, 20))).toEqual(population.slice(10, 20));
    expect(simulatedPopulation(6, miners)).not.toEqual(population);
  });

  it('has miners of 1 to 64 machines, most of them small', () => {
    const sizes = population.map((miner) => miner.machines.length).sort((a, b) => a - b);
    expect(sizes[0]).toBe(1);
    expect(sizes.at(-1)).toBeLessThanOrEqual(64);
    expect(sizes.at(-1)).toBeGreaterThan(40);
    expect(sizes[100]).toBeLessThan(10);
  });

  it('has miners of every category that is paid by default', () => {
    for (const name of [/H200/, /H100/, /A100/, /RTX 4090/, /RTX 3090/]) {
      const having = population.filter((miner) =>
        miner.machines.some((machine) => machine.gpus.some((group) => name.test(group.model))),
      );
      expect(having.length, String(name)).toBeGreaterThanOrEqual(5);
    }
  });

  it('has whole cards, slices, laptops, unknown names and mixed machines', () => {
    const models = new Set(gpus.map(({ model }) => model));
    for (const cards of [WHOLE_CARDS, SLICES, LAPTOPS, UNKNOWN_CARDS]) {
      expect(cards.some(({ model }) => models.has(model))).toBe(true);
    }
    expect(machines.some((machine) => machine.gpus.length > 1)).toBe(true);
  });

  it('has machines whose attestation is invalid and machines that fail often, both rarely', () => {
    const invalid = machines.filter((machine) => !machine.hasValidAttestation).length;
    const flaky = machines.filter((machine) => machine.failureChance > 0.1).length;
    expect(invalid / machines.length).toBeGreaterThan(0.01);
    expect(invalid / machines.length).toBeLessThan(0.1);
    expect(flaky / machines.length).toBeGreaterThan(0.05);
    expect(flaky / machines.length).toBeLessThan(0.2);
  });

  it('names every GPU once, or none of a machine', () => {
    const uuids = gpus.flatMap((group) => group.uuids);
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(uuids[0]).toMatch(/^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    for (const group of gpus) expect([0, group.count]).toContain(group.uuids.length);
    expect(gpus.some((group) => group.uuids.length === 0)).toBe(true);
  });

  it('scores hardware from 0 to 1', () => {
    for (const { hardwareScore } of machines) {
      expect(hardwareScore).toBeGreaterThanOrEqual(0.5);
      expect(hardwareScore).toBeLessThanOrEqual(1);
    }
  });
});
