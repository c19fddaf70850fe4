/** What the weight setter may expect of a chain, whichever it is: every behaviour through the port, on each of them. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Head, WeightIntent } from '../../src/actors/ports.ts';
import type { DevChainOptions } from '../../src/chain/dev/dev-genesis.ts';
import { hotkey } from '../../src/domain/ids.ts';
import type { RetryAction } from '../../src/domain/weight-set.ts';
import { random } from '../../src/lib/random.ts';
import { encodeSs58 } from '../../src/lib/ss58.ts';
import {
  advanceUntil,
  CHAIN_RIGS,
  type ChainRig,
  changed,
  follow,
  headBlock,
  sent,
  submitted,
} from '../support/chain-rigs.ts';
import {
  blockOf,
  commitmentOf,
  failedStep,
  preparedOf,
  statesOf,
} from '../support/submission-steps.ts';
import { until } from '../support/subtensor-rig.ts';
import { entriesOf, intent, outcome } from './dev/dev-chain-support.ts';

const VALIDATOR_UID = 1;
const WANTED = intent([
  [3, 20],
  [2, 10],
]);
/** As the chain stores `WANTED`. */
const STORED = [
  [2, 32_768],
  [3, 65_535],
];
const COMMITTING = { isCommitRevealEnabled: true, tempoBlocks: 20, weightsRateLimitBlocks: 5 };
const STRANGER = hotkey(encodeSs58(random('stranger').bytes(32)));
const never = new AbortController().signal;

describe.each(CHAIN_RIGS)('the $kind chain', ({ kind, start }) => {
  let rig: ChainRig;
  const chain = async (options: Partial<DevChainOptions> = {}) => {
    rig = await start(options);
  };
  afterEach(() => rig.close());

  describe('as it is read', () => {
    it('tells its kind and heads that rise, beginning with the newest', async () => {
      await chain();
      expect(rig.chain.kind).toBe(kind);
      await rig.advance(4);
      const first = await headBlock(rig);
      const leaving = new AbortController();
      const seen: Head[] = [];
      const reading = (async () => {
        for await (const head of rig.chain.heads(leaving.signal)) seen.push(head);
      })();
      await rig.advance(3);
      await until(() => seen.length === 4, 'four heads were read');
      leaving.abort();
      await reading;
      expect(seen.map(({ block }) => block - first)).toEqual([0, 1, 2, 3]);
      expect(seen.map(({ timeMs }) => timeMs - Number(seen[0]?.timeMs))).toEqual([
        ...[0, 12_000, 24_000, 36_000],
      ]);
    });

    it('tells the neurons by rising UID, the owner and the rules of one block', async () => {
      const rules = {
        weightsRateLimitBlocks: 7,
        weightsVersionKey: 3,
        minAllowedWeights: 4,
        maxWeightLimit: 1_000,
        isCommitRevealEnabled: true,
        tempoBlocks: 30,
      };
      await chain({ netuid: 39, ...rules });
      await rig.advance(3);
      const seen = await rig.chain.metagraph();
      expect(seen.hyperparameters).toEqual(rules);
      expect(seen.netuid).toBe(39);
      expect(seen.block).toBe(await headBlock(rig));
      expect(seen.blockHash).toMatch(/^0x[0-9a-f]{64}$/);
      expect(seen.neurons.map(({ uid }) => uid)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect(seen.neurons[VALIDATOR_UID]).toMatchObject({
        hotkey: rig.chain.validatorHotkey,
        registeredAtBlock: 0,
        lastUpdateBlock: 0,
        hasValidatorPermit: true,
        isAxonActive: false,
      });
      expect(seen.ownerHotkey).toBe(seen.neurons[0]?.hotkey);
      expect(seen.neurons.filter(({ isAxonActive }) => isAxonActive)).toHaveLength(5);
    });

    it('tells of a UID that changed hands by its hotkey and its registration', async () => {
      await chain();
      await changed(rig);
      const before = await rig.chain.metagraph();
      rig.replace(3, STRANGER);
      await changed(rig);
      const { neurons } = await rig.chain.metagraph();
      expect(neurons[3]).toMatchObject({
        uid: 3,
        hotkey: STRANGER,
        isAxonActive: false,
        hasValidatorPermit: false,
      });
      const { registeredAtBlock = 0 } = neurons[3] ?? {};
      expect(registeredAtBlock).toBeGreaterThanOrEqual(before.block);
      expect(neurons.toSpliced(3, 1)).toEqual(before.neurons.toSpliced(3, 1));
    });

    it('tells what it asks of the validator, and follows changes', async () => {
      await chain({ mechanismCount: 3, revealPeriodEpochs: 2, stakeThreshold: 10 });
      const before = await rig.chain.standing();
      expect(before).toMatchObject({
        block: await headBlock(rig),
        endpoint: expect.stringMatching(/./),
        runtime: expect.stringMatching(/ \d+$/),
        wallet: expect.stringMatching(/./),
        hasSubnet: true,
        mechanismCount: 3,
        commitReveal: { isEnabled: false, version: 4, isSupported: true, revealPeriodEpochs: 2 },
      });
      expect(before.stake?.weightRao).toBeGreaterThan(before.stake?.thresholdRao ?? 0n);
      rig.setHyperparameters({ isCommitRevealEnabled: true, stakeThreshold: 2_000 });
      await changed(rig);
      const after = await rig.chain.standing();
      expect(after.commitReveal.isEnabled).toBe(true);
      expect(after.stake?.weightRao).toBeLessThan(after.stake?.thresholdRao ?? 0n);
      rig.deregister(VALIDATOR_UID);
      await changed(rig);
      expect((await rig.chain.standing()).stake).toBeUndefined();
    });

    it('has no weights of a validator that never set any, or lost its UID', async () => {
      await chain();
      const nothing = { lastUpdateBlock: 0, pendingCommitments: [] };
      expect(await rig.chain.storedWeights()).toMatchObject(nothing);
      await submitted(rig, WANTED);
      rig.replace(VALIDATOR_UID, STRANGER);
      await changed(rig);
      const stored = await rig.chain.storedWeights();
      expect(stored).toMatchObject(nothing);
      expect(entriesOf(stored.vector)).toEqual([]);
    });
  });

  describe('with plain weights', () => {
    it('tells every step in order and stores what was set, scaled, by rising UID', async () => {
      await chain();
      const steps = await submitted(rig, WANTED);
      expect(statesOf(steps)).toEqual(['prepared', 'submitted', 'in_block', 'finalized']);
      expect(preparedOf(steps)).toMatchObject({
        extrinsicHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
        extrinsic: { call: 'set_weights', lastBlock: expect.any(Number) },
      });
      const block = blockOf(steps, 'finalized');
      expect(blockOf(steps, 'in_block')).toBe(block);
      const stored = await rig.chain.storedWeights();
      expect(entriesOf(stored.vector)).toEqual(STORED);
      expect(stored).toMatchObject({ lastUpdateBlock: block, pendingCommitments: [] });
      const { neurons } = await rig.chain.metagraph();
      expect(neurons[VALIDATOR_UID]?.lastUpdateBlock).toBe(block);
    });

    it('sends nothing while only prepared, whether its reader stops there or aborts', async () => {
      await chain();
      const stopped = rig.chain.submit(WANTED, never)[Symbol.asyncIterator]();
      expect((await stopped.next()).value).toMatchObject({ state: 'prepared' });
      await rig.advance(4);
      await stopped.return?.();
      const leaving = new AbortController();
      const left = rig.chain.submit(WANTED, leaving.signal)[Symbol.asyncIterator]();
      await left.next();
      const reason = new Error('the caller left');
      leaving.abort(reason);
      await expect(left.next()).rejects.toBe(reason);
      await rig.advance(4);
      expect((await rig.chain.storedWeights()).lastUpdateBlock).toBe(0);
      expect(outcome(await submitted(rig, WANTED))).toBe('finalized');
    });

    it('keeps entries of zero, which count towards the minimum', async () => {
      await chain({ minAllowedWeights: 3 });
      const padded = intent([
        [2, 10],
        [3, 20],
        [4, 0],
      ]);
      expect(outcome(await submitted(rig, padded))).toBe('finalized');
      expect(entriesOf((await rig.chain.storedWeights()).vector)).toEqual([...STORED, [4, 0]]);
    });

    it('names the block at which the rate limit ends, and takes weights there', async () => {
      await chain({ weightsRateLimitBlocks: 20 });
      const end = blockOf(await submitted(rig, WANTED), 'finalized') + 20;
      const early = await submitted(rig, WANTED);
      expect(early.at(-1)).toMatchObject(
        failedStep('SettingWeightsTooFast', { kind: 'retry_at_block', block: end }),
      );
      await rig.advance(end - (await headBlock(rig)));
      expect(outcome(await submitted(rig, WANTED))).toBe('finalized');
    });

    it('ends the steps with the reason of the abort, while the chain goes on', async () => {
      await chain();
      const leaving = new AbortController();
      const followed = await sent(rig, WANTED, leaving.signal);
      const reason = new Error('the caller left');
      leaving.abort(reason);
      await until(() => followed.hasEnded, 'the steps have ended');
      expect(followed.error).toBe(reason);
      expect(followed.states).toEqual(['prepared', 'submitted']);
      await changed(rig);
      expect((await rig.chain.storedWeights()).lastUpdateBlock).toBeGreaterThan(0);
      const again = follow(rig, WANTED, leaving.signal);
      await until(() => again.hasEnded, 'an aborted signal ends at once');
      expect([again.error, again.steps]).toEqual([reason, []]);
    });

    it('does not end quietly when the chain closes, as its heads do', async () => {
      await chain();
      const followed = await sent(rig, WANTED);
      await rig.chain.close();
      await until(() => followed.hasEnded, 'the steps have ended');
      expect(followed.error).toMatchObject({ code: 'chain_unreachable' });
      expect((await rig.chain.heads(never)[Symbol.asyncIterator]().next()).done).toBe(true);
    });

    it('is lost when no block takes it in its era, and can be tried again', async () => {
      await chain();
      rig.dropNextSubmission();
      const steps = await submitted(rig, WANTED);
      expect(steps.at(-1)).toMatchObject(failedStep('SubmissionLost', { kind: 'retry_now' }));
      expect(await headBlock(rig)).toBeGreaterThanOrEqual(preparedOf(steps).extrinsic.lastBlock);
      expect(outcome(await submitted(rig, WANTED))).toBe('finalized');
    });

    it('of another mechanism uses that mechanism', async () => {
      await chain({ mecid: 1, mechanismCount: 2 });
      const steps = await submitted(rig, WANTED);
      expect(preparedOf(steps).extrinsic.call).toBe('set_mechanism_weights');
      const stored = await rig.chain.storedWeights();
      expect(entriesOf(stored.vector)).toEqual(STORED);
      expect(stored.lastUpdateBlock).toBe(blockOf(steps, 'finalized'));
    });
  });

  interface BrokenRule {
    readonly reason: string;
    readonly options?: Partial<DevChainOptions>;
    readonly wanted?: WeightIntent;
    readonly arrange?: () => void;
    readonly action: RetryAction;
  }
  const stop: RetryAction = { kind: 'stop' };
  const retryNow: RetryAction = { kind: 'retry_now' };
  it.each<BrokenRule>([
    {
      reason: 'NeuronNoValidatorPermit',
      arrange: () => rig.changeNeuron(VALIDATOR_UID, { hasValidatorPermit: false }),
      action: { kind: 'retry_at_block', block: 360 },
    },
    { reason: 'IncorrectWeightVersionKey', options: { weightsVersionKey: 5 }, action: stop },
    { reason: 'WeightVecLengthIsLow', options: { minAllowedWeights: 3 }, action: retryNow },
    { reason: 'MaxWeightExceeded', options: { maxWeightLimit: 32_768 }, action: retryNow },
    {
      reason: 'DuplicateUids',
      wanted: intent([
        [2, 1],
        [2, 1],
      ]),
      action: stop,
    },
    { reason: 'UidVecContainInvalidOne', wanted: intent([[7, 1]]), action: retryNow },
    {
      reason: 'UidsLengthExceedUidsInSubNet',
      wanted: intent(Array.from({ length: 8 }, (_, uid) => [uid, 1])),
      action: stop,
    },
    {
      reason: 'WeightVecNotEqualSize',
      wanted: { vector: { uids: Uint16Array.of(2, 3), weights: Uint16Array.of(1) }, versionKey: 0 },
      action: stop,
    },
    {
      reason: 'HotKeyNotRegisteredInSubNet',
      arrange: () => rig.replace(VALIDATOR_UID, STRANGER),
      action: stop,
    },
    { reason: 'NotEnoughStakeToSetWeights', options: { stakeThreshold: 1_001 }, action: stop },
    { reason: 'MechanismDoesNotExist', options: { mecid: 1 }, action: stop },
    { reason: 'CanNotSetRootNetworkWeights', options: { netuid: 0 }, action: stop },
  ])('refuses weights with $reason and what to do', async (rule) => {
    await chain(rule.options);
    rule.arrange?.();
    await changed(rig);
    const steps = await submitted(rig, rule.wanted ?? WANTED);
    expect(steps.at(-1)).toMatchObject(failedStep(rule.reason, rule.action));
    expect(statesOf(steps)).not.toContain('finalized');
    expect(entriesOf((await rig.chain.storedWeights()).vector)).toEqual([]);
  });

  it.each([
    { before: false, after: true, reason: 'CommitRevealEnabled' },
    { before: true, after: false, reason: 'CommitRevealDisabled' },
  ])('refuses with $reason what was signed before the rule changed', async (change) => {
    await chain({ isCommitRevealEnabled: change.before });
    const steps = rig.chain.submit(WANTED, never)[Symbol.asyncIterator]();
    const seen = [(await steps.next()).value];
    rig.setHyperparameters({ isCommitRevealEnabled: change.after });
    seen.push((await steps.next()).value);
    await changed(rig);
    for (let step = await steps.next(); step.done !== true; step = await steps.next()) {
      seen.push(step.value);
    }
    expect(statesOf(seen)).toEqual(['prepared', 'submitted', 'in_block', 'failed']);
    expect(seen.at(-1)).toMatchObject(failedStep(change.reason, retryNow));
  });

  describe('with commit-reveal on', () => {
    it('commits, and stores the weights only at the reveal', async () => {
      await chain(COMMITTING);
      const followed = await sent(rig, WANTED);
      await advanceUntil(rig, () => followed.has('committed'), 'it is committed');
      const commitment = commitmentOf(followed.steps);
      const block = blockOf(followed.steps, 'committed');
      expect(commitment.version).toBe(4);
      expect(commitment.digest).toMatch(/^0x[0-9a-f]{64}$/);
      expect(commitment.revealBlock).toBe(20);
      const waiting = await rig.chain.storedWeights();
      expect(waiting).toMatchObject({
        lastUpdateBlock: block,
        pendingCommitments: [commitment.digest],
      });
      expect(entriesOf(waiting.vector)).toEqual([]);
      await advanceUntil(rig, () => followed.hasEnded, 'it is revealed');
      expect(statesOf(followed.steps)).toEqual([
        ...['prepared', 'submitted', 'in_block', 'finalized', 'committed', 'revealed'],
      ]);
      expect(blockOf(followed.steps, 'revealed')).toBeGreaterThanOrEqual(commitment.revealBlock);
      const stored = await rig.chain.storedWeights();
      expect(entriesOf(stored.vector)).toEqual(STORED);
      expect(stored).toMatchObject({ lastUpdateBlock: block, pendingCommitments: [] });
    });

    it.each([
      {
        cause: 'the permit was withdrawn',
        change: () => rig.changeNeuron(VALIDATOR_UID, { hasValidatorPermit: false }),
      },
      {
        cause: 'the version key was raised',
        change: () => rig.setHyperparameters({ weightsVersionKey: 9 }),
      },
    ])('loses a commitment that cannot be revealed because $cause', async ({ change }) => {
      await chain(COMMITTING);
      const followed = await sent(rig, WANTED);
      await advanceUntil(rig, () => followed.has('committed'), 'it is committed');
      change();
      await advanceUntil(rig, () => followed.hasEnded, 'it is lost');
      expect(followed.states).not.toContain('revealed');
      expect(followed.steps.at(-1)).toMatchObject({
        state: 'lost',
        failure: { reason: 'WeightsNotRevealed', action: { kind: 'retry_now' } },
      });
      const stored = await rig.chain.storedWeights();
      expect(entriesOf(stored.vector)).toEqual([]);
      expect(stored.pendingCommitments).toEqual([]);
    });

    it('meets the rate limit of commitments in a block', async () => {
      await chain({ ...COMMITTING, weightsRateLimitBlocks: 12 });
      const first = await sent(rig, WANTED);
      await advanceUntil(rig, () => first.has('committed'), 'it is committed');
      const end = blockOf(first.steps, 'committed') + 12;
      const steps = await submitted(rig, WANTED);
      expect(statesOf(steps)).toEqual(['prepared', 'submitted', 'in_block', 'failed']);
      expect(steps.at(-1)).toMatchObject(
        failedStep('CommittingWeightsTooFast', { kind: 'retry_at_block', block: end }),
      );
      await advanceUntil(rig, () => first.hasEnded, 'the first one is revealed');
      expect(outcome(first.steps)).toBe('revealed');
    });

    it('commits to another mechanism', async () => {
      await chain({ ...COMMITTING, mecid: 1, mechanismCount: 2 });
      const steps = await submitted(rig, WANTED);
      expect(preparedOf(steps).extrinsic.call).toBe('commit_timelocked_mechanism_weights');
      expect(outcome(steps)).toBe('revealed');
      expect(entriesOf((await rig.chain.storedWeights()).vector)).toEqual(STORED);
    });
  });
});
