/**
 * What the machines of a miner come to, kept as one text in the row of its profile: reading every machine of a subnet takes
 * ten times as long. As long as the machine that was verified first has not expired, none has, and the text holds. Otherwise
 * the machines are read one by one, as they are where there is no text.
 */
import { countedGpus, type JudgedExecutor } from '../domain/gpu/distribution.ts';
import { gpusOfText, gpusText } from '../domain/ledger/miner-line.ts';
import {
  factGpus,
  holdingOf,
  isExpired,
  type MinerHolding,
  minerHolding,
  type PopulationRules,
} from '../domain/miner-facts.ts';
import { storedRow } from './stored-row.ts';
import { storedTimeMs } from './time-text.ts';

/** What the row of a profile has of its machines. */
export interface CountedGpus {
  /** The GPUs that count, as a line of the ledger has them. */
  readonly text: string;
  /** When the first of the machines that count was verified; undefined when none counts. */
  readonly oldestVerifiedAtMs: number | undefined;
}

/** What the machines come to, also as the text that a line of the ledger has of them. */
export interface Held {
  readonly holding: MinerHolding;
  readonly gpusText: string;
}

/** Columns of a profile as they are read. */
export interface CountedRow {
  readonly uid: number;
  readonly countedGpusJson: string | null;
  readonly oldestVerifiedTime: string | null;
}

/** With more, a report of one machine would have to write the text of all. */
const MACHINES_MAX = 64;

const NO_GPUS = gpusText([]);

/** All texts together. Most miners have machines of few kinds. */
const REMEMBERED_CHARACTERS_MAX = 8_388_608;

/** Undefined where a profile has too many machines. */
export function countedOf(executors: ReadonlyMap<string, JudgedExecutor>): CountedGpus | undefined {
  if (executors.size > MACHINES_MAX) return undefined;
  let oldestVerifiedAtMs: number | undefined;
  for (const { isValid, isAttestationValid, verifiedAtMs } of executors.values()) {
    if (!isValid || !isAttestationValid) continue;
    oldestVerifiedAtMs = Math.min(verifiedAtMs, oldestVerifiedAtMs ?? verifiedAtMs);
  }
  return { text: gpusText(factGpus(countedGpus(executors.values()))), oldestVerifiedAtMs };
}

/** Reads what machines come to for one calculation. */
export class HeldMachines {
  readonly #rules: PopulationRules;
  readonly #machinesOf: (uid: number) => readonly JudgedExecutor[];
  readonly #remembered = new Map<string, Held>();
  #characters = 0;

  /** @param machinesOf the valid machines of a miner. */
  constructor(rules: PopulationRules, machinesOf: (uid: number) => readonly JudgedExecutor[]) {
    this.#rules = rules;
    this.#machinesOf = machinesOf;
  }

  /** @throws AssayError `store_unusable` when the row is damaged. */
  of(row: CountedRow): Held {
    const { countedGpusJson: text } = row;
    if (text === null || this.#mayHaveExpired(row)) return this.#counted(row);
    return this.#remembered.get(text) ?? this.#read(row, text);
  }

  /** Without machines nothing can expire. */
  #mayHaveExpired({ uid, countedGpusJson, oldestVerifiedTime: time }: CountedRow): boolean {
    if (time === null) return countedGpusJson !== NO_GPUS;
    const verifiedAtMs = storedRow({ table: 'miner_gpu_profiles', key: uid }, () =>
      storedTimeMs('oldest_verified_time', time),
    );
    return isExpired(verifiedAtMs, this.#rules);
  }

  #counted({ uid }: CountedRow): Held {
    const holding = minerHolding(this.#machinesOf(uid), this.#rules);
    return { holding, gpusText: gpusText(holding.gpus) };
  }

  #read({ uid }: CountedRow, text: string): Held {
    const gpus = storedRow({ table: 'miner_gpu_profiles', key: uid }, () => gpusOfText(text));
    const held = { holding: holdingOf(gpus), gpusText: text };
    if (this.#characters + text.length <= REMEMBERED_CHARACTERS_MAX) {
      this.#remembered.set(text, held);
      this.#characters += text.length;
    }
    return held;
  }
}
