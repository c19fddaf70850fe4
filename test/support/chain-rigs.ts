/** The two chains behind the port, driven in the same words, for behaviours that both must have. */
import type { LiveChain, SubmissionStep, WeightIntent } from '../../src/actors/ports.ts';
import { DevChain } from '../../src/chain/dev/dev-chain.ts';
import type { DevChainOptions } from '../../src/chain/dev/dev-genesis.ts';
import {
  changeNeuron,
  type DevHyperparameters,
  deregister,
  type NeuronChange,
  replace,
} from '../../src/chain/dev/dev-subnet.ts';
import type { Hotkey } from '../../src/domain/ids.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { FollowedSubmission, SubtensorRig, until } from './subtensor-rig.ts';

/** A small subnet: the owner at UID 0, our validator at UID 1, five miners from UID 2 on. */
const OPTIONS: Partial<DevChainOptions> = { miners: 5, finalityLagBlocks: 2, eraBlocks: 8 };

/** Blocks after which a change of the subnet is read from final ones. */
const CHANGE_BLOCKS = 3;

const BLOCK_MS = 12_000;

/** A chain that a test makes the blocks of. Changes of the subnet hold from the next block on at the latest. */
export interface ChainRig {
  readonly chain: LiveChain;
  advance(blocks?: number): Promise<void>;
  setHyperparameters(change: Partial<DevHyperparameters>): void;
  changeNeuron(uid: number, change: NeuronChange): void;
  deregister(uid: number): void;
  replace(uid: number, hotkey: Hotkey): void;
  /** No block takes the next submission, nor any node's pool keeps it. */
  dropNextSubmission(): void;
  close(): Promise<void>;
}

export interface ChainRigKind {
  readonly kind: LiveChain['kind'];
  start(options?: Partial<DevChainOptions>): Promise<ChainRig>;
}

export const CHAIN_RIGS: readonly ChainRigKind[] = [
  { kind: 'dev', start: async (options) => new DevRig(options) },
  { kind: 'subtensor', start: startSubtensor },
];

class DevRig implements ChainRig {
  readonly chain: DevChain;
  readonly #clock = new ManualClock();

  constructor(options: Partial<DevChainOptions> = {}) {
    this.chain = DevChain.create({ clock: this.#clock, options: { ...OPTIONS, ...options } });
  }

  async advance(blocks = 1): Promise<void> {
    for (let made = 0; made < blocks; made += 1) {
      await this.#clock.advance(BLOCK_MS);
      this.chain.produceBlock();
      await settle();
    }
  }

  setHyperparameters(change: Partial<DevHyperparameters>): void {
    this.chain.setHyperparameters(change);
  }

  changeNeuron(uid: number, change: NeuronChange): void {
    this.chain.changeNeuron(uid, change);
  }

  deregister(uid: number): void {
    this.chain.deregister(uid);
  }

  replace(uid: number, hotkey: Hotkey): void {
    this.chain.replace(uid, hotkey);
  }

  dropNextSubmission(): void {
    this.chain.faults.willDropNext = true;
  }

  async close(): Promise<void> {
    this.chain.close();
  }
}

async function startSubtensor(options: Partial<DevChainOptions> = {}): Promise<ChainRig> {
  const { eraBlocks, ...node } = { ...OPTIONS, ...options };
  const rig = await SubtensorRig.start({
    node,
    chain: { eraBlocks: eraBlocks ?? 8 },
  });
  return {
    chain: rig.chain,
    advance: (blocks) => rig.advance(blocks),
    setHyperparameters: (change) => rig.node.setHyperparameters(change),
    changeNeuron: (uid, change) =>
      rig.node.changeSubnet((subnet) => changeNeuron(subnet, uid, change)),
    deregister: (uid) => rig.node.changeSubnet((subnet) => deregister(subnet, uid)),
    replace: (uid, hotkey) => rig.node.changeSubnet((subnet) => replace(subnet, uid, hotkey)),
    dropNextSubmission: () => rig.node.dropNextFromPool(),
    close: () => rig.stop(),
  };
}

/** Lets what was changed become final. */
export function changed(rig: ChainRig): Promise<void> {
  return rig.advance(CHANGE_BLOCKS);
}

export function follow(
  { chain }: ChainRig,
  wanted: WeightIntent,
  signal = new AbortController().signal,
): FollowedSubmission {
  return new FollowedSubmission(chain.submit(wanted, signal));
}

/** Submits, and waits until the chain has it or has refused it. */
export async function sent(
  rig: ChainRig,
  wanted: WeightIntent,
  signal?: AbortSignal,
): Promise<FollowedSubmission> {
  const followed = follow(rig, wanted, signal);
  await until(() => followed.has('submitted') || followed.hasEnded, 'it is submitted');
  return followed;
}

/** Makes blocks until something holds. */
export async function advanceUntil(
  rig: Pick<ChainRig, 'advance'>,
  holds: () => boolean,
  what: string,
): Promise<void> {
  for (let made = 0; made < BLOCKS_MAX && !holds(); made += 1) await rig.advance();
  await until(holds, what);
}

const BLOCKS_MAX = 200;

/** Submits, and makes blocks until the submission has ended. */
export async function submitted(
  rig: ChainRig,
  wanted: WeightIntent,
): Promise<readonly SubmissionStep[]> {
  const followed = await sent(rig, wanted);
  await advanceUntil(rig, () => followed.hasEnded, 'the submission has ended');
  return followed.steps;
}

/** The block of the newest head that the chain tells of. */
export async function headBlock({ chain }: ChainRig): Promise<number> {
  return (await chain.storedWeights()).block;
}
