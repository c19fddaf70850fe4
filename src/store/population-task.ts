/**
 * What crosses to the thread that takes a population. Cloning an object per neuron would hold the event loop for longer
 * than reading the profiles, so the metagraph goes over as columns and one text, in memory that every thread can read.
 */
import type { Knex } from 'knex';
import type { PopulationRequest } from '../actors/ports.ts';
import { type Hotkey, MINER_UID_MAX, type MinerUid } from '../domain/ids.ts';
import type { Neuron } from '../domain/metagraph.ts';
import type { PopulationRules } from '../domain/miner-facts.ts';
import type { Population } from '../domain/population.ts';
import { inBoundedSteps } from '../lib/bounded-steps.ts';
import { LINES_PER_CHUNK_MAX, type PackedPart } from '../lib/packed-lines.ts';
import { sharedBytes } from '../lib/shared-bytes.ts';
import { TextBytes } from '../lib/text-bytes.ts';
import { factQueries, type UidRange } from './fact-rows.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

/** One population to take, or a part of it. */
export interface PopulationTask extends UidRange {
  readonly file: string;
  /** The texts of `FactQueries`. */
  readonly profilesSql: string;
  readonly machinesSql: string;
  readonly rules: PopulationRules;
  readonly neurons: NeuronColumns;
}

/** What a thread makes of a task; columns and text are in memory that every thread can read. */
export interface TakenPart {
  readonly population: Population;
  readonly input: PackedPart;
  /** Of the range, as in `TakenPopulation`. */
  readonly holders: Uint8Array;
}

/** What a population needs of each neuron, by rising UID. */
interface NeuronColumns {
  readonly uid: Int32Array;
  readonly registeredAtBlock: Float64Array;
  readonly isAxonActive: Uint8Array;
  /** One after the other, in ASCII. */
  readonly hotkeys: Uint8Array;
  /** Where that of each row ends. */
  readonly hotkeyEnd: Int32Array;
}

/** What a task needs of a request. */
export interface TakenRequest extends Pick<PopulationRequest, 'rules'> {
  readonly metagraph: Pick<PopulationRequest['metagraph'], 'neurons'>;
}

export async function populationTask(
  { query, file }: SqliteDatabase,
  { metagraph, rules }: TakenRequest,
): Promise<PopulationTask> {
  const queries = factQueries(query);
  return {
    file,
    afterUid: -1,
    lastUid: MINER_UID_MAX,
    profilesSql: sqlOf(queries.profiles),
    machinesSql: sqlOf(queries.machines),
    rules,
    neurons: await neuronColumns(metagraph.neurons),
  };
}

function sqlOf(query: Knex.QueryBuilder): string {
  return query.toSQL().toNative().sql;
}

/** They take one to three milliseconds. */
const NEURONS_PER_STEP = 4_096;

type TakenNeuron = Pick<Neuron, 'uid' | 'hotkey' | 'registeredAtBlock' | 'isAxonActive'>;

async function neuronColumns(neurons: readonly TakenNeuron[]): Promise<NeuronColumns> {
  const columns = {
    uid: new Int32Array(sharedOf(Int32Array, neurons.length)),
    registeredAtBlock: new Float64Array(sharedOf(Float64Array, neurons.length)),
    isAxonActive: new Uint8Array(sharedOf(Uint8Array, neurons.length)),
    hotkeyEnd: new Int32Array(sharedOf(Int32Array, neurons.length)),
  };
  const hotkeys: Uint8Array[] = [];
  const text = new TextBytes();
  let end = 0;
  await inBoundedSteps({ rows: neurons.length, rowsPerStep: NEURONS_PER_STEP }, ({ from, to }) => {
    for (let row = from; row < to; row += 1) {
      const { uid, hotkey, registeredAtBlock, isAxonActive } = neurons[row] as TakenNeuron;
      columns.uid[row] = uid;
      columns.registeredAtBlock[row] = registeredAtBlock;
      columns.isAxonActive[row] = Number(isAxonActive);
      text.add(hotkey);
      end += hotkey.length;
      columns.hotkeyEnd[row] = end;
    }
    hotkeys.push(text.take());
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

/** Finds neurons again, asked for by rising UID. */
export class RisingNeurons {
  readonly #columns: NeuronColumns;
  readonly #hotkeys: Buffer;
  #row = 0;

  constructor(columns: NeuronColumns) {
    const { buffer, byteOffset, byteLength } = columns.hotkeys;
    this.#columns = columns;
    this.#hotkeys = Buffer.from(buffer, byteOffset, byteLength);
  }

  at(uid: MinerUid): TakenNeuron | undefined {
    const { uid: uids, registeredAtBlock, isAxonActive, hotkeyEnd } = this.#columns;
    while ((uids[this.#row] ?? Number.POSITIVE_INFINITY) < uid) this.#row += 1;
    const row = this.#row;
    if (uids[row] !== uid) return undefined;
    return {
      uid,
      hotkey: this.#hotkeys.toString('latin1', hotkeyEnd[row - 1] ?? 0, hotkeyEnd[row]) as Hotkey,
      registeredAtBlock: registeredAtBlock[row] as number,
      isAxonActive: isAxonActive[row] === 1,
    };
  }
}
