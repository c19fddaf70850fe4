/** Where the running service listens, for the commands that ask it. */
import { type Command, Option } from 'commander';
import { type CommandIo, loadCommandConfig, type SharedOptions } from './command-io.ts';
import { hostPort, reachable } from './option-values.ts';

export interface AddressOptions extends SharedOptions {
  readonly address?: string;
}

/** Adds `--address HOST:PORT`. */
export function withAddressOption(command: Command): Command {
  return command.addOption(
    new Option(
      '--address <host:port>',
      'where the service listens instead of server.listen',
    ).argParser(hostPort),
  );
}

/**
 * The address to ask at. The configuration is read only where the option is not given.
 *
 * @throws CliExit with reason `config`.
 */
export function serviceAddress(io: CommandIo, options: AddressOptions): string {
  return options.address ?? reachable(loadCommandConfig(io, options).server.listen);
}
