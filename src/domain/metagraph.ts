import type { Hotkey, MinerUid } from './ids.ts';

/** A miner as the chain knows it. The state of a miner belongs to all three fields together. */
export interface Registration {
  readonly uid: MinerUid;
  readonly hotkey: Hotkey;
  readonly registeredAtBlock: number;
}

/** One UID of the metagraph. */
export interface Neuron extends Registration {
  /** Whether an axon is announced that anybody can reach: a public address and a port other than 0. */
  readonly isAxonActive: boolean;
  /** That axon as `address:port`, `[address]:port` for IPv6; absent when there is none, or on a chain that keeps none. */
  readonly axon?: string;
  readonly hasValidatorPermit: boolean;
  /** Block of the neuron's last weight set (for a validator), or of its registration. */
  readonly lastUpdateBlock: number;
}

/** The subnet's rules for weights, read at the same block as the rest. */
export interface Hyperparameters {
  /** Blocks between weight sets that the chain enforces. */
  readonly weightsRateLimitBlocks: number;
  readonly weightsVersionKey: number;
  readonly minAllowedWeights: number;
  /** Largest share of one weight, in 1/65535; 65535 means no limit. */
  readonly maxWeightLimit: number;
  readonly isCommitRevealEnabled: boolean;
  readonly tempoBlocks: number;
}

/** The subnet at one block, read atomically. */
export interface Metagraph {
  readonly block: number;
  readonly blockHash: string;
  readonly blockTimeMs: number;
  readonly netuid: number;
  /** By rising UID, no UID twice. */
  readonly neurons: readonly Neuron[];
  /** The hotkey of the subnet's owner: the only target a burn may have by default. */
  readonly ownerHotkey: Hotkey;
  readonly hyperparameters: Hyperparameters;
}

/** Whether two registrations are the same miner: neither the hotkey nor the block of registration has changed. */
export function isSameMiner(a: Registration, b: Registration): boolean {
  return a.uid === b.uid && a.hotkey === b.hotkey && a.registeredAtBlock === b.registeredAtBlock;
}

/** The hotkey at each UID, with holes where nobody is registered: an array, because a subnet may have 65,536 of them. */
export function hotkeysByUid({
  neurons,
}: Pick<Metagraph, 'neurons'>): readonly (Hotkey | undefined)[] {
  const hotkeys: Hotkey[] = [];
  for (const { uid, hotkey } of neurons) hotkeys[uid] = hotkey;
  return hotkeys;
}
