import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hotkey } from '../../src/domain/ids.ts';
import { btcliFields, sampleSeed, WalletFolder } from './keyfiles.ts';
import { StubNode, type StubNodeOptions } from './subtensor-node/stub-node.ts';

const FIELDS = btcliFields(sampleSeed(7));

/** The secret of the hotkey, in the forms in which something could show it. */
export const SECRETS: readonly string[] = [FIELDS.secretSeed, FIELDS.privateKey].map((hex) =>
  hex.slice(2),
);

export const HOTKEY = hotkey(FIELDS.ss58Address);

const BLOCK_TIME_MS = 12_000;
const BLOCKS_MADE = 10;

/** A chain whose validator is `HOTKEY` and whose newest final block is some seconds old. */
export async function groundNode(options: StubNodeOptions = {}): Promise<StubNode> {
  const node = await StubNode.start({
    validatorHotkey: HOTKEY,
    timeMs: Date.now() - (BLOCKS_MADE + 2) * BLOCK_TIME_MS,
    finalityLagBlocks: 1,
    ...options,
  });
  onTestFinished(() => node.stop());
  node.produceBlocks(BLOCKS_MADE);
  return node;
}

interface GroundOptions {
  readonly endpoints: readonly string[];
  /** The hotkey file, in the clear unless the test has it otherwise. */
  readonly keyfile?: unknown;
  /** More of `[chain]`. */
  readonly chain?: string;
  /** What follows in the configuration file; it begins within `[chain.subtensor]`. */
  readonly rest?: string;
}

/** A folder with the wallet and the configuration of a validator on a Subtensor chain. */
export class SubtensorGround {
  readonly wallets = new WalletFolder();
  readonly folder = this.wallets.path;
  readonly toml: string;
  readonly args: readonly string[];

  constructor({ endpoints, keyfile = FIELDS, chain = '', rest = '' }: GroundOptions) {
    this.wallets.write(keyfile);
    const config = join(this.folder, 'assay.toml');
    this.toml = [
      '[server]',
      'listen = "127.0.0.1:0"',
      '[wallet]',
      `path = ${JSON.stringify(this.folder)}`,
      'name = "validator"',
      '[chain]',
      'kind = "subtensor"',
      chain,
      '[chain.subtensor]',
      'network = "local"',
      `endpoints = ${JSON.stringify(endpoints)}`,
      rest,
      '',
    ].join('\n');
    writeFileSync(config, this.toml);
    this.args = ['--config', config, '--database', join(this.folder, 'assay.db')];
  }
}
