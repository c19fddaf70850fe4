import type { SubmissionStep, WeightIntent } from '../../../src/actors/ports.ts';
import { DevChain } from '../../../src/chain/dev/dev-chain.ts';
import type { DevChainOptions } from '../../../src/chain/dev/dev-genesis.ts';
import type { WeightVector } from '../../../src/domain/allocation.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';

/** A chain of five miners (UIDs 2 to 6) whose first weights may be set at once. */
export function smallChain(options: Partial<DevChainOptions> = {}): DevChain {
  return DevChain.create({ clock: new ManualClock(), options: { miners: 5, ...options } });
}

export function intent(
  entries: readonly (readonly [uid: number, weight: number])[],
  versionKey = 0,
): WeightIntent {
  return {
    vector: {
      uids: Uint16Array.from(entries, ([uid]) => uid),
      weights: Uint16Array.from(entries, ([, weight]) => weight),
    },
    versionKey,
  };
}

export function entriesOf({ uids, weights }: WeightVector): number[][] {
  return [...uids].map((uid, index) => [uid, Number(weights[index])]);
}

/** A submission under way: its steps so far, and all of them once it has ended. */
export interface Followed {
  readonly steps: SubmissionStep[];
  readonly ended: Promise<SubmissionStep[]>;
}

export function follow(
  chain: DevChain,
  wanted: WeightIntent,
  signal = new AbortController().signal,
): Followed {
  const steps: SubmissionStep[] = [];
  const ended = (async () => {
    for await (const step of chain.submit(wanted, signal)) steps.push(step);
    return steps;
  })();
  ended.catch(() => undefined);
  return { steps, ended };
}

/** Makes blocks, letting readers run after each. */
export async function makeBlocks(chain: DevChain, count: number): Promise<void> {
  await settle();
  for (let made = 0; made < count; made += 1) {
    chain.produceBlock();
    await settle();
  }
}

/** Submits and makes blocks until the submission has ended. */
export async function submitted(
  chain: DevChain,
  wanted: WeightIntent,
  blocksMax = 100,
): Promise<SubmissionStep[]> {
  const followed = follow(chain, wanted);
  let hasEnded = false;
  followed.ended.then(
    () => {
      hasEnded = true;
    },
    () => {
      hasEnded = true;
    },
  );
  await settle();
  for (let made = 0; made < blocksMax && !hasEnded; made += 1) await makeBlocks(chain, 1);
  return followed.ended;
}

/** The reason of the last step, or its state when it did not fail. */
export function outcome(steps: readonly SubmissionStep[]): string {
  const last = steps.at(-1);
  if (last === undefined) return 'no step';
  return 'failure' in last ? last.failure.reason : last.state;
}
