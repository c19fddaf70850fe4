import { Command, CommanderError } from 'commander';
import { AssayError } from '../domain/errors.ts';
import { errorText } from '../lib/error-text.ts';
import { projectVersion } from '../lib/project-root.ts';
import type { CommandIo } from './command-io.ts';
import { CliExit, EXIT_CODES } from './exit-codes.ts';

type CommandFactory = (io: CommandIo) => Command;

/** Each command is loaded only when it is asked for, so that small ones start fast. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandFactory>>> = {
  start: async () => (await import('./start.ts')).startCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
  health: async () => (await import('./health.ts')).healthCommand,
  gpu: async () => (await import('./gpu.ts')).gpuCommand,
  weights: async () => (await import('./weights.ts')).weightsCommand,
  config: async () => (await import('./config.ts')).configCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  db: async () => (await import('./db.ts')).dbCommand,
  prover: async () => (await import('./prover.ts')).proverCommand,
};

/**
 * Runs one command line.
 *
 * @returns the exit code: see `EXIT_CODES`.
 */
export async function runCli(args: readonly string[], io: CommandIo): Promise<number> {
  const program = new Command('assay')
    .description('Turns streams of GPU verification results into weights on a Bittensor subnet.')
    .version(projectVersion())
    .showHelpAfterError('(assay --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: io.stdout, writeErr: io.stderr });
  try {
    for (const factory of await factoriesFor(args[0])) {
      const command = factory(io);
      command.copyInheritedSettings(program);
      program.addCommand(command);
    }
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

async function factoriesFor(name: string | undefined): Promise<CommandFactory[]> {
  const load = name === undefined ? undefined : COMMANDS[name];
  if (load !== undefined) return [await load()];
  return Promise.all(Object.values(COMMANDS).map((loadOne) => loadOne()));
}

function exitCodeOf(error: unknown, io: CommandIo): number {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  }
  if (error instanceof CliExit) {
    io.stderr(`${error.message}\n`);
    return error.exitCode;
  }
  if (io.signal.aborted && error === io.signal.reason) {
    io.stderr(`${errorText(error)}\n`);
    return EXIT_CODES.failed;
  }
  if (error instanceof AssayError) {
    io.stderr(`${error.code}: ${error.message}\n`);
    return error.kind === 'busy' ? EXIT_CODES.unavailable : EXIT_CODES.failed;
  }
  io.stderr(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT_CODES.failed;
}
