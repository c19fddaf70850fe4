/**
 * Simulated provers that share the miners among them. Every prover reports each of its miners once a round; five of them
 * misbehave besides, each in its own way. What they send depends on the seed, the round and the clock only, and every
 * report knows its outcome: a misbehaving report follows the good one of the same miner in the same stream.
 */
import type { ExecutorVerification } from '../grpc/generated/assay/v1/ExecutorVerification.ts';
import type { Report } from '../grpc/generated/assay/v1/Report.ts';
import { assert, present } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { random } from '../lib/random.ts';
import {
  type MinerIdentity,
  type SimulatedMachine,
  type SimulatedMiner,
  simulatedPopulation,
} from './population.ts';
import { type Tally, type TallyField, tallyOf } from './tally.ts';

export const MISBEHAVIOURS = [
  'resends acknowledged reports',
  'sends stale reports',
  'sends malformed reports',
  'names wrong hotkeys',
  'reuses report identifiers',
] as const;

type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** A report and what a service that works answers to it. */
interface SimulatedReport {
  readonly report: Report;
  readonly expected: TallyField;
}

/** One prover's reports of one round, in the order in which they are to be sent. */
export interface ProverRound {
  readonly proverId: string;
  readonly reports: readonly SimulatedReport[];
}

interface FleetSetup {
  readonly seed: number;
  readonly miners: readonly MinerIdentity[];
  readonly clock: Clock;
  /** Provers, the misbehaving ones included; the last ones misbehave, and the first never does. */
  readonly provers?: number;
}

const PROVERS = 8;
/** Miners that a misbehaving prover misbehaves about. */
const VICTIMS_MAX = 3;
const STALE_BY_MS = 10 * 60_000;
const FUTURE_BY_MS = 10 * 60_000;

interface Prover {
  readonly proverId: string;
  readonly misbehaviour: Misbehaviour | undefined;
  readonly miners: readonly SimulatedMiner[];
}

interface RoundContext {
  readonly round: number;
  readonly observedAtMs: number;
}

/** See the top of this file. */
export class Fleet {
  readonly #seed: number;
  readonly #clock: Clock;
  readonly #provers: readonly Prover[];
  /** Sets the identifiers of this run apart from those of an earlier one with the same seed. */
  readonly #runId: string;
  #lastObservedMs = 0;

  constructor({ seed, miners, clock, provers = PROVERS }: FleetSetup) {
    assert(Number.isInteger(provers) && provers > 0, `${provers} provers`);
    const population = simulatedPopulation(seed, miners);
    this.#seed = seed;
    this.#clock = clock;
    this.#runId = clock.now().toString(36);
    this.#provers = Array.from({ length: provers }, (_, index) => ({
      proverId: `prover-${index + 1}`,
      misbehaviour: misbehaviourOf(index, provers),
      miners: population.filter((_, position) => position % provers === index),
    }));
  }

  get proverIds(): readonly string[] {
    return this.#provers.map(({ proverId }) => proverId);
  }

  /** What every prover sends in a round; observed now, and never before the round that was asked for last. */
  reportsForRound(round: number): readonly ProverRound[] {
    this.#lastObservedMs = Math.max(this.#lastObservedMs + 1, this.#clock.now());
    const context = { round, observedAtMs: this.#lastObservedMs };
    return this.#provers.map((prover) => ({
      proverId: prover.proverId,
      reports: [
        ...prover.miners.map((miner) => this.#honest(miner, context)),
        ...this.#misbehaved(prover, context),
      ],
    }));
  }

  #honest(miner: SimulatedMiner, { round, observedAtMs }: RoundContext): SimulatedReport {
    const source = random(this.#seed, 'round', round, miner.uid);
    const report = {
      report_id: `${this.#runId}-${round}-${miner.uid}`,
      miner_uid: miner.uid,
      miner_hotkey: miner.hotkey,
      observed_time: timestamp(observedAtMs),
      executors: miner.machines.map((machine) =>
        verification(machine, { luck: source.next(), wobble: source.next() }),
      ),
    };
    return { report, expected: 'applied' };
  }

  #misbehaved({ misbehaviour, miners }: Prover, context: RoundContext): SimulatedReport[] {
    if (misbehaviour === undefined) return [];
    const victims = miners.slice(0, VICTIMS_MAX).map((miner) => ({
      report: this.#honest(miner, context).report,
      context,
    }));
    return victims.flatMap((victim) => BAD_REPORTS[misbehaviour](victim));
  }
}

/** What a service that works answers to a round. */
export function expectedTally(rounds: readonly ProverRound[]): Tally {
  return tallyOf(rounds.flatMap(({ reports }) => reports.map(({ expected }) => expected)));
}

/** The last provers misbehave, each differently; with few provers the first stays honest all the same. */
function misbehaviourOf(index: number, provers: number): Misbehaviour | undefined {
  const honest = Math.max(1, provers - MISBEHAVIOURS.length);
  return index < honest ? undefined : MISBEHAVIOURS[index - honest];
}

interface Victim {
  readonly report: Report;
  readonly context: RoundContext;
}

const BAD_REPORTS: Readonly<Record<Misbehaviour, (victim: Victim) => SimulatedReport[]>> = {
  'resends acknowledged reports': ({ report }) => [{ report, expected: 'duplicate' }],
  'sends stale reports': ({ report, context }) => [
    {
      report: {
        ...renamed(report, 'old'),
        observed_time: timestamp(context.observedAtMs - STALE_BY_MS),
      },
      expected: 'stale',
    },
  ],
  'sends malformed reports': ({ report, context }) => [
    refused({ ...renamed(report, 'score'), executors: [badlyScored(report)] }),
    refused({ ...renamed(report, 'empty'), executors: [] }),
    refused({
      ...renamed(report, 'future'),
      observed_time: timestamp(context.observedAtMs + FUTURE_BY_MS),
    }),
  ],
  'names wrong hotkeys': ({ report }) => [
    refused({ ...renamed(report, 'hotkey'), miner_hotkey: mirrored(report.miner_hotkey) }),
  ],
  'reuses report identifiers': ({ report }) => [
    refused({ ...report, executors: (report.executors ?? []).map(failed) }),
  ],
};

function refused(report: Report): SimulatedReport {
  return { report, expected: 'refused' };
}

function renamed(report: Report, suffix: string): Report {
  return { ...report, report_id: `${report.report_id}-${suffix}` };
}

/** Text of the form of an address that nobody has. */
function mirrored(hotkey = ''): string {
  return [...hotkey].reverse().join('');
}

function badlyScored({ executors = [] }: Report): ExecutorVerification {
  return { ...present(executors[0], 'a miner has a machine'), hardware_score: 1.5 };
}

/** Turns the statement about a machine around, so that the content differs whatever it was. */
function failed(executor: ExecutorVerification): ExecutorVerification {
  return { ...executor, is_valid: executor.is_valid !== true };
}

function verification(
  machine: SimulatedMachine,
  { luck, wobble }: { readonly luck: number; readonly wobble: number },
): ExecutorVerification {
  const isValid = luck >= machine.failureChance;
  const score = Math.min(1, machine.hardwareScore + (wobble - 0.5) * 0.02);
  return {
    executor_id: machine.executorId,
    is_valid: isValid,
    hardware_score: Math.round(score * 10_000) / 10_000,
    network_bandwidth_mbps: Math.round(machine.bandwidthMbps * (0.9 + wobble / 10)),
    attestation: {
      valid: machine.hasValidAttestation,
      gpu_groups: machine.gpus.map(({ model, count, memoryMib, uuids }) => ({
        model,
        count,
        memory_mib: memoryMib,
        uuids: [...uuids],
      })),
    },
  };
}

function timestamp(ms: number) {
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
