/** Which chain a configuration means, opened. Between the adapters and those who use them: commands need it without the app. */
import { homedir } from 'node:os';
import type { LiveChain } from './actors/ports.ts';
import { DevChain } from './chain/dev/dev-chain.ts';
import type { Config } from './config/config.ts';
import { devChainStateFile } from './config/dev-chain-state-file.ts';
import type { Events } from './events.ts';
import type { Clock } from './lib/clock.ts';
import type { AskPassword } from './lib/secret.ts';

/** What a chain needs of the process that opens it. */
export interface ChainSurroundings {
  readonly clock: Clock;
  readonly events: Events;
  /** Asks the person at the terminal; absent where nobody sits. */
  readonly askPassword?: AskPassword;
  /** Ends the opening. */
  readonly signal?: AbortSignal;
}

/**
 * Opens the chain; whoever opens it closes it.
 *
 * @throws AssayError `chain_unreachable`, `chain_unusable`, `wallet_unusable`; of the dev chain `invalid_argument`, when its
 * state file is damaged; the signal's reason when it aborts.
 */
export async function openChain(
  config: Config,
  surroundings: ChainSurroundings,
): Promise<LiveChain> {
  if (config.chain.kind === 'dev') return openDevChain(config, surroundings);
  return openSubtensorChain(config, surroundings);
}

async function openSubtensorChain(
  { chain, wallet: choice }: Config,
  { clock, events, askPassword, signal }: ChainSurroundings,
): Promise<LiveChain> {
  // polkadot.js takes longer to load than everything else together; who simulates a chain does not need it.
  const [{ SubtensorChain }, { openHotkeyWallet }] = await Promise.all([
    import('./chain/subtensor/subtensor-chain.ts'),
    import('./chain/subtensor/wallet/hotkey-wallet.ts'),
  ]);
  const { network: _, ...subtensor } = chain.subtensor;
  const sources = {
    home: homedir(),
    freeMemoryBytes: () => process.availableMemory(),
    onWarning: (message: string) => events.walletWarned({ message }),
    ...(askPassword === undefined ? {} : { askPassword }),
  };
  const wallet = await openHotkeyWallet(choice, sources, signal);
  const { netuid, mecid } = chain;
  const options = { ...subtensor, netuid, mecid };
  return SubtensorChain.open({ options, wallet, clock, events }, signal);
}

function openDevChain(config: Config, { clock, events }: ChainSurroundings): DevChain {
  const { chain } = config;
  const { commitReveal, stateFile: _, ...options } = chain.dev;
  const file = devChainStateFile(config);
  return DevChain.create({
    clock,
    options: {
      ...options,
      netuid: chain.netuid,
      mecid: chain.mecid,
      mechanismCount: chain.mecid + 1,
      isCommitRevealEnabled: commitReveal,
    },
    ...(file === undefined ? {} : { stateFile: file }),
    onFailure: (error) => events.partFailed({ part: 'dev chain', error }),
  });
}
