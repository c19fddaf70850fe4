import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { type App, createApp } from '../app.ts';
import type { WeightSet } from '../domain/weight-set.ts';
import { projectVersion } from '../lib/project-root.ts';
import { startTelemetry } from '../telemetry.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfig,
  type SharedOptions,
  withSharedOptions,
} from './command-io.ts';
import { DemoProgress } from './demo-progress.ts';
import { type DemoProver, startDemoProver } from './demo-prover.ts';
import { CliExit } from './exit-codes.ts';
import { percentage, positiveNumber, wholeNumber } from './option-values.ts';
import { createServiceLogger } from './service-logger.ts';
import { demoResult } from './weight-set-json.ts';
import { weightSetTable } from './weight-set-table.ts';

interface DemoOptions extends SharedOptions {
  readonly once?: boolean;
  readonly seed: number;
  readonly miners: number;
  readonly burn?: number;
}

const FIRST_ROUNDS = 3;
const BLOCK_TIME = '250ms';
const INTERVAL_BLOCKS = 20;
/** The refused reports of the misbehaving provers would bury the rest; they are counted in the progress line. */
const PRESETS = { 'log.level': 'error' } as const;

/**
 * `assay demo`: the whole service with a simulated subnet, and simulated provers in a process of their own.
 *
 * The chain stands still until the provers' first rounds are acknowledged, so that with one seed the first weight set sees
 * the same reports at the same block on every run.
 */
export function demoCommand(io: CommandIo): Command {
  return withSharedOptions(new Command('demo'))
    .option('--once', 'stop after the first verified weight set')
    .option('--seed <n>', 'repeat a run', wholeNumber, 1)
    .option('--miners <n>', 'registered miners', positiveNumber, 256)
    .option('--burn <percent>', 'burn this percentage', percentage)
    .action(async (options: DemoOptions) => {
      const folder = mkdtempSync(join(tmpdir(), 'assay-demo-'));
      try {
        const telemetry = await startTelemetry(io.env, projectVersion());
        await runDemo(io, options, join(folder, 'assay.db')).finally(() => telemetry.shutdown());
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
}

async function runDemo(io: CommandIo, options: DemoOptions, temporaryDatabase: string) {
  const database = options.database ?? temporaryDatabase;
  const flags = demoFlags(options, database);
  const config = loadCommandConfig(io, { ...options, database }, { flags, presets: PRESETS });
  const end = new AbortController();
  const signal = AbortSignal.any([io.signal, end.signal]);
  const startedAtMs = Date.now();
  const app = await createApp(config, {
    logger: createServiceLogger(io, config.log),
    isChainHeld: true,
  });
  const running = app.run(signal);
  const progress = new DemoProgress(io, app, { isQuiet: options.json === true });
  progress.say(`${options.miners} miners, database ${database}, serving on ${app.address}`);
  if (options.once !== true) progress.say('Ctrl-C stops');
  const prover = startDemoProver({
    address: app.address,
    seed: options.seed,
    miners: options.miners,
    rounds: options.once === true ? FIRST_ROUNDS : 0,
    firstRounds: FIRST_ROUNDS,
    signal,
    talk: (text) => progress.interrupt(text),
  });
  try {
    const stage = { io, options, app, prover, progress, signal, startedAtMs };
    await Promise.race([showWeightSets(stage), running, prover.failed]);
  } finally {
    end.abort(new Error('the demo has ended'));
    progress.stop();
    await Promise.all([prover.ended, running]);
  }
  progress.say(progress.summary());
}

/**
 * The embedded defaults with fast blocks; these keys win over a configuration file, every other key of it holds. A burn
 * target of a real subnet is a stranger on the simulated one, so the burn goes to its owner.
 */
function demoFlags(options: DemoOptions, database: string) {
  return {
    'server.listen': '127.0.0.1:0',
    'chain.kind': 'dev',
    'chain.dev.block_time': BLOCK_TIME,
    'chain.dev.miners': options.miners,
    'chain.dev.seed': options.seed,
    'chain.dev.weights_rate_limit_blocks': INTERVAL_BLOCKS / 2,
    'emission.weight_set_interval_blocks': INTERVAL_BLOCKS,
    'emission.burn_target': 'owner',
    ...(options.database === undefined
      ? {}
      : { 'chain.dev.state_file': `${database}.dev-chain.json` }),
    ...(options.burn === undefined ? {} : { 'emission.burn_percentage': options.burn }),
  };
}

interface Stage {
  readonly io: CommandIo;
  readonly options: DemoOptions;
  readonly app: App;
  readonly prover: DemoProver;
  readonly progress: DemoProgress;
  readonly signal: AbortSignal;
  /** Sets that were decided before are of an earlier run on the same database. */
  readonly startedAtMs: number;
}

async function showWeightSets(stage: Stage): Promise<void> {
  const { options, app, prover, progress, signal, startedAtMs } = stage;
  await prover.firstRoundsDone;
  if (signal.aborted) return;
  app.releaseChain();
  progress.chainReleased();
  for await (const set of app.weightSetting.watch(signal)) {
    if (set.decidedAtMs < startedAtMs) continue;
    if (set.failure !== undefined) reportFailure(stage, set);
    if (set.state !== 'verified') continue;
    show(stage, set);
    if (options.once === true) return;
  }
}

function show({ io, options, app, progress }: Stage, set: WeightSet) {
  progress.weightsShown();
  const { json, seed } = options;
  io.stdout(json === true ? jsonText(demoResult(set, app.tallies(), seed)) : weightSetTable(set));
}

function reportFailure({ options, progress }: Stage, set: WeightSet) {
  const message = `weight set at block ${set.block} ${set.state}: ${set.failure?.message}`;
  if (options.once === true) throw new CliExit('failed', message);
  progress.interrupt(`${message}\n`);
}
