/** The options by which a command is pointed at a chain, a subnet and a wallet, in the spelling of btcli. */
import { type Command, Option } from 'commander';
import type { ConfigFlags } from '../config/layers.ts';
import type { SharedOptions } from './command-io.ts';
import { netuidValue } from './option-values.ts';

export interface ChainOptions extends SharedOptions {
  readonly chain?: string;
  readonly netuid?: number;
  readonly 'wallet.path'?: string;
  readonly 'wallet.name'?: string;
  readonly 'wallet.hotkey'?: string;
  readonly 'subtensor.network'?: string;
  readonly 'subtensor.chain_endpoint'?: string;
}

/** Adds `--chain`, `--netuid`, `--wallet.…` and `--subtensor.…`. */
export function withChainOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--chain <kind>', 'use this chain instead of chain.kind').choices([
        'dev',
        'subtensor',
      ]),
    )
    .addOption(
      new Option('--netuid <n>', 'use this subnet instead of chain.netuid').argParser(netuidValue),
    )
    .addOption(
      new Option('--wallet.path <folder>', 'look for wallets here instead of in wallet.path'),
    )
    .addOption(new Option('--wallet.name <name>', 'use this wallet instead of wallet.name'))
    .addOption(
      new Option('--wallet.hotkey <name>', 'sign with this hotkey instead of wallet.hotkey'),
    )
    .addOption(
      new Option(
        '--subtensor.network <name>',
        'use finney, test, local or another instead of chain.subtensor.network',
      ),
    )
    .addOption(
      new Option(
        '--subtensor.chain_endpoint <url>',
        'use this ws:// or wss:// URL alone instead of chain.subtensor.endpoints',
      ),
    );
}

/** What the options say, by key of the configuration. */
export function chainFlags(options: ChainOptions): ConfigFlags {
  const endpoint = options['subtensor.chain_endpoint'];
  return {
    'chain.kind': options.chain,
    'chain.netuid': options.netuid,
    'wallet.path': options['wallet.path'],
    'wallet.name': options['wallet.name'],
    'wallet.hotkey': options['wallet.hotkey'],
    'chain.subtensor.network': options['subtensor.network'],
    'chain.subtensor.endpoints': endpoint === undefined ? undefined : [endpoint],
  };
}
