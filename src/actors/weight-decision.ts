/** From the state of the world to a decided weight set: read everything once, calculate, refuse to pay a stranger. */
import type { Allocation, AllocationPolicy, PairColumns } from '../domain/allocation.ts';
import { allocationPolicy } from '../domain/allocation-policy.ts';
import { type BurnTargetResolution, resolveBurnTarget } from '../domain/burn-target.ts';
import type { EmissionConfig, EmissionConfigVersion } from '../domain/emission.ts';
import { AssayError } from '../domain/errors.ts';
import type { Hotkey } from '../domain/ids.ts';
import type { Metagraph } from '../domain/metagraph.ts';
import type { PopulationRules } from '../domain/miner-facts.ts';
import { EXCLUSION_REASONS, type ExclusionReason } from '../domain/population.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import type { WeightSetTrace } from '../events.ts';
import { AssertionError } from '../lib/assert.ts';
import { inBoundedSteps } from '../lib/bounded-steps.ts';
import type { Clock } from '../lib/clock.ts';
import type {
  Chain,
  Compute,
  DecisionBasis,
  EmissionConfigs,
  Head,
  MetagraphReader,
  PopulationSource,
  TakenPopulation,
  WeightDecision,
} from './ports.ts';

/** What weights are decided by besides the emission configuration. */
export interface WeightSetterOptions {
  readonly netuid: number;
  readonly mecid: number;
  /** Sent with the weights; never raised by itself. */
  readonly versionKey: number;
  /** Smallest score that is paid, 0 to 1. */
  readonly minScore: number;
  /** A miner whose newest report is older than this is not paid. */
  readonly cutoffMs: number;
  readonly executorTtlMs: number;
  readonly requireActiveAxon: boolean;
}

export interface WeightDecisionParts {
  readonly chain: Chain;
  readonly metagraph: MetagraphReader;
  readonly populations: PopulationSource;
  readonly configs: EmissionConfigs;
  readonly compute: Compute;
  readonly clock: Clock;
  readonly options: WeightSetterOptions;
}

/** They take about a millisecond. */
const HOTKEYS_PER_STEP = 4_096;

interface Snapshot {
  readonly head: Pick<Head, 'block' | 'hash'>;
  readonly metagraph: Metagraph;
  readonly taken: TakenPopulation;
  readonly rules: PopulationRules;
  /** The configuration in force; `config` is a candidate's in a preview. */
  readonly version: Pick<EmissionConfigVersion, 'version' | 'digest'>;
  readonly config: EmissionConfig;
  readonly burnTarget: BurnTargetResolution;
  /** Whether nothing depends on it. */
  readonly isPreview?: boolean;
}

export class WeightDecider {
  readonly #parts: WeightDecisionParts;

  constructor(parts: WeightDecisionParts) {
    this.#parts = parts;
  }

  /**
   * Decides the set of a head.
   *
   * @throws AssayError `weight_set_withheld` with `reason` in its metadata; `chain_unreachable`, `store_unavailable`,
   * `compute_unavailable`.
   */
  async decide(head: Head, trace: WeightSetTrace): Promise<WeightDecision> {
    const { chain, configs, compute } = this.#parts;
    const snapshot = await trace.phase('snapshot', async () => {
      const version = configs.current();
      const metagraph = await chain.metagraph();
      return this.#snapshot({ head, version, config: version.config, metagraph });
    });
    const policy = this.#policy(snapshot);
    const computed = await compute.allocate(snapshot.taken.population, policy);
    const attributes = { 'assay.place': computed.place };
    trace.measured({ name: 'score', ...computed.score, attributes });
    trace.measured({ name: 'apportion', ...computed.apportion, attributes });
    const set = await this.#weightSet(snapshot, computed.allocation);
    return {
      set: { ...set, phasesMs: trace.phasesMs() },
      allocation: computed.allocation,
      basis: basisOf(snapshot, policy),
    };
  }

  /** What a set would give now, under a candidate or the configuration in force. Errors are those of `decide`. */
  async preview(head: Head | undefined, candidate?: EmissionConfig): Promise<WeightSet> {
    const { metagraph: reader, configs, compute } = this.#parts;
    const version = configs.current();
    const metagraph = reader.current();
    const snapshot = await this.#snapshot({
      head: head ?? { block: metagraph.block, hash: metagraph.blockHash },
      version,
      config: candidate ?? version.config,
      metagraph,
      isPreview: true,
    });
    const { population } = snapshot.taken;
    const { allocation } = await compute.allocate(population, this.#policy(snapshot));
    return this.#weightSet(snapshot, allocation);
  }

  async #snapshot(read: Omit<Snapshot, 'taken' | 'rules' | 'burnTarget'>): Promise<Snapshot> {
    const burnTarget = resolveBurnTarget(read.config.burnTarget, read.metagraph);
    if (burnTarget.uid === null && read.config.burnPercentage > 0) throw withheld(burnTarget);
    const { clock, options, populations } = this.#parts;
    const { cutoffMs, executorTtlMs, requireActiveAxon } = options;
    const rules = { nowMs: clock.now(), cutoffMs, executorTtlMs, requireActiveAxon };
    const { metagraph, isPreview = false } = read;
    const taken = await populations.take({ metagraph, rules, isPreview });
    return { ...read, burnTarget, rules, taken };
  }

  #policy({ config, burnTarget }: Snapshot): AllocationPolicy {
    return allocationPolicy({
      config,
      minScore: this.#parts.options.minScore,
      burnUid: burnTarget.uid,
    });
  }

  async #weightSet(snapshot: Snapshot, allocation: Allocation): Promise<WeightSet> {
    const { head, metagraph, config, version, burnTarget } = snapshot;
    const { netuid, mecid, versionKey } = this.#parts.options;
    if (allocation.burn.weight > 0 && burnTarget.uid === null) throw withheld(burnTarget);
    if (allocation.vector.uids.length === 0) throw withheld(NOTHING_TO_PAY);
    const nowMs = this.#parts.clock.now();
    return {
      netuid,
      mecid,
      block: head.block,
      blockHash: head.hash,
      state: 'computed',
      totalWeight: allocation.totalWeight,
      vector: allocation.vector,
      hotkeys: await hotkeysOf(allocation.vector.uids, metagraph),
      burn: allocation.burn,
      configuredBurnPercentage: config.burnPercentage,
      categories: allocation.categories,
      exclusions: exclusionsOf(allocation.pairs),
      minersServed: allocation.minersServed,
      emissionConfigVersion: version.version,
      versionKey,
      decidedAtMs: nowMs,
      updatedAtMs: nowMs,
      phasesMs: new Map(),
    };
  }
}

function basisOf(
  { metagraph, rules, taken, version }: Snapshot,
  policy: AllocationPolicy,
): DecisionBasis {
  const { block, blockHash, neurons } = metagraph;
  return {
    rules,
    policy,
    metagraph: { block, blockHash, neuronCount: neurons.length },
    emissionConfigDigest: version.digest,
    input: taken.input,
    holders: taken.holders,
  };
}

const NOTHING_TO_PAY = {
  reason: 'NOTHING_TO_PAY',
  message: 'no miner can be paid and nothing is burned: an empty vector is never submitted',
};

function withheld({ reason, message }: { readonly reason: string; readonly message: string }) {
  return new AssayError('weight_set_withheld', message, { metadata: { reason } });
}

/** In steps and over both lists at once: a set of many miners must not be one turn of the event loop. */
async function hotkeysOf(
  uids: Uint16Array,
  { neurons }: Pick<Metagraph, 'neurons'>,
): Promise<readonly Hotkey[]> {
  const hotkeys: Hotkey[] = [];
  let at = 0;
  await inBoundedSteps({ rows: uids.length, rowsPerStep: HOTKEYS_PER_STEP }, ({ from, to }) => {
    for (let row = from; row < to; row += 1) {
      const uid = uids[row] as number;
      while ((neurons[at]?.uid ?? uid) < uid) at += 1;
      const neuron = neurons[at];
      if (neuron?.uid !== uid) throw new AssertionError(`UID ${uid} of the vector is registered`);
      hotkeys.push(neuron.hotkey);
    }
  });
  return hotkeys;
}

function exclusionsOf({ reason }: PairColumns): ReadonlyMap<ExclusionReason, number> {
  const counts = new Uint32Array(EXCLUSION_REASONS.length + 1);
  for (let row = 0; row < reason.length; row += 1) {
    const code = reason[row] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  const pairs = EXCLUSION_REASONS.map(
    (name, index) => [name, counts[index + 1] as number] as const,
  );
  return new Map(pairs.filter(([, count]) => count > 0));
}
