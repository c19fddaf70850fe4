/**
 * Seeded runs of the weight setter against a chain and a store that fail at random, with crashes and restarts at any
 * moment. A failing run prints its seed: `SEEDS` may be set to that one alone to look at it.
 */
import { expect, it } from 'vitest';
import type { SubmissionStep } from '../../src/actors/ports.ts';
import type { WeightSetter } from '../../src/actors/weight-setter.ts';
import { INCLUSION_BLOCKS_MAX } from '../../src/domain/schedule.ts';
import type { RetryAction, WeightSet, WeightSetState } from '../../src/domain/weight-set.ts';
import { REVEAL_BLOCKS_MAX } from '../../src/domain/weight-set-outcome.ts';
import { type Random, random } from '../../src/lib/random.ts';
import { settle } from '../support/manual-clock.ts';
import { type Life, mortal } from '../support/mortal.ts';
import { sampleHotkey } from '../support/profile-samples.ts';
import type { ChainMethod, ScriptedSubmission } from '../support/scripted-chain.ts';
import { twoMinerRig, type WeightSetterRig } from '../support/weight-setter-rig.ts';
import { OWNER_UID, sampleFailure } from '../support/weight-setter-samples.ts';

const SEEDS = Array.from({ length: 500 }, (_, seed) => seed);
const CRASH_SEEDS = 200;
const BLOCKS = 60;
const METHODS: readonly ChainMethod[] = [
  'heads',
  'metagraph',
  'standing',
  'submit',
  'storedWeights',
];
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
  const ends = { verified: 0, failed: 0, lost: 0, crashes: 0 };
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
    for (const { state } of run.rig.sets) ends[state as 'verified' | 'failed' | 'lost'] += 1;
  }
  // The faults must leave something to see of every kind.
  expect(ends.verified).toBeGreaterThan(SEEDS.length);
  expect(ends.failed).toBeGreaterThan(SEEDS.length / 10);
  expect(ends.lost).toBeGreaterThan(SEEDS.length / 50);
  expect(ends.crashes).toBeGreaterThan(SEEDS.length);
}, 120_000);

it.each([
  { chain: 'plain weights', isCommitReveal: false },
  { chain: 'commitments', isCommitReveal: true },
])(
  'crashes at every step of $chain in turn, and no decision is sent twice',
  async (given) => {
    const seen = new Set<string>();
    for (let seed = 0; seed < CRASH_SEEDS; seed += 1) {
      const run = await begin(seed, given.isCommitReveal);
      const { rig, chance } = run;
      rig.chain.finalityBlocks = chance.integer(0, 3);
      rig.chain.willRetract = () => rig.chain.finalityBlocks > 1 && chance.chance(0.5);
      const moments = given.isCommitReveal ? MOMENTS : MOMENTS.slice(0, -4);
      const moment = moments[seed % moments.length] as Moment;
      const forget = crashAt(run, moment);
      for (let block = 0; block < BLOCKS; block += 1) {
        await rig.chain.advance();
        checkAlways(run);
        if (!run.life.isOver) continue;
        seen.add(`${moment.when} ${moment.state}`);
        rig.crash();
        await restart(run);
      }
      forget();
      await calmDown(run);
      checkEnd(run);
    }
    expect(seen.size).toBe(given.isCommitReveal ? MOMENTS.length : MOMENTS.length - 4);
  },
  120_000,
);

/** Where a process dies: before or after a state of a set becomes durable. */
interface Moment {
  readonly when: 'before' | 'after';
  readonly state: 'signed' | Exclude<WeightSetState, 'failed' | 'lost'>;
}

const MOMENTS: readonly Moment[] = (
  [
    'computed',
    'signed',
    'submitted',
    'in_block',
    'finalized',
    'verified',
    'committed',
    'revealed',
  ] as const
).flatMap((state) => [
  { when: 'before', state },
  { when: 'after', state },
]);

/** Lets the process die once, when the store is asked to keep this. @returns what calls it off. */
function crashAt(run: Run, { when, state }: Moment): () => void {
  const { store } = run.rig;
  const record = store.record.bind(store);
  const update = store.update.bind(store);
  const keep = async (set: WeightSet, write: () => Promise<void>) => {
    const isSigned = set.state === 'computed' && set.extrinsic !== undefined;
    const isTheMoment = (isSigned ? 'signed' : set.state) === state;
    if (isTheMoment && when === 'before') await die(run);
    await write();
    if (isTheMoment) await die(run);
  };
  store.record = (decision) => keep(decision.set, () => record(decision));
  store.update = (set) => keep(set, () => update(set));
  const forget = () => {
    store.record = record;
    store.update = update;
  };
  const die = async ({ life }: Run) => {
    forget();
    life.isOver = true;
    await new Promise(() => undefined);
  };
  return forget;
}

async function begin(seed: number, isAlwaysCommitReveal = false): Promise<Run> {
  const chance = random(seed, 'weight-setter');
  const isCommitReveal = chance.chance(0.3) || isAlwaysCommitReveal;
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
  rig.chain.eraBlocks = chance.pick([8, 16, 64]);
  rig.chain.finalityBlocks = chance.integer(0, 3);
  rig.chain.willRetract = () => rig.chain.finalityBlocks > 1 && chance.chance(0.2);
  rig.chain.willDrop = () => chance.chance(0.1);
  rig.chain.revealBlocks = chance.integer(1, 40);
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
  chain.script = chance.chance(0.2)
    ? chance.pick([breaksOff, breaksOffUnsent, dies])(run)
    : undefined;
  const owner = chance.chance(0.1) ? 77 : OWNER_UID;
  chain.metagraphNow = { ...chain.metagraphNow, ownerHotkey: sampleHotkey(owner) };
  if (chance.chance(0.1)) run.setter.setNow().catch(() => undefined);
  if (run.life.isOver || chance.chance(0.05)) {
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
    const signed = chain.sign(intent);
    yield signed.step;
    yield chain.pool(signed).steps[0] as SubmissionStep;
    throw new Error('connection reset');
  };
}

/** The extrinsic never gets to the pool, and nobody knows. */
function breaksOffUnsent({ rig: { chain } }: Run): typeof chain.script {
  return async function* (intent) {
    yield chain.sign(intent).step;
    throw new Error('connection reset');
  };
}

/** The process dies at one of the steps, or just before the pool or just after it. */
function dies({ rig: { chain }, chance, life }: Run): typeof chain.script {
  const last = chance.integer(0, 6);
  return async function* (intent, signal) {
    const signed = chain.sign(intent);
    yield signed.step;
    life.isOver ||= last === 0;
    if (life.isOver) return;
    const submission = chain.pool(signed);
    life.isOver ||= last === 1;
    let count = 1;
    for await (const step of chain.follow(submission, signal)) {
      yield step;
      count += 1;
      life.isOver ||= last === count;
    }
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
  chain.willRetract = () => false;
  rig.store.failing = 'none';
  rig.configs.change({ weightSetIntervalBlocks: 1_000_000 });
  await rig.stop();
  await restart(run);
  await chain.advance(50);
  await chain.jumpTo(chain.block + 2 * INCLUSION_BLOCKS_MAX + 4);
  await chain.advance(6);
  await chain.jumpTo(chain.block + REVEAL_BLOCKS_MAX + 10);
  await chain.advance(6);
  await rig.stop();
  await settle();
}

function checkAlways({ rig, rateLimitBlocks, seed }: Run): void {
  const { takenAtBlocks, tooFastCount, submissions, block } = rig.chain;
  const distances = takenAtBlocks
    .slice(1)
    .map((at, index) => at - (takenAtBlocks[index] as number));
  const underWay = submissions.filter((submission) => isUnderWay(submission, block));
  const shortest = Math.min(...distances);
  expect({ seed, isTooClose: shortest < rateLimitBlocks }).toEqual({ seed, isTooClose: false });
  expect({ seed, tooFastCount }).toEqual({ seed, tooFastCount: 0 });
  expect({ seed, hasTwo: underWay.length > 1 }).toEqual({ seed, hasTwo: false });
  // A set has one signature, so more submissions than sets with theirs were a decision that was sent twice.
  const recorded = new Set(rig.sets.map(({ extrinsicHash }) => extrinsicHash));
  const sent = submissions.map(({ extrinsicHash }) => extrinsicHash);
  const unrecorded = sent.filter((hash) => !recorded.has(hash));
  expect({ seed, unrecorded }).toEqual({ seed, unrecorded: [] });
  expect({ seed, sentCount: new Set(sent).size }).toEqual({ seed, sentCount: sent.length });
}

/** Whether a block may still take it, or may give it back. */
function isUnderWay(submission: ScriptedSubmission, block: number): boolean {
  const { hasEnded, includedAtBlock, retractAtBlock, extrinsic } = submission;
  if (hasEnded) return false;
  return includedAtBlock === undefined ? block < extrinsic.lastBlock : retractAtBlock !== undefined;
}

function checkEnd({ rig, seed }: Run): void {
  for (const set of rig.sets) {
    const states = rig.store.states.get(set.block) ?? [];
    const at = { seed, block: set.block, states };
    expect({ ...at, end: set.state }).toEqual({
      ...at,
      end: set.state === 'failed' || set.state === 'lost' ? set.state : 'verified',
    });
    expect({ ...at, hasReason: set.failure !== undefined }).toEqual({
      ...at,
      hasReason: set.state !== 'verified',
    });
    const ranks = states.slice(0, -1).map((state) => FORWARD.indexOf(state));
    const isForward = ranks.every((rank, index) => index === 0 || rank > (ranks[index - 1] ?? 0));
    expect({ ...at, isForward }).toEqual({ ...at, isForward: true });
  }
}
