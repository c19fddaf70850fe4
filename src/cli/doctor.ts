import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { openChain } from '../chain-opening.ts';
import type { Config } from '../config/config.ts';
import { CHAIN_CHECK_NAMES, type ChainCheck, type CheckVerdict } from '../domain/chain-checks.ts';
import { Events } from '../events.ts';
import { systemClock } from '../lib/clock.ts';
import { printable } from '../lib/printable.ts';
import { examineChain } from './chain-examination.ts';
import { type ChainOptions, chainFlags, withChainOptions } from './chain-options.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfig,
  passwordQuestion,
  withSharedOptions,
} from './command-io.ts';
import { stateFileOf } from './db-files.ts';
import { CliExit } from './exit-codes.ts';
import { createServiceLogger } from './service-logger.ts';

/** What the checks say goes to stdout; the log beside it adds warnings only, such as of a key file that others may read. */
const PRESETS = { 'log.level': 'warn' } as const;

/** `assay doctor`: says whether weights could be set now, and what to do where not; exit code 1 when something fails. */
export function doctorCommand(io: CommandIo): Command {
  return withChainOptions(withSharedOptions(new Command('doctor'))).action(
    (options: ChainOptions) => doctor(io, options),
  );
}

async function doctor(io: CommandIo, options: ChainOptions) {
  const config = loadCommandConfig(io, options, { flags: chainFlags(options), presets: PRESETS });
  const clock = systemClock;
  const events = new Events({ logger: createServiceLogger(io, config.log) });
  const { checks, isAnswered } = await examineChain({
    ...{ config, clock, signal: io.signal },
    open: (signal) =>
      openChain(readOnly(config), { clock, events, signal, ...passwordQuestion(io, signal) }),
  });
  const failed = namesOf(checks, 'failed');
  if (options.json) io.stdout(jsonText(documentOf(config, checks)));
  else io.stdout(`${checks.map(linesOf).join('')}${failed === '' ? readyText(checks) : ''}`);
  if (failed === '') return;
  const message = `weights cannot be set: ${failed}`;
  throw new CliExit(isAnswered ? 'failed' : 'unavailable', message);
}

function readyText(checks: readonly ChainCheck[]): string {
  const warnings = namesOf(checks, 'warning');
  return `ready to set weights${warnings === '' ? '' : `, with warnings: ${warnings}`}\n`;
}

function namesOf(checks: readonly ChainCheck[], wanted: CheckVerdict): string {
  return checks
    .filter(({ verdict }) => verdict === wanted)
    .map(({ name }) => name)
    .join(', ');
}

/** A dev chain that has no state file yet would make one when it is closed. */
function readOnly(config: Config): Config {
  const file = stateFileOf(config);
  if (file === undefined || existsSync(file)) return config;
  const { stateFile: _, ...dev } = config.chain.dev;
  return {
    ...config,
    store: { ...config.store, database: ':memory:' },
    chain: { ...config.chain, dev },
  };
}

function documentOf({ chain }: Config, checks: readonly ChainCheck[]) {
  return {
    chain: chain.kind,
    netuid: chain.netuid,
    mecid: chain.mecid,
    holds: checks.every(({ verdict }) => verdict !== 'failed'),
    checks: checks.map(({ name, verdict, detail, remedy }) => ({ name, verdict, detail, remedy })),
  };
}

const NAME_WIDTH = Math.max(...CHAIN_CHECK_NAMES.map((name) => name.length));
const VERDICT_WIDTH = 'skipped'.length;

/** What a node says of itself is among the details. */
function linesOf({ name, verdict, detail, remedy }: ChainCheck): string {
  const start = `${name.padEnd(NAME_WIDTH)}  ${verdict.padEnd(VERDICT_WIDTH)}  `;
  const line = `${start}${printable(detail)}\n`;
  return remedy === undefined ? line : `${line}${' '.repeat(start.length)}${printable(remedy)}\n`;
}
