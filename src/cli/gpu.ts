import { Command } from 'commander';
import { createGpuNormaliser, type NormalisedGpu } from '../domain/gpu/normalise.ts';
import { printable } from '../lib/printable.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfig,
  type SharedOptions,
  withSharedOptions,
} from './command-io.ts';
import { textTable } from './text-table.ts';

const SHOWN_NAME_CHARACTERS_MAX = 96;

interface NamedGpu extends NormalisedGpu {
  readonly name: string;
}

/** `assay gpu NAME...`: the category and kind of each driver name, in order, with the aliases of the configuration. */
export function gpuCommand(io: CommandIo): Command {
  return withSharedOptions(new Command('gpu'))
    .argument('<name...>', 'names as the driver reports them')
    .action((names: readonly string[], options: SharedOptions) => {
      const normaliser = createGpuNormaliser(loadCommandConfig(io, options).gpu.aliases);
      const gpus = names.map((name) => ({ name, ...normaliser.normalise(name) }));
      io.stdout(options.json ? jsonText(gpus) : `${gpuTable(gpus)}\n`);
    });
}

function gpuTable(gpus: readonly NamedGpu[]): string {
  return textTable({
    head: ['name', 'category', 'kind'],
    rows: gpus.map(({ name, category, kind }) => [shown(name), category, kind]),
    isRuled: true,
  });
}

/** Names come from strangers. */
function shown(name: string): string {
  const start = printable(name.slice(0, SHOWN_NAME_CHARACTERS_MAX));
  return name.length <= SHOWN_NAME_CHARACTERS_MAX ? start : `${start}…`;
}
