/**
 * What is large about a weight set: takes a part of its population from the database, inside one read transaction, joins the
 * parts, and writes down parts of the lines of its decision.
 */
import Database from 'better-sqlite3';
import { sharePopulation } from '../src/compute/columns.ts';
import { joinPopulations } from '../src/domain/join-populations.ts';
import { heldMinerLine } from '../src/domain/ledger/miner-line.ts';
import { heldFacts } from '../src/domain/miner-facts.ts';
import type { Population } from '../src/domain/population.ts';
import { PopulationBuilder } from '../src/domain/population-builder.ts';
import { digestOfParts, type PackedPart, PartPacker } from '../src/lib/packed-lines.ts';
import { comeLast } from '../src/lib/thread-priority.ts';
import { FactRows, type FactStatements } from '../src/store/fact-rows.ts';
import { assertHeld, HolderLines } from '../src/store/holder-lines.ts';
import {
  type HeldTask,
  linesOfPairs,
  linesOfVector,
  type PairLines,
  type PairLinesTask,
  rehearseLines,
  type WeightLinesTask,
} from '../src/store/line-tasks.ts';
import {
  type PopulationTask,
  RisingNeurons,
  type TakenPart,
} from '../src/store/population-task.ts';

comeLast();

const REHEARSALS = 2;

export function takePart(task: PopulationTask): TakenPart {
  const database = new Database(task.file, { readonly: true, fileMustExist: true });
  try {
    return database.transaction(() => read(database, task))();
  } finally {
    database.close();
  }
}

/**
 * Runs what a weight set runs, as often as V8 needs to compile it: what it has compiled for the first run is thrown away in the
 * second, which enters loops that the first one was in already.
 */
export async function rehearse(task: PopulationTask): Promise<void> {
  for (let run = 0; run < REHEARSALS; run += 1) {
    await rehearseLines(takePart(task).population.miners.uid);
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

export function pairLines(task: PairLinesTask): Promise<PairLines> {
  return linesOfPairs(task);
}

export function weightLines(task: WeightLinesTask): ReturnType<typeof linesOfVector> {
  return linesOfVector(task);
}

export function assertPairsHeld({ uids, holders }: HeldTask): void {
  assertHeld(uids, holders);
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
