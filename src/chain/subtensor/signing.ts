import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { SignatureOptions } from '@polkadot/types/types';
import type { SubtensorNode } from './subtensor-node.ts';
import type { HotkeyWallet } from './wallet/hotkey-wallet.ts';

/** Bytes that a node can take, and until when. */
export interface SignedTransaction {
  /** 0x and 64 hexadecimal digits. */
  readonly hash: string;
  /** The whole extrinsic, hexadecimal. */
  readonly hex: string;
  /** The newest final block when it was signed: no block up to it has the transaction. */
  readonly signedAtBlock: number;
  /** The last block that may take it. */
  readonly lastBlock: number;
}

/**
 * Signs with a mortal era that begins at the newest final block, which no fork takes back, and with the next nonce that
 * the node knows of. Errors are those of `SubtensorNode.request`.
 */
export async function signed(
  node: SubtensorNode,
  extrinsic: SubmittableExtrinsic<'promise'>,
  { wallet, eraBlocks }: { readonly wallet: HotkeyWallet; readonly eraBlocks: number },
): Promise<SignedTransaction> {
  const { api, head } = node;
  const nonce = await node.request<number>('system_accountNextIndex', [wallet.address]);
  const options = {
    blockHash: head.hash,
    era: api.registry.createTypeUnsafe('ExtrinsicEra', [
      { current: head.block, period: eraBlocks },
    ]),
    genesisHash: api.genesisHash,
    nonce,
    runtimeVersion: api.runtimeVersion,
    signedExtensions: api.registry.signedExtensions,
    version: api.extrinsicVersion,
  };
  const transaction = extrinsic.sign(signer(wallet), options as unknown as SignatureOptions);
  return {
    hash: transaction.hash.toHex(),
    hex: transaction.toHex(),
    signedAtBlock: head.block,
    lastBlock: head.block + eraBlocks - 1,
  };
}

/** What the library asks of a pair of keys when it signs; the private one stays in the wallet. */
function signer(wallet: HotkeyWallet): KeyringPair {
  const pair: Pick<KeyringPair, 'address' | 'addressRaw' | 'publicKey' | 'sign'> = {
    address: wallet.address,
    addressRaw: wallet.publicKey,
    publicKey: wallet.publicKey,
    sign: (message) => wallet.sign(message as Uint8Array),
  };
  return pair as KeyringPair;
}
