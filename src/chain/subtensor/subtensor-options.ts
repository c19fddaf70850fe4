import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import type { DrandBeacon } from './timelock/drand-beacon.ts';

/** Which chain, subnet and mechanism, and how patiently. */
export interface SubtensorOptions {
  /** URLs, tried in this order; the first that answers is kept until it fails. */
  readonly endpoints: readonly string[];
  /** 0x and 64 hexadecimal digits; endpoints of another chain are refused. Any chain is taken when absent. */
  readonly genesisHash?: string;
  readonly netuid: number;
  readonly mecid: number;
  /** Time without a new final block after which a connection is given up. */
  readonly headTimeoutMs: number;
  /** Time after which a request that is not answered has failed. */
  readonly requestTimeoutMs: number;
  /** Blocks from the newest final one in which a signed extrinsic may get into the chain: a power of two, at least 4. */
  readonly eraBlocks: number;
  /** Whose signatures open commitments; drand's quicknet when absent. */
  readonly beacon?: DrandBeacon;
  /** Makes the transport to an endpoint; a WebSocket when absent. */
  readonly createProvider?: CreateProvider;
}

/** A transport that is not connected yet; it must not connect again by itself. */
export type CreateProvider = (endpoint: string) => ProviderInterface;

/** `netuid_index`: what the chain keys weights, updates and commitments of a mechanism by (subnets/mechanism.rs). */
export function storageIndex({ netuid, mecid }: { netuid: number; mecid: number }): number {
  return mecid * MECHANISM_STRIDE + netuid;
}

const MECHANISM_STRIDE = 4_096;
