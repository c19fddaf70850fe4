import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { DEFAULT_FILE } from '../config/toml-file.ts';
import type { EmissionConfig } from '../domain/emission.ts';
import { toEmissionConfigMessage } from '../grpc/emission-config/emission-config-message.ts';
import { type CommandIo, jsonText, loadCommandConfig, subcommand } from './command-io.ts';
import { differenceText } from './emission-difference.ts';
import { CliExit } from './exit-codes.ts';
import { withService } from './service-access.ts';
import { type AddressOptions, serviceAddress, withAddressOption } from './service-address.ts';

/** `assay weights preview --config FILE`: what the emission configuration of a file would change; nothing is stored. */
export function weightsPreviewCommand(io: CommandIo): Command {
  return withAddressOption(subcommand(io, 'preview')).action((options: AddressOptions) =>
    preview(io, options),
  );
}

async function preview(io: CommandIo, options: AddressOptions) {
  const candidate = toEmissionConfigMessage(candidateOf(io, options));
  const answer = await withService(serviceAddress(io, options), (client) =>
    client.previewAllocation({ emission_config: candidate }),
  );
  const { changes, impact, impact_unavailable } = answer;
  const version = answer.weight_set?.emission_config_version ?? 0;
  if (options.json) {
    const difference = { changes, impact, impact_unavailable };
    io.stdout(jsonText({ emission_config_version: version, ...difference }));
  } else if (changes.length === 0) {
    io.stdout(`nothing would change: this is what version ${version} says, which is in force\n`);
  } else {
    io.stdout(`instead of version ${version}, which is in force\n`);
    io.stdout(differenceText(answer));
  }
}

/** The built-in defaults are no candidate: whoever asks without an emission section forgot to give one. */
function candidateOf(io: CommandIo, options: AddressOptions): EmissionConfig {
  const { config: file = DEFAULT_FILE } = options;
  if (options.config === undefined && !existsSync(file)) {
    throw nothingGiven(`there is no ./${DEFAULT_FILE} with an emission section`);
  }
  const { emission, emissionSource } = loadCommandConfig(io, options);
  if (emissionSource === 'default') throw nothingGiven(`${file} has no emission section`);
  return emission;
}

function nothingGiven(why: string): CliExit {
  return new CliExit('usage', `${why}: give a file that has one with --config FILE`);
}
