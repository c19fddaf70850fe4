/**
 * Seeded runs of the weight setter against a chain and a store that fail at random, with crashes and restarts at any
 * moment. A failing run prints its seed: `SEEDS` may be set to that one alone to look at it.
 */
import { expect, it } from 'vitest';
import type { SubmissionStep } from '../../src/actors/ports.ts';
import type { WeightSetter } from '../../src/actors/weight-setter.ts';
import { REVEAL_BLOCKS_MAX } from '../../src/domain/read-back.ts';
import { INCLUSION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import type { RetryAction, WeightSetState } from '../../src/domain/weight-set.ts';
import { type Random, random } from '../../src/lib/random.ts';
import { settle } from '../support/manual-clock.ts';
import { type Life, mortal } from '../support/mortal.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import type { ChainMethod } from '../support/scripted-chain.ts';
import { twoMinerRig, type WeightSetterRig } from '../support/weight-setter-rig.ts';
import { OWNER_UID, sampleFailure } from '../support/weight-setter-samples.ts';

const SEEDS = Array.from({ length: 500 }, (_, seed) => seed);
const BLOCKS = 60;
const METHODS: readonly ChainMethod[] = ['heads', 'metagraph', 'submit', 'storedWeights'];
const FORWARD: readonly WeightSetState[] = [
  'computed',
  'submitted',
  'in_block',
  'finalized',
  'committed',
  'revealed',
];

interface Run {
  readonly seed: number;
  readonly rig: WeightSetterRig;
  readonly chance: Random;
  readonly rateLimitBlocks: number;
  life: Life;
  setter: WeightSetter;
}

it('never sets twice within the rate limit, goes back or leaves a set open, whatever fails', async () => {
  const ends = { verified: 0, failed: 0, crashes: 0 };
  for (const seed of SEEDS) {
    const run = await begin(seed);
    for (let block = 0; block < BLOCKS; block += 1) {
      if (await disturb(run)) ends.crashes += 1;
      await run.rig.chain.advance();
      await run.rig.clock.advance(1_000);
      checkAlways(run);
    }
    await calmDown(run);
    checkEnd(run);
    for (const { state } of run.rig.sets) ends[state as 'verified' | 'failed'] += 1;
  }
  // The faults must leave something to see of both kinds.
  expect(ends.verified).toBeGreaterThan(SEEDS.length);
  expect(ends.failed).toBeGreaterThan(SEEDS.length / 10);
  expect(ends.crashes).toBeGreaterThan(SEEDS.length);
}, 120_000);

async function begin(seed: number): Promise<Run> {
  const chance = random(seed, 'weight-setter');
  const isCommitReveal = chance.chance(0.3);
  const intervalBlocks = chance.integer(isCommitReveal ? 20 : 4, 30);
  const rateLimitBlocks = chance.integer(0, 20);
  const rig = twoMinerRig({
    config: { weightSetIntervalBlocks: intervalBlocks, burnPercentage: chance.pick([0, 10]) },
    metagraph: {
      hyperparameters: {
        weightsRateLimitBlocks: rateLimitBlocks,
        isCommitRevealEnabled: isCommitReveal,
      },
    },
  });
  rig.chain.inclusionBlocks = () => (chance.chance(0.1) ? undefined : chance.integer(1, 4));
  // A reveal comes before the next commitment, so that a restart finds one open set at most.
  rig.chain.revealBlocks = chance.integer(1, 10);
  const life: Life = { isOver: false };
  const setter = await start(rig, life);
  return { seed, rig, chance, rateLimitBlocks, life, setter };
}

function start(rig: WeightSetterRig, life: Life): Promise<WeightSetter> {
  return rig.start({ chain: mortal(rig.chain, life), sets: mortal(rig.store, life) });
}

/** Lets something go wrong, or not. @returns whether the process crashed. */
async function disturb(run: Run): Promise<boolean> {
  const { rig, chance } = run;
  const { chain } = rig;
  for (const method of METHODS) {
    if (chance.chance(0.05)) chain.unreachable.add(method);
    else if (chance.chance(0.5)) chain.unreachable.delete(method);
  }
  if (chance.chance(0.05)) rig.store.failing = chance.pick(['record', 'update', 'all']);
  else if (chance.chance(0.5)) rig.store.failing = 'none';
  chain.dispatchFailure = chance.chance(0.1) ? sampleFailure(someAction(run)) : undefined;
  chain.script = chance.chance(0.2) ? chance.pick([breaksOff, retracts])(run) : undefined;
  const owner = chance.chance(0.1) ? 77 : OWNER_UID;
  chain.metagraphNow = { ...chain.metagraphNow, ownerHotkey: sampleHotkey(owner) };
  if (chance.chance(0.1)) run.setter.setNow().catch(() => undefined);
  if (chance.chance(0.05)) {
    run.life.isOver = true;
    rig.crash();
    await restart(run);
    return true;
  }
  const mustRestart = run.setter.status().alarm !== undefined && chance.chance(0.2);
  if (mustRestart || chance.chance(0.02)) {
    await rig.stop();
    await restart(run);
  }
  return false;
}

async function restart(run: Run): Promise<void> {
  run.life = { isOver: false };
  run.setter = await start(run.rig, run.life);
}

function someAction({ chance, rig }: Run): RetryAction {
  return chance.pick<RetryAction>([
    { kind: 'retry_now' },
    { kind: 'retry_at_block', block: rig.chain.block + 5 },
    { kind: 'stop' },
  ]);
}

/** The extrinsic is in the pool, and nobody hears of it again. */
function breaksOff({ rig: { chain } }: Run): typeof chain.script {
  return async function* (intent) {
    yield chain.pool(intent).steps[0] as SubmissionStep;
    throw new Error('connection reset');
  };
}

/** The block that took it is retracted, and the extrinsic goes the whole way again. */
function retracts({ rig: { chain } }: Run): typeof chain.script {
  return async function* (intent, signal) {
    const submission = chain.pool(intent);
    yield submission.steps[0] as SubmissionStep;
    yield { state: 'in_block', block: chain.block + 1 };
    yield* chain.follow(submission, signal);
  };
}

/** Ends the faults and lets everything come to its end. */
async function calmDown(run: Run): Promise<void> {
  const { rig } = run;
  const { chain } = rig;
  chain.unreachable.clear();
  chain.script = undefined;
  chain.dispatchFailure = undefined;
  chain.inclusionBlocks = () => 1;
  rig.store.failing = 'none';
  rig.configs.change({ weightSetIntervalBlocks: 1_000_000 });
  await rig.stop();
  await restart(run);
  await chain.advance(12);
  await chain.jumpTo(chain.block + 2 * INCLUSION_BLOCKS_MAX + 4);
  await chain.advance(2);
  await chain.jumpTo(chain.block + REVEAL_BLOCKS_MAX + 10);
  await chain.advance(2);
  await rig.stop();
  await settle();
}

function checkAlways({ rig, rateLimitBlocks, seed }: Run): void {
  const { takenAtBlocks, tooFastCount, submissions, block } = rig.chain;
  const distances = takenAtBlocks
    .slice(1)
    .map((at, index) => at - (takenAtBlocks[index] as number));
  const underWay = submissions.filter(
    ({ includeAtBlock = 0, hasEnded }) => !hasEnded && includeAtBlock > block,
  );
  const shortest = Math.min(...distances);
  expect({ seed, isTooClose: shortest < rateLimitBlocks }).toEqual({ seed, isTooClose: false });
  expect({ seed, tooFastCount }).toEqual({ seed, tooFastCount: 0 });
  expect({ seed, hasTwo: underWay.length > 1 }).toEqual({ seed, hasTwo: false });
}

function checkEnd({ rig, seed }: Run): void {
  for (const set of rig.sets) {
    const states = rig.store.states.get(set.block) ?? [];
    const at = { seed, block: set.block, states };
    expect({ ...at, end: set.state }).toEqual({
      ...at,
      end: set.state === 'failed' ? 'failed' : 'verified',
    });
    expect({ ...at, hasReason: set.failure !== undefined }).toEqual({
      ...at,
      hasReason: set.state === 'failed',
    });
    const ranks = states.slice(0, -1).map((state) => FORWARD.indexOf(state));
    const isForward = ranks.every((rank, index) => index === 0 || rank > (ranks[index - 1] ?? 0));
    expect({ ...at, isForward }).toEqual({ ...at, isForward: true });
  }
}
