import { Command, CommanderError } from 'commander';
import { AssayError } from '../domain/errors.ts';
import { errorText } from '../lib/error-text.ts';
import { projectVersion } from '../lib/project-root.ts';
import type { CommandIo } from './command-io.ts';
import { COMMANDS, type CommandTree } from './command-tree.ts';
import { CliExit, EXIT_CODES } from './exit-codes.ts';

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
    await addCommands(program, COMMANDS, { args, io });
    await program.parseAsync([...args], { from: 'user' });
    return EXIT_CODES.ok;
  } catch (error) {
    return exitCodeOf(error, io);
  }
}

interface CommandLine {
  readonly args: readonly string[];
  readonly io: CommandIo;
}

/** Loads the command that is asked for; of the others there are only names and descriptions. */
async function addCommands(parent: Command, tree: CommandTree, { args, io }: CommandLine) {
  const words = args.filter((argument) => !argument.startsWith('-') && argument !== 'help');
  const [asked] = words;
  for (const [name, entry] of Object.entries(tree)) {
    const isLeafAsked = name === asked && 'load' in entry;
    const command = isLeafAsked ? (await entry.load())(io) : new Command(name);
    // A command inherits where errors and help go, so it gets that before its own commands do.
    command.copyInheritedSettings(parent).description(entry.description);
    if (name === asked && 'commands' in entry) {
      await addCommands(command, entry.commands, { args: words.slice(1), io });
    }
    parent.addCommand(command);
  }
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
