/**
 * What crosses to the thread that takes a population. Cloning an object per neuron would hold the event loop for longer
 * than reading the profiles, so the metagraph goes over as columns and one text, in memory that every thread can read.
 */
import type { PopulationRequest } from '../actors/ports.ts';
import { type Hotkey, MINER_UID_MAX, minerUid } from '../domain/ids.ts';
import type { Neuron } from '../domain/metagraph.ts';
import type { PopulationRules } from '../domain/miner-facts.ts';
import type { Population } from '../domain/population.ts';
import { present } from '../lib/assert.ts';
import { LINES_PER_CHUNK_MAX, type PackedPart } from '../lib/packed-lines.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { inBoundedSteps } from './bounded-steps.ts';
import { type FactQueries, factQueries, type UidRange } from './fact-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** One population to take, or a part of it. */
export interface PopulationTask extends FactQueries, UidRange {
  readonly file: string;
  readonly rules: PopulationRules;
  readonly neurons: NeuronColumns;
}

/** What a thread makes of a task; columns and text are in memory that every thread can read. */
export interface TakenPart {
  readonly population: Population;
  readonly input: PackedPart;
  /** As in `TakenPopulation`. */
  readonly holders: string;
}

/** What a population needs of each neuron, by rising UID. */
interface NeuronColumns {
  readonly uid: Int32Array;
  readonly registeredAtBlock: Float64Array;
  readonly isAxonActive: Uint8Array;
  /** One to a line, in ASCII. */
  readonly hotkeys: Uint8Array;
}

export async function populationTask(
  { query, file }: SqliteDatabase,
  { metagraph, rules }: PopulationRequest,
): Promise<PopulationTask> {
  return {
    file,
    afterUid: -1,
    lastUid: MINER_UID_MAX,
    ...factQueries(query),
    rules,
    neurons: await neuronColumns(metagraph),
  };
}

const NEURONS_PER_STEP = 8_192;

type TakenNeuron = Pick<Neuron, 'uid' | 'hotkey' | 'registeredAtBlock' | 'isAxonActive'>;

async function neuronColumns({ neurons }: PopulationRequest['metagraph']): Promise<NeuronColumns> {
  const columns = {
    uid: new Int32Array(sharedOf(Int32Array, neurons.length)),
    registeredAtBlock: new Float64Array(sharedOf(Float64Array, neurons.length)),
    isAxonActive: new Uint8Array(sharedOf(Uint8Array, neurons.length)),
  };
  const hotkeys: Uint8Array[] = [];
  await inBoundedSteps({ rows: neurons.length, rowsPerStep: NEURONS_PER_STEP }, ({ from, to }) => {
    const step = neurons.slice(from, to);
    hotkeys.push(Buffer.from(step.map(({ hotkey }) => `${hotkey}\n`).join('')));
    for (const [index, neuron] of step.entries()) {
      columns.uid[from + index] = neuron.uid;
      columns.registeredAtBlock[from + index] = neuron.registeredAtBlock;
      columns.isAxonActive[from + index] = Number(neuron.isAxonActive);
    }
  });
  return { ...columns, hotkeys: sharedBytes(hotkeys) };
}

function sharedOf(
  { BYTES_PER_ELEMENT: bytes }: { readonly BYTES_PER_ELEMENT: number },
  length: number,
): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes * length);
}

/** The population in two parts of as many profiles; the first ends where a chunk of its lines does. */
export function halves(
  task: PopulationTask,
  { uidAt, count }: { readonly uidAt: (place: number) => number; readonly count: number },
): readonly [PopulationTask, PopulationTask] {
  const chunks = Math.max(1, Math.round(count / 2 / LINES_PER_CHUNK_MAX));
  const middle = uidAt(chunks * LINES_PER_CHUNK_MAX - 1);
  return [
    { ...task, lastUid: middle },
    { ...task, afterUid: middle },
  ];
}

/** The neurons of the task's range again, by UID. */
export function neuronsByUid({
  neurons: columns,
  afterUid,
  lastUid,
}: PopulationTask): ReadonlyMap<number, TakenNeuron> {
  const hotkeys = Buffer.from(columns.hotkeys).toString('ascii').split('\n');
  const byUid = new Map<number, TakenNeuron>();
  for (const [row, uid] of columns.uid.entries()) {
    if (uid <= afterUid || uid > lastUid) continue;
    byUid.set(uid, {
      uid: minerUid(uid),
      hotkey: present(hotkeys[row], 'every neuron has a hotkey') as Hotkey,
      registeredAtBlock: columns.registeredAtBlock[row] as number,
      isAxonActive: columns.isAxonActive[row] === 1,
    });
  }
  return byUid;
}
