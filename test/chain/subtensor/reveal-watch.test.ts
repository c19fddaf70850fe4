import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WeightIntent } from '../../../src/actors/ports.ts';
import { changeNeuron } from '../../../src/chain/dev/dev-subnet.ts';
import { RevealWatch } from '../../../src/chain/subtensor/reveal-watch.ts';
import type { SubtensorNode } from '../../../src/chain/subtensor/subtensor-node.ts';
import type { WeightVector } from '../../../src/domain/allocation.ts';
import type { Commitment } from '../../../src/domain/weight-set.ts';
import { advanceUntil } from '../../support/chain-rigs.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { blockOf, commitmentOf, statesOf } from '../../support/submission-steps.ts';
import {
  connectedTo,
  type FollowedSubmission,
  SubtensorRig,
  until,
} from '../../support/subtensor-rig.ts';
import { intent, outcome } from '../dev/dev-chain-support.ts';

const COMMITTING = { isCommitRevealEnabled: true, tempoBlocks: 20, weightsRateLimitBlocks: 5 };
const VALIDATOR_UID = 1;
/** Blocks after which the rate limit has passed and changes are final. */
const FREE_BLOCKS = 6;
/** A pause after which a connection is tried again. */
const PAUSE_MS = 1_000;
/** Longer than a connection that broke at once, shorter than one whose heads stay away. */
const LASTING_MS = 12_000;

/** One chain for all: its thread that encrypts takes longer to start than a test. */
let rig: SubtensorRig;
const clock = new ManualClock();
let made = 0;

beforeAll(async () => {
  rig = await SubtensorRig.start({ clock, node: COMMITTING });
});
afterAll(() => rig.stop());
beforeEach(async () => {
  // Connections that last only moments, one after the other, would be paused between.
  await clock.advance(LASTING_MS);
  setPermit(true);
  rig.node.setHyperparameters({ revealPeriodEpochs: 1 });
  await rig.advance(FREE_BLOCKS);
  await advanceUntil(
    rig,
    () => blocksIntoEpoch() === FREE_BLOCKS,
    'an epoch has begun not long ago',
  );
});

function blocksIntoEpoch(): number {
  return rig.node.best.number - rig.node.state.subnet.lastEpochBlock;
}

/** Weights that no test had before. */
function fresh(): WeightIntent {
  made += 1;
  return intent([
    [2, 1_000 * made],
    [3, 65_535],
  ]);
}

interface Committed extends Pick<FollowedSubmission, 'steps' | 'hasEnded' | 'error'> {
  readonly wanted: WeightIntent;
  readonly commitment: Commitment;
}

async function committed(wanted = fresh()): Promise<Committed> {
  const followed = rig.follow(wanted);
  await until(() => followed.has('submitted') || followed.hasEnded, 'it is submitted');
  await advanceUntil(rig, () => followed.has('committed') || followed.hasEnded, 'it is committed');
  expect(statesOf(followed.steps).at(-1)).toBe('committed');
  return Object.assign(followed, { wanted, commitment: commitmentOf(followed.steps) });
}

async function ended(followed: Committed): Promise<void> {
  await advanceUntil(rig, () => followed.hasEnded, 'the submission has ended');
  expect(followed.error).toBeUndefined();
}

/** Makes blocks that the adapter does not hear of before all of them are final. */
async function awayFor(blocks: number): Promise<void> {
  const failures = () => rig.logger.about('cannot be used').length;
  const before = failures();
  rig.node.refuseConnections();
  rig.node.dropConnections();
  await until(() => failures() > before, 'it tries in vain');
  rig.node.produceBlocks(blocks);
  rig.node.refuseConnections(false);
  await until(() => clock.sleeperCount > 0, 'it pauses');
  await clock.advance(PAUSE_MS);
  await rig.caughtUp();
  await rig.quiet();
}

function setPermit(hasValidatorPermit: boolean): void {
  rig.node.changeSubnet((subnet) => changeNeuron(subnet, VALIDATOR_UID, { hasValidatorPermit }));
}

async function stored(): Promise<WeightVector> {
  return (await rig.chain.storedWeights()).vector;
}

/** Two commitments of following epochs that wait side by side. */
async function twoCommitted() {
  rig.node.setHyperparameters({ revealPeriodEpochs: 2 });
  await rig.advance(FREE_BLOCKS);
  const first = await committed();
  const epoch = rig.node.state.subnet.epochIndex;
  await advanceUntil(
    rig,
    () => rig.node.state.subnet.epochIndex > epoch,
    'the next epoch has begun',
  );
  await rig.advance(FREE_BLOCKS);
  return { first, second: await committed() };
}

describe('a commitment that waits for its reveal', () => {
  it('is told as revealed at the block that opened it', async () => {
    const followed = await committed();
    const { digest } = followed.commitment;
    const isWaiting = async () =>
      (await rig.chain.storedWeights()).pendingCommitments.includes(digest);
    while (await isWaiting()) await rig.advance();
    const { block, vector } = await rig.chain.storedWeights();
    expect(vector).toEqual(followed.wanted.vector);
    await ended(followed);
    expect(blockOf(followed.steps, 'revealed')).toBe(block);
  });

  it('is lost when the signature of its round never comes', async () => {
    const before = await stored();
    const followed = await committed();
    const { revealRound, revealBlock } = followed.commitment;
    rig.node.changeState((state) => ({ ...state, missingRounds: new Set([revealRound]) }));
    await advanceUntil(rig, () => rig.node.finalized.number > revealBlock + 5, 'its block is past');
    expect(statesOf(followed.steps).at(-1)).toBe('committed');
    await ended(followed);
    expect(followed.steps.at(-1)).toMatchObject({
      state: 'lost',
      failure: { reason: 'WeightsNotRevealed', action: { kind: 'retry_now' } },
    });
    expect(await stored()).toEqual(before);
  });

  it('is followed over a connection that breaks', async () => {
    const before = rig.node.takenWeights.length;
    const followed = await committed();
    rig.node.dropConnections();
    await ended(followed);
    expect(statesOf(followed.steps)).toEqual([
      ...['prepared', 'submitted', 'in_block', 'finalized', 'committed', 'revealed'],
    ]);
    expect(rig.node.takenWeights).toHaveLength(before + 1);
  });

  it('is found in the blocks of a short absence', async () => {
    const followed = await committed();
    await awayFor(40);
    await until(() => followed.hasEnded, 'it is revealed');
    const { revealBlock } = followed.commitment;
    const block = blockOf(followed.steps, 'revealed');
    expect(block).toBeGreaterThanOrEqual(revealBlock);
    expect(block).toBeLessThan(revealBlock + 6);
  });

  it('is judged by the stored weights after an absence of more blocks than are searched', async () => {
    const followed = await committed();
    await awayFor(90);
    await until(() => followed.hasEnded, 'it is revealed');
    expect(blockOf(followed.steps, 'revealed')).toBe(rig.node.finalized.number);
  });

  it.each([40, 90])(
    'is lost when nothing was stored in an absence of %i blocks',
    async (blocks) => {
      const followed = await committed();
      setPermit(false);
      await awayFor(blocks);
      await until(() => followed.hasEnded, 'it is lost');
      expect(outcome(followed.steps)).toBe('WeightsNotRevealed');
    },
  );

  it('is revealed when its weights are stored, on a chain that tells of no reveals', async () => {
    const followed = await committed();
    await ended(followed);
    const connection = connectedTo(rig.node);
    try {
      const node = await connection.node();
      const { query, registry } = node.api;
      const request = node.request.bind(node);
      const silent = { api: { query, registry, events: {} }, request } as unknown as SubtensorNode;
      const { head } = node;
      const gone = {
        digest: 'gone',
        validator: { netuid: 1, mecid: 0, hotkey: rig.chain.validatorHotkey },
        vector: followed.wanted.vector,
        includedAtBlock: head.block - 1,
      };
      expect(await new RevealWatch(gone).at(node, head)).toEqual({ kind: 'lost' });
      expect(await new RevealWatch(gone).at(silent, head)).toEqual({
        kind: 'revealed',
        block: head.block,
      });
      const other = new RevealWatch({ ...gone, vector: fresh().vector });
      expect(await other.at(silent, head)).toEqual({ kind: 'lost' });
      const early = new RevealWatch({ ...gone, includedAtBlock: head.block + 1 });
      expect(await early.at(node, head)).toEqual({ kind: 'waiting' });
    } finally {
      await connection.close();
    }
  });

  it('is told apart from others of the same hotkey', async () => {
    const { first, second } = await twoCommitted();
    const digests = [first, second].map(({ commitment }) => commitment.digest);
    const { pendingCommitments } = await rig.chain.storedWeights();
    expect([...pendingCommitments].sort()).toEqual([...digests].sort());
    await ended(first);
    expect(second.hasEnded).toBe(false);
    expect(await rig.chain.storedWeights()).toMatchObject({
      pendingCommitments: digests.slice(1),
      vector: first.wanted.vector,
    });
    await ended(second);
    expect([outcome(first.steps), outcome(second.steps)]).toEqual(['revealed', 'revealed']);
    expect(await stored()).toEqual(second.wanted.vector);
  });

  it('is not taken for revealed when another one of the hotkey was, in the same absence', async () => {
    const { first, second } = await twoCommitted();
    const { revealRound } = second.commitment;
    rig.node.changeState((state) => ({ ...state, missingRounds: new Set([revealRound]) }));
    await awayFor(60);
    await until(() => first.hasEnded && second.hasEnded, 'both are known');
    expect(outcome(first.steps)).toBe('revealed');
    expect(outcome(second.steps)).toBe('WeightsNotRevealed');
  });

  it('is lost although the same weights are stored, which an earlier one brought', async () => {
    const first = await committed();
    await ended(first);
    await rig.advance(FREE_BLOCKS);
    const second = await committed(first.wanted);
    setPermit(false);
    await ended(second);
    expect(second.steps.at(-1)).toMatchObject({ state: 'lost' });
    expect(await stored()).toEqual(first.wanted.vector);
  });

  it('ends with the reason of the caller that leaves', async () => {
    const leaving = new AbortController();
    const followed = rig.follow(fresh(), leaving.signal);
    await until(() => followed.has('submitted'), 'it is submitted');
    await advanceUntil(rig, () => followed.has('committed'), 'it is committed');
    const reason = new Error('the caller left');
    leaving.abort(reason);
    await until(() => followed.hasEnded, 'the steps have ended');
    expect(followed.error).toBe(reason);
  });
});
