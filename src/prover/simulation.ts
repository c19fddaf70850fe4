import { devMiners } from '../chain/dev/dev-genesis.ts';
import type { Clock } from '../lib/clock.ts';
import { Fleet, type ProverRound } from './fleet.ts';
import { ProverClient } from './prover-client.ts';
import { sumOf, type Tally } from './tally.ts';

/** A round that every prover has had acknowledged. */
export interface FinishedRound {
  /** Counted from 1. */
  readonly round: number;
  readonly tally: Tally;
  readonly elapsedMs: number;
}

interface SimulationSetup {
  /** host:port of the service. */
  readonly address: string;
  /** The seed and miner count of the dev chain that the service runs. */
  readonly seed: number;
  readonly miners: number;
  readonly provers?: number;
  /** 0 for until stopped. */
  readonly rounds: number;
  /** Rounds at the start that follow each other without a pause. */
  readonly warmUpRounds: number;
  /** From the start of a round to the start of the next. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly onRound: (finished: FinishedRound) => void;
  readonly onBreak?: (proverId: string, reason: string) => void;
}

/**
 * Runs the fleet against a service until its rounds are done or the signal aborts.
 *
 * @throws AssayError `invalid_argument` when the service refuses a prover for good.
 */
export async function simulateProvers(setup: SimulationSetup, signal: AbortSignal): Promise<void> {
  const { seed, miners, clock, provers } = setup;
  const fleet = new Fleet({
    seed,
    miners: devMiners({ seed, miners }),
    clock,
    ...(provers === undefined ? {} : { provers }),
  });
  const done = new AbortController();
  const stopping = AbortSignal.any([signal, done.signal]);
  const clients = clientsOf(fleet, setup);
  const streaming = [...clients.values()].map((client) => client.run(stopping));
  const refused = Promise.all(streaming);
  try {
    await Promise.race([playRounds({ setup, fleet, clients, signal: stopping }), refused]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    done.abort(new Error('the simulation has ended'));
    await Promise.allSettled(streaming);
  }
}

interface Play {
  readonly setup: SimulationSetup;
  readonly fleet: Fleet;
  readonly clients: ReadonlyMap<string, ProverClient>;
  readonly signal: AbortSignal;
}

async function playRounds({ setup, fleet, clients, signal }: Play): Promise<void> {
  const { clock, rounds, warmUpRounds, intervalMs, onRound } = setup;
  for (let round = 1; rounds === 0 || round <= rounds; round += 1) {
    const startedMs = clock.monotonicMs();
    const tally = await sent(fleet.reportsForRound(round), clients);
    const elapsedMs = clock.monotonicMs() - startedMs;
    onRound({ round, tally, elapsedMs });
    if (round < warmUpRounds || round === rounds) continue;
    await clock.sleep(Math.max(0, intervalMs - elapsedMs), signal);
  }
}

async function sent(
  rounds: readonly ProverRound[],
  clients: ReadonlyMap<string, ProverClient>,
): Promise<Tally> {
  const tallies = await Promise.all(
    rounds.map(({ proverId, reports }) =>
      clients.get(proverId)?.sendRound(reports.map(({ report }) => report)),
    ),
  );
  return sumOf(tallies.filter((tally) => tally !== undefined));
}

function clientsOf(fleet: Fleet, setup: SimulationSetup): ReadonlyMap<string, ProverClient> {
  const { address, clock, onBreak } = setup;
  return new Map(
    fleet.proverIds.map((proverId) => [
      proverId,
      new ProverClient({
        address,
        proverId,
        clock,
        onBreak: (reason) => onBreak?.(proverId, reason),
      }),
    ]),
  );
}
