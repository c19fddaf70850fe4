import { setImmediate } from 'node:timers/promises';
import type { PopulationRequest, TakenPopulation } from '../actors/ports.ts';
import { MINER_UID_MAX } from '../domain/ids.ts';
import { heldMinerLine } from '../domain/ledger/miner-line.ts';
import { heldFacts } from '../domain/miner-facts.ts';
import { PopulationBuilder } from '../domain/population-builder.ts';
import { LinePacker } from '../lib/packed-lines.ts';
import { FACT_PARAMETERS, FactRows, type FactStatements, factQueries } from './fact-rows.ts';
import { HolderLines } from './holder-lines.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** Bounds how long the event loop stands still: a thousand miners take a few milliseconds. */
const UIDS_PER_STEP = 512;

/** Takes populations on the calling thread, in steps, so that reports keep streaming. */
export class InlinePopulation {
  readonly #database: SqliteDatabase;
  readonly #statements: FactStatements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  /** @throws AssayError `store_unusable` when a row is damaged, `store_unavailable`. */
  async take({ metagraph, rules }: PopulationRequest): Promise<TakenPopulation> {
    const neuronAt = new Map(metagraph.neurons.map((neuron) => [neuron.uid, neuron]));
    const rows = new FactRows(this.#statements, rules);
    const builder = new PopulationBuilder(rules);
    const packer = new LinePacker();
    const holders = new HolderLines(0);
    for (let afterUid = -1; afterUid < MINER_UID_MAX; afterUid += UIDS_PER_STEP) {
      const range = { afterUid, lastUid: afterUid + UIDS_PER_STEP };
      for (const { miner, holding, gpusText } of this.#database.read(() => [
        ...rows.miners(range),
      ])) {
        const { uid } = miner.miner;
        const facts = heldFacts(miner, neuronAt.get(uid), holding);
        builder.add(facts);
        packer.add(uid, heldMinerLine(facts, gpusText));
        holders.add(uid, facts.hotkey);
      }
      await setImmediate();
    }
    return { population: builder.build(), input: packer.finish(), holders: [holders.take()] };
  }
}

function prepare(database: SqliteDatabase): FactStatements {
  const { profiles, machines } = factQueries(database.query);
  return {
    profiles: database
      .statement<never[]>(profiles, FACT_PARAMETERS.profiles)
      .raw() as unknown as FactStatements['profiles'],
    machines: database
      .statement<never[]>(machines, FACT_PARAMETERS.machines)
      .raw() as unknown as FactStatements['machines'],
  };
}
