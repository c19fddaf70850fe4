import { Command } from 'commander';
import { checkHealth } from '../grpc/health-client.ts';
import {
  type CommandIo,
  loadCommandConfig,
  type SharedOptions,
  withSharedOptions,
} from './command-io.ts';
import { CliExit } from './exit-codes.ts';
import { reachable } from './option-values.ts';

interface HealthOptions extends SharedOptions {
  readonly address?: string;
}

const TIMEOUT_MS = 3_000;

/** `assay health`: asks the running service; exit code 0 when it serves, 69 when not. For health checks of containers. */
export function healthCommand(io: CommandIo): Command {
  return withSharedOptions(new Command('health'))
    .description('ask the running service whether it serves')
    .option('--address <host:port>', 'where it listens instead of server.listen')
    .action(async (options: HealthOptions) => {
      const address = options.address ?? reachable(loadCommandConfig(io, options).server.listen);
      const status = await checkHealth(address, TIMEOUT_MS);
      io.stdout(
        options.json ? `${JSON.stringify({ address, status })}\n` : `${address}: ${status}\n`,
      );
      if (status !== 'SERVING') throw new CliExit('unavailable', `${address} does not serve`);
    });
}
