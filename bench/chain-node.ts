/** A process with a Subtensor node, so that its work is not on the measured event loop. Makes blocks when it is told to. */
import { StubNode, type StubNodeOptions } from '../test/support/subtensor-node/stub-node.ts';

/** What the process says first. */
export interface NodeReady {
  readonly url: string;
  readonly genesisHash: string;
  readonly timeMs: number;
}

/** How many blocks to make. */
export interface BlocksWanted {
  readonly blocks: number;
}

/** The newest final block after that, and how many weight extrinsics blocks have taken so far. */
export interface BlocksMade {
  readonly finalBlock: number;
  readonly timeMs: number;
  readonly takenCount: number;
}

const options: StubNodeOptions = JSON.parse(process.argv[2] ?? '{}');
const node = await StubNode.start(options);
process.on('message', ({ blocks }: BlocksWanted) => {
  node.produceBlocks(blocks);
  const made: BlocksMade = {
    finalBlock: node.finalized.number,
    timeMs: node.finalized.timeMs,
    takenCount: node.takenWeights.length,
  };
  process.send?.(made);
});
process.on('disconnect', () => process.exit(0));
const ready: NodeReady = {
  url: node.url,
  genesisHash: node.genesisHash,
  timeMs: node.best.timeMs,
};
process.send?.(ready);
