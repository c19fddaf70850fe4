/**
 * The service in a process of its own, on a chain that makes its blocks when the parent asks for weight sets: the clock
 * runs as the blocks would, so that retention deletes what is old.
 */
import { createApp } from '../src/app.ts';
import { DevChain } from '../src/chain/dev/dev-chain.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { isOver } from '../src/domain/weight-set-state.ts';
import { silentLogger } from '../src/events.ts';
import { ManualClock, settle } from '../test/support/manual-clock.ts';
import { answerParent, collectedHeapMib } from './measured-process.ts';

/** What the process is told. */
export interface SetsTold {
  readonly flags: Readonly<Record<string, string | number>>;
  readonly miners: number;
  readonly seed: number;
  readonly startMs: number;
}

/** How many sets to make; the heap is told for none of them. */
export interface SetsWanted {
  readonly sets: number;
}

/** Where the process stands when they are made. */
export interface SetsMade {
  readonly heapMib: number;
  readonly nowMs: number;
}

const BLOCK_MS = 12_000;

const { flags, startMs, ...genesis } = JSON.parse(process.argv[2] ?? '') as SetsTold;
const clock = new ManualClock(startMs);
const options = { ...genesis, weightsRateLimitBlocks: 5, finalityLagBlocks: 1 };
const chain = DevChain.create({ clock, options });
const stop = new AbortController();
const config = loadConfig({ env: {}, flags });
const app = await createApp(config, { logger: silentLogger, clock, chain, isChainHeld: true });
const running = app.run(stop.signal);
await answerParent(app.address, async ({ sets }: SetsWanted): Promise<SetsMade> => {
  for (let made = 0; made < sets; made += 1) await makeSet();
  const heapMib = sets === 0 ? await collectedHeapMib() : Number.NaN;
  return { heapMib, nowMs: clock.now() };
});
stop.abort();
await running;

/** Makes blocks until a set is due and follows it until the chain has its weights. */
async function makeSet(): Promise<void> {
  const due = Math.max(app.weightSetting.status().nextSetBlock, chain.head.block + 1);
  await clock.advance((due - chain.head.block) * BLOCK_MS);
  while (chain.head.block < due) chain.produceBlock();
  const leave = new AbortController();
  for await (const { block, state } of app.weightSetting.watch(leave.signal)) {
    if (block < due) continue;
    if (state === 'submitted' || state === 'in_block') chain.produceBlock();
    if (!isOver(state)) continue;
    if (state !== 'verified') throw new Error(`the set of block ${block} ended as ${state}`);
    leave.abort();
  }
  await settle();
}
