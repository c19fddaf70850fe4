import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config/config.ts';
import { duration } from '../config/field-types.ts';
import { systemClock } from '../lib/clock.ts';
import { type FinishedRound, simulateProvers } from '../prover/simulation.ts';
import { type CommandIo, jsonText, loadCommandConfig, withSharedOptions } from './command-io.ts';
import { positiveNumber, wholeNumber } from './option-values.ts';
import { type AddressOptions, serviceAddress, withAddressOption } from './service-address.ts';

interface ProverOptions extends AddressOptions {
  readonly seed?: number;
  readonly miners?: number;
  readonly provers?: number;
  readonly rounds: number;
  readonly warmUp: number;
  readonly interval: number;
  readonly whileStdinOpen?: boolean;
}

const INTERVAL_MS = 5_000;
const INTERVAL_MAX_MS = 24 * 3_600_000;

/**
 * `assay prover`: simulated provers against a service that runs the dev chain with the same seed and number of miners. On
 * stdout one line a round; with `--json` `{"round","tally":{"applied","duplicate","stale","refused"},"elapsed_ms"}`.
 */
export function proverCommand(io: CommandIo): Command {
  return withAddressOption(withSharedOptions(new Command('prover')))
    .option('--seed <n>', 'seed of the dev chain instead of chain.dev.seed', wholeNumber)
    .option('--miners <n>', 'miners of the dev chain instead of chain.dev.miners', positiveNumber)
    .option('--provers <n>', 'how many provers, five of which misbehave', positiveNumber)
    .option('--rounds <n>', 'stop after this many rounds, 0 for never', wholeNumber, 0)
    .option('--warm-up <n>', 'send the first rounds without a pause', wholeNumber, 0)
    .option('--interval <duration>', 'from round to round, for example 5s', interval, INTERVAL_MS)
    .addOption(new Option('--while-stdin-open', 'stop when stdin ends').hideHelp())
    .action((options: ProverOptions) => runProvers(io, options));
}

async function runProvers(io: CommandIo, options: ProverOptions): Promise<void> {
  const { rounds, warmUp, interval: intervalMs, provers } = options;
  await simulateProvers(
    {
      ...targetOf(io, options),
      rounds,
      warmUpRounds: warmUp,
      intervalMs,
      clock: systemClock,
      onRound: (finished) => io.stdout(options.json ? jsonLine(finished) : textLine(finished)),
      onBreak: (proverId, reason) => io.stderr(`${proverId}: ${reason}; trying again\n`),
      ...(provers === undefined ? {} : { provers }),
    },
    options.whileStdinOpen === true ? untilStdinEnds(io) : io.signal,
  );
}

/** A pipe from the process that started this one ends with that process, however it ends. */
function untilStdinEnds(io: CommandIo): AbortSignal {
  const end = new AbortController();
  void io.stdinEnd().then(() => end.abort(new Error('stdin has ended')));
  return AbortSignal.any([io.signal, end.signal]);
}

/** Reads the configuration only for what the flags leave open. */
function targetOf(io: CommandIo, options: ProverOptions) {
  let loaded: Config | undefined;
  const config = () => {
    loaded ??= loadCommandConfig(io, options);
    return loaded;
  };
  return {
    address: serviceAddress(io, options),
    seed: options.seed ?? config().chain.dev.seed,
    miners: options.miners ?? config().chain.dev.miners,
  };
}

function jsonLine({ round, tally, elapsedMs }: FinishedRound): string {
  return jsonText({ round, tally, elapsed_ms: Math.round(elapsedMs) });
}

function textLine({ round, tally, elapsedMs }: FinishedRound): string {
  const { applied, duplicate, stale, refused } = tally;
  const counts = `${applied} applied, ${duplicate} duplicate, ${stale} stale, ${refused} refused`;
  return `round ${round}: ${counts} in ${Math.round(elapsedMs)} ms\n`;
}

function interval(text: string): number {
  const parsed = duration(0, INTERVAL_MAX_MS).safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('it is a duration such as 500ms or 5s.');
  return parsed.data;
}
