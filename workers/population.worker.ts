/** Takes a population, or a part of it, from the database in a thread of its own, inside one read transaction. */
import { getPriority, setPriority } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { sharePopulation } from '../src/compute/columns.ts';
import { minerLine } from '../src/domain/ledger/miner-line.ts';
import { minerFacts } from '../src/domain/miner-facts.ts';
import { PopulationBuilder } from '../src/domain/population-builder.ts';
import { LinePacker } from '../src/lib/packed-lines.ts';
import { factSources } from '../src/store/fact-rows.ts';
import { neuronsByUid, type PopulationTask } from '../src/store/population-task.ts';

/** The event loop comes first where there is not a processor for each. Only Linux takes this for the thread alone. */
const PRIORITY = 5;
if (!isMainThread && process.platform === 'linux' && getPriority() < PRIORITY) {
  setPriority(PRIORITY);
}

export function takePopulation(task: PopulationTask) {
  const database = new Database(task.file, { readonly: true, fileMustExist: true });
  try {
    return database.transaction(() => read(database, task))();
  } finally {
    database.close();
  }
}

function read(database: Database.Database, task: PopulationTask) {
  const neuronAt = neuronsByUid(task);
  const builder = new PopulationBuilder(task.rules);
  const packer = new LinePacker();
  for (const source of factSources(database, task)) {
    const { uid } = source.miner;
    const facts = minerFacts(source, neuronAt.get(uid), task.rules);
    builder.add(facts);
    packer.add(uid, minerLine(facts));
  }
  return { population: sharePopulation(builder.build()), input: packer.finish() };
}
