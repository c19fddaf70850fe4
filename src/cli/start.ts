import { Command } from 'commander';
import { createApp } from '../app.ts';
import { projectVersion } from '../lib/project-root.ts';
import { startTelemetry } from '../telemetry.ts';
import { type ChainOptions, chainFlags, withChainOptions } from './chain-options.ts';
import {
  type CommandIo,
  jsonText,
  loadCommandConfig,
  passwordQuestion,
  withSharedOptions,
} from './command-io.ts';
import { createServiceLogger } from './service-logger.ts';

/** `assay start`: serves until SIGINT or SIGTERM, then drains. With `--json` stdout gets one line once it serves. */
export function startCommand(io: CommandIo): Command {
  return withChainOptions(withSharedOptions(new Command('start'))).action(
    async (options: ChainOptions) => {
      const config = loadCommandConfig(io, options, { flags: chainFlags(options) });
      const telemetry = await startTelemetry(io.env, projectVersion());
      try {
        const app = await createApp(config, {
          logger: createServiceLogger(io, config.log),
          signal: io.signal,
          ...passwordQuestion(io, io.signal),
        });
        if (options.json) io.stdout(jsonText({ address: app.address }));
        await app.run(io.signal);
      } finally {
        await telemetry.shutdown();
      }
    },
  );
}
