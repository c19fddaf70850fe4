import { Command } from 'commander';
import { checkHealth } from '../grpc/health-client.ts';
import { type CommandIo, jsonText, withSharedOptions } from './command-io.ts';
import { CliExit } from './exit-codes.ts';
import { type AddressOptions, serviceAddress, withAddressOption } from './service-address.ts';

const TIMEOUT_MS = 3_000;

/** `assay health`: asks the running service; exit code 0 when it serves, 69 when not. For health checks of containers. */
export function healthCommand(io: CommandIo): Command {
  return withAddressOption(withSharedOptions(new Command('health'))).action(
    async (options: AddressOptions) => {
      const address = serviceAddress(io, options);
      const status = await checkHealth(address, TIMEOUT_MS);
      io.stdout(options.json ? jsonText({ address, status }) : `${address}: ${status}\n`);
      if (status !== 'SERVING') throw new CliExit('unavailable', `${address} does not serve`);
    },
  );
}
