/**
 * What the machines of a miner come to, from one row with all of them. Most miners have machines of few kinds that one report
 * judged at one time: what such machines come to is remembered by their text, and neither parsed nor added up again.
 */
import type { JudgedExecutor } from '../domain/gpu/distribution.ts';
import { gpusText } from '../domain/ledger/miner-line.ts';
import {
  isExpired,
  type MinerHolding,
  minerHolding,
  type PopulationRules,
} from '../domain/miner-facts.ts';
import { assert } from '../lib/assert.ts';
import { gpusOf } from './gpus-json.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

/** The valid machines of one miner by their identifiers, one to a line in each text. */
export type MachinesRow = readonly [
  minerUid: number,
  executorIds: string,
  verifiedTimes: string,
  gpusJson: string,
];

/** What the machines come to, also as the text that a line of the ledger has of them. */
export interface Held {
  readonly holding: MinerHolding;
  readonly gpusText: string;
}

/** All texts together; a miner of a thousand machines has one of 70,000. */
const REMEMBERED_CHARACTERS_MAX = 8_388_608;

/** In these the order of SQLite, by bytes, is not that of `<`. */
const SURROGATE = /[\ud800-\udfff]/;

/** See the top of this file. */
export class MachineRows {
  readonly #rules: PopulationRules;
  readonly #remembered = new Map<string, Held>();
  readonly #nothing: Held;
  #characters = 0;

  constructor(rules: PopulationRules) {
    this.#rules = rules;
    this.#nothing = heldOf([], rules);
  }

  /** @throws AssayError `store_unusable` when the row is damaged. */
  held(row: MachinesRow | undefined): Held {
    if (row === undefined) return this.#nothing;
    const [uid, executorIds, verifiedTimes, gpusJson] = row;
    const time = oneTime(verifiedTimes);
    if (time === undefined || SURROGATE.test(executorIds)) {
      return heldOf(judgedExecutors(row), this.#rules);
    }
    const verifiedAtMs = storedRow({ table: 'miner_executors', key: uid }, () =>
      storedTimeMs('verified_time', time),
    );
    if (isExpired(verifiedAtMs, this.#rules)) return this.#nothing;
    return this.#remembered.get(gpusJson) ?? this.#remember(row);
  }

  #remember(row: MachinesRow): Held {
    const executors = judgedExecutors(row);
    const counted = heldOf(executors, this.#rules);
    const isShared = executors.every(({ gpus }) => gpus.every(({ uuids }) => uuids.length === 0));
    const { length } = row[3];
    if (isShared && this.#characters + length <= REMEMBERED_CHARACTERS_MAX) {
      // What is remembered leaves the identifiers out, which is right only in one order.
      assert(isRising(executors), 'machines come by their identifiers');
      this.#remembered.set(row[3], counted);
      this.#characters += length;
    }
    return counted;
  }
}

function heldOf(executors: Iterable<JudgedExecutor>, rules: PopulationRules): Held {
  const holding = minerHolding(executors, rules);
  return { holding, gpusText: gpusText(holding.gpus) };
}

function isRising(executors: readonly JudgedExecutor[]): boolean {
  return executors.every(
    ({ executorId }, index) => index === 0 || (executors[index - 1]?.executorId ?? '') < executorId,
  );
}

/** The time of all lines, if it is one. */
function oneTime(times: string): string | undefined {
  const end = times.indexOf('\n');
  if (end === -1) return times;
  const step = end + 1;
  if ((times.length + 1) % step !== 0) return undefined;
  const line = times.slice(0, step);
  for (let at = step; at + step <= times.length; at += step) {
    if (!times.startsWith(line, at)) return undefined;
  }
  const time = times.slice(0, end);
  return times.endsWith(time) ? time : undefined;
}

function judgedExecutors([uid, ids, times, gpusJson]: MachinesRow): readonly JudgedExecutor[] {
  const verifiedTimes = times.split('\n');
  const gpusTexts = gpusJson.split('\n');
  return ids.split('\n').map((executorId, index) =>
    storedRow({ table: 'miner_executors', key: `${uid} ${executorId}` }, () => ({
      executorId,
      isValid: true,
      isAttestationValid: true,
      verifiedAtMs: storedTimeMs('verified_time', verifiedTimes[index] ?? ''),
      gpus: gpusOf(gpusTexts[index] ?? ''),
    })),
  );
}
