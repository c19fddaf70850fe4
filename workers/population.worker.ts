/** Takes a part of a population from the database in a thread of its own, inside one read transaction; joins the parts. */
import { getPriority, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { sharePopulation } from '../src/compute/columns.ts';
import { joinPopulations } from '../src/domain/join-populations.ts';
import { heldMinerLine } from '../src/domain/ledger/miner-line.ts';
import { heldFacts } from '../src/domain/miner-facts.ts';
import type { Population } from '../src/domain/population.ts';
import { PopulationBuilder } from '../src/domain/population-builder.ts';
import { digestOfParts, type PackedPart, PartPacker } from '../src/lib/packed-lines.ts';
import { FactRows, type FactStatements } from '../src/store/fact-rows.ts';
import { HolderLines } from '../src/store/holder-lines.ts';
import {
  type PopulationTask,
  RisingNeurons,
  type TakenPart,
} from '../src/store/population-task.ts';

/** The event loop comes first where there is not a processor for each. Only Linux takes this for the thread alone. */
const PRIORITY = 10;
if (!isMainThread && process.platform === 'linux' && getPriority() < PRIORITY) {
  setPriority(PRIORITY);
}

export function takePart(task: PopulationTask): TakenPart {
  const database = new Database(task.file, { readonly: true, fileMustExist: true });
  try {
    return database.transaction(() => read(database, task))();
  } finally {
    database.close();
  }
}

/** Copying the columns of a million machines would hold the event loop, as would reading the lines once more. */
export function joinColumns(populations: readonly Population[]): Population {
  return populations.reduce((first, second) => joinPopulations(first, second, sharedMemory));
}

function sharedMemory(byteCount: number): SharedArrayBuffer {
  return new SharedArrayBuffer(byteCount);
}

export function digest(texts: readonly PackedPart['text'][]): string {
  return digestOfParts(texts);
}

function prepare(
  database: Database.Database,
  { profilesSql, machinesSql }: PopulationTask,
): FactStatements {
  return {
    profiles: database.prepare(profilesSql).raw() as unknown as FactStatements['profiles'],
    machines: database.prepare(machinesSql).raw() as unknown as FactStatements['machines'],
  };
}

function read(database: Database.Database, task: PopulationTask): TakenPart {
  const neurons = new RisingNeurons(task.neurons);
  const builder = new PopulationBuilder(task.rules);
  const packer = new PartPacker();
  const holders = new HolderLines(task.afterUid + 1);
  const rows = new FactRows(prepare(database, task), task.rules);
  for (const { miner, holding, gpusText } of rows.miners(task)) {
    const { uid } = miner.miner;
    const facts = heldFacts(miner, neurons.at(uid), holding);
    builder.add(facts);
    packer.add(uid, heldMinerLine(facts, gpusText));
    holders.add(uid, facts.hotkey);
  }
  return {
    population: sharePopulation(builder.build()),
    input: packer.finish(),
    holders: holders.take(task.lastUid),
  };
}
