import type { Command } from 'commander';
import type { RestoreEmissionConfigResponse__Output } from '../grpc/generated/assay/v1/RestoreEmissionConfigResponse.ts';
import { type CommandIo, jsonText, subcommand } from './command-io.ts';
import { differenceText } from './emission-difference.ts';
import { positiveNumber } from './option-values.ts';
import { type AddressOptions, serviceAddress, withAddressOption } from './service-address.ts';

interface RestoreOptions extends AddressOptions {
  readonly dryRun?: boolean;
}

/** `assay config restore VERSION`: the running service takes up an old emission configuration again, as a new version. */
export function configRestoreCommand(io: CommandIo): Command {
  return withAddressOption(subcommand(io, 'restore'))
    .argument('<version>', 'as listed by assay config versions', positiveNumber)
    .option('--dry-run', 'say what would change and change nothing')
    .action((version: number, options: RestoreOptions) => restore(io, version, options));
}

async function restore(io: CommandIo, version: number, options: RestoreOptions) {
  const address = serviceAddress(io, options);
  const isDryRun = options.dryRun ?? false;
  // Loaded only here: `config check` has no use for gRPC and should start fast.
  const { withService } = await import('./service-access.ts');
  const answer = await withService(address, async (client) => {
    const { version: current } = await client.getEmissionConfig();
    const etag = current?.etag ?? '';
    return client.restoreEmissionConfig({ version, etag, validate_only: isDryRun });
  });
  const { changes, impact, impact_unavailable } = answer;
  const inForce = answer.version?.version ?? 0;
  if (options.json) {
    const head = { emission_config_version: inForce, dry_run: isDryRun };
    io.stdout(jsonText({ ...head, changes, impact, impact_unavailable }));
    return;
  }
  io.stdout(`${outcome(answer, { version, inForce, isDryRun })}\n`);
  if (changes.length > 0) io.stdout(differenceText(answer));
}

function outcome(
  { changes }: RestoreEmissionConfigResponse__Output,
  asked: { readonly version: number; readonly inForce: number; readonly isDryRun: boolean },
): string {
  const { version, inForce, isDryRun } = asked;
  if (changes.length === 0) {
    return `nothing changes: version ${inForce}, which is in force, is the same as version ${version}`;
  }
  return isDryRun
    ? `version ${version} would come back instead of version ${inForce}, which stays in force`
    : `version ${inForce} is in force now: version ${version} is back`;
}
