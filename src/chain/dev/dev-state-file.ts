/**
 * The dev chain's state on disk: one JSON file that holds what differs from genesis, replaced as a whole. Genesis follows
 * from seed and miner count, so the file stays small however large the subnet is.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { WeightVector } from '../../domain/allocation.ts';
import { AssayError } from '../../domain/errors.ts';
import { type DevChainOptions, hyperparametersOf } from './dev-genesis.ts';
import { FORMAT, type SavedState, type State, stateSchema } from './dev-state-schema.ts';
import type { DevHyperparameters, DevNeuron, DevSubnet } from './dev-subnet.ts';

/** See the top of this file. */
export class DevStateFile {
  readonly #path: string;
  readonly #options: DevChainOptions;
  readonly #genesis: DevSubnet;

  /** @param start the subnet at genesis; neurons that did not change since are the same objects. */
  constructor(path: string, options: DevChainOptions, start: DevSubnet) {
    this.#path = path;
    this.#options = options;
    this.#genesis = start;
  }

  /**
   * The subnet as it was saved, or `undefined` when there is no file. A hyperparameter that was configured differently
   * since takes its new value; one that was changed while the chain ran keeps it.
   *
   * @throws AssayError `invalid_argument` naming the file when it is damaged or belongs to another genesis.
   */
  load(): DevSubnet | undefined {
    const text = this.#readText();
    if (text === undefined) return undefined;
    const state = this.#parsed(text);
    this.#refuseOtherGenesis(state);
    const { format: _, genesis, configured, neurons, weights, commits, ...rest } = state;
    return {
      ...rest,
      seed: genesis.seed,
      netuid: genesis.netuid,
      mecid: genesis.mecid,
      neurons: patched(this.#genesis.neurons, neurons),
      weights: weights ?? undefined,
      commits: commits.map(({ uids, weights: values, ...commit }) => ({
        ...commit,
        vector: { uids, weights: values },
      })),
      hyperparameters: reconciled({
        saved: state.hyperparameters,
        before: configured,
        now: hyperparametersOf(this.#options),
      }),
    };
  }

  /**
   * Replaces the file as a whole: a crash leaves the old or the new state, never a part.
   *
   * @throws AssayError `store_unavailable` naming the file.
   */
  save(subnet: DevSubnet): void {
    try {
      replaceFile(this.#path, `${JSON.stringify(this.#stateOf(subnet))}\n`);
    } catch (cause) {
      const message = `the dev chain's state cannot be written to ${this.#path}`;
      throw new AssayError('store_unavailable', message, { cause });
    }
  }

  #readText(): string | undefined {
    try {
      return readFileSync(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw this.#refused('cannot be read', cause);
    }
  }

  #parsed(text: string): State {
    try {
      return stateSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw this.#refused('is damaged', cause);
    }
  }

  #refuseOtherGenesis({ genesis }: State): void {
    for (const field of ['seed', 'miners', 'netuid', 'mecid'] as const) {
      if (genesis[field] !== this.#options[field]) {
        const was = `was made with ${field} ${genesis[field]}, not ${this.#options[field]}`;
        throw this.#refused(was, undefined);
      }
    }
  }

  #refused(problem: string, cause: unknown): AssayError {
    const message = `the dev chain's state file ${this.#path} ${problem}; delete it to start from genesis`;
    return new AssayError('invalid_argument', message, { cause });
  }

  #stateOf(subnet: DevSubnet): SavedState {
    const { seed, netuid, mecid, neurons, weights, commits, ...rest } = subnet;
    return {
      format: FORMAT,
      genesis: { seed, miners: this.#options.miners, netuid, mecid },
      configured: hyperparametersOf(this.#options),
      ...rest,
      neurons: difference(this.#genesis.neurons, neurons),
      weights: weights === undefined ? null : { ...weights, ...plain(weights) },
      commits: commits.map(({ vector, ...commit }) => ({ ...commit, ...plain(vector) })),
    };
  }
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

function plain({ uids, weights }: WeightVector): { uids: number[]; weights: number[] } {
  return { uids: [...uids], weights: [...weights] };
}

function difference(start: readonly DevNeuron[], now: readonly DevNeuron[]): SavedState['neurons'] {
  const known = new Map(start.map((neuron) => [neuron.uid, neuron]));
  const uids = new Set(now.map((neuron) => neuron.uid));
  return {
    removedUids: start.filter(({ uid }) => !uids.has(uid)).map(({ uid }) => uid),
    changed: now.filter((neuron) => known.get(neuron.uid) !== neuron),
  };
}

function patched(
  start: readonly DevNeuron[],
  { removedUids, changed }: State['neurons'],
): readonly DevNeuron[] {
  const gone = new Set<number>([...removedUids, ...changed.map((neuron) => neuron.uid)]);
  const kept = start.filter((neuron) => !gone.has(neuron.uid));
  return [...kept, ...changed].sort((a, b) => a.uid - b.uid);
}

function reconciled(values: {
  readonly saved: DevHyperparameters;
  readonly before: DevHyperparameters;
  readonly now: DevHyperparameters;
}): DevHyperparameters {
  const { saved, before, now } = values;
  const reconfigured = Object.entries(now).filter(
    ([name, value]) => before[name as keyof DevHyperparameters] !== value,
  );
  return { ...saved, ...Object.fromEntries(reconfigured) };
}
