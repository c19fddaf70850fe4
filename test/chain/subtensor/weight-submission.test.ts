import type { ProviderInterface } from '@polkadot/rpc-provider/types';
import { WsProvider } from '@polkadot/rpc-provider/ws';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketProvider } from '../../../src/chain/subtensor/web-socket-provider.ts';
import { AssayError } from '../../../src/domain/errors.ts';
import { advanceUntil } from '../../support/chain-rigs.ts';
import { blockOf, failedStep, preparedOf, statesOf } from '../../support/submission-steps.ts';
import { type FollowedSubmission, SubtensorRig, until } from '../../support/subtensor-rig.ts';
import { entriesOf, intent, outcome } from '../dev/dev-chain-support.ts';

const WANTED = intent([
  [2, 10],
  [3, 20],
]);
const STORED = [
  [2, 32_768],
  [3, 65_535],
];
const PLAIN = ['prepared', 'submitted', 'in_block', 'finalized'];
const never = new AbortController().signal;

let rig: SubtensorRig;
afterEach(() => rig.stop());

async function sent(): Promise<FollowedSubmission> {
  const followed = rig.follow(WANTED);
  await until(() => followed.has('submitted'), 'it is submitted');
  return followed;
}

async function ended(followed: FollowedSubmission): Promise<FollowedSubmission> {
  await advanceUntil(rig, () => followed.hasEnded, 'the submission has ended');
  expect(followed.error).toBeUndefined();
  return followed;
}

/** Breaks the connection and waits for the next one. */
async function reconnected(): Promise<void> {
  const before = connections();
  rig.node.dropConnections();
  await until(() => connections() > before, 'there is another connection');
}

function connections(): number {
  return rig.logger.about('connected to the chain').length;
}

async function expectOneOnChain(steps: FollowedSubmission['steps']): Promise<void> {
  expect(rig.node.takenWeights).toMatchObject([
    { extrinsicHash: preparedOf(steps).extrinsicHash, isAccepted: true },
  ]);
  expect(entriesOf((await rig.chain.storedWeights()).vector)).toEqual(STORED);
}

describe('a submission whose connection breaks', () => {
  it('before it is sent is sent over the next one', async () => {
    rig = await SubtensorRig.start();
    const steps = rig.chain.submit(WANTED, never);
    const first = await steps.next();
    await reconnected();
    const seen = [first.value, (await steps.next()).value].filter((step) => step !== undefined);
    await rig.advance(3);
    for await (const step of steps) seen.push(step);
    expect(statesOf(seen)).toEqual(PLAIN);
    await expectOneOnChain(seen);
  });

  it('while it waits for a block or for finality ends as if nothing had happened', async () => {
    rig = await SubtensorRig.start();
    const followed = await sent();
    await reconnected();
    await rig.advance(2);
    expect(followed.has('finalized')).toBe(false);
    await reconnected();
    await ended(followed);
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    await expectOneOnChain(followed.steps);
  });

  it('instead of an answer is found all the same, and never sent twice', async () => {
    rig = await SubtensorRig.start();
    rig.node.loseSubmissionAnswer();
    const followed = await ended(await sent());
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    expect(rig.node.callCount('author_submitAndWatchExtrinsic')).toBe(1);
    await expectOneOnChain(followed.steps);
  });

  it('goes on over another endpoint of the chain', async () => {
    rig = await SubtensorRig.start({ mirrorCount: 1 });
    const followed = await sent();
    rig.node.refuseConnections();
    await reconnected();
    expect(rig.node.connectionCount).toBe(0);
    await ended(followed);
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    await expectOneOnChain(followed.steps);
  });

  it('for good before it is sent was never sent', async () => {
    rig = await SubtensorRig.start();
    const steps = rig.chain.submit(WANTED, never);
    await steps.next();
    rig.node.refuseConnections();
    rig.node.dropConnections();
    await until(() => rig.logger.about('the connection to the chain ended').length > 0, 'it ends');
    await expect(steps.next()).rejects.toMatchObject({ code: 'chain_unreachable' });
    rig.node.refuseConnections(false);
    rig.node.produceBlocks(5);
    expect(rig.node.pooledWeights).toEqual([]);
  });

  it('is not prepared while nobody answers', async () => {
    rig = await SubtensorRig.start();
    rig.node.refuseConnections();
    rig.node.dropConnections();
    await until(() => rig.logger.about('the connection to the chain ended').length > 0, 'it ends');
    await expect(rig.chain.submit(WANTED, never).next()).rejects.toMatchObject({
      code: 'chain_unreachable',
    });
  });
});

describe('a submission that the node tells odd things of', () => {
  it('is followed when the node has it already', async () => {
    rig = await SubtensorRig.start({
      chain: {
        createProvider: (endpoint) => new TwiceSendingProvider(endpoint) as ProviderInterface,
      },
    });
    const followed = await ended(await sent());
    expect(rig.node.callCount('author_submitExtrinsic')).toBe(1);
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    await expectOneOnChain(followed.steps);
  });

  it('may get into a block although it is banned, and is lost when it does not', async () => {
    rig = await SubtensorRig.start();
    rig.node.refuseNext({ code: 1012, message: 'Transaction is temporarily banned' });
    const followed = await ended(await sent());
    expect(statesOf(followed.steps)).toEqual(['prepared', 'submitted', 'failed']);
    expect(followed.steps.at(-1)).toMatchObject(
      failedStep('SubmissionLost', { kind: 'retry_now' }),
    );
  });

  it('is followed although the provider refuses some requests', async () => {
    const refusing = { count: 0 };
    class LimitingProvider extends WebSocketProvider {
      override async send<T>(method: string, params: unknown[]): Promise<T> {
        const isRefused = refusing.count > 0 && method === 'chain_getBlock';
        if (!isRefused) return super.send(method, params);
        refusing.count -= 1;
        throw Object.assign(new Error('429: too many requests'), { code: 429 });
      }
    }
    rig = await SubtensorRig.start({
      chain: { createProvider: (endpoint) => new LimitingProvider(endpoint) },
    });
    const followed = await sent();
    refusing.count = 2;
    await ended(followed);
    expect(refusing.count).toBe(0);
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    await expectOneOnChain(followed.steps);
  });

  it('tells of both blocks when a fork takes the first one back', async () => {
    rig = await SubtensorRig.start();
    rig.node.retractNextInclusion('included_again');
    const followed = await ended(await sent());
    const { steps } = followed;
    expect(statesOf(steps)).toEqual(PLAIN);
    const blocks = steps.flatMap((step) => (step.state === 'in_block' ? [step.block] : []));
    expect(blocks[0]).toBe(1);
    expect(blocks.at(-1)).toBe(blockOf(steps, 'finalized'));
    expect(blockOf(steps, 'finalized')).toBeGreaterThan(1);
    expect((await rig.chain.storedWeights()).lastUpdateBlock).toBe(blocks.at(-1));
  });

  it('is lost, not finalized, when no other block takes what a fork took back', async () => {
    rig = await SubtensorRig.start();
    rig.node.retractNextInclusion('never_included_again');
    const { steps } = await ended(await sent());
    expect(statesOf(steps)).toEqual(['prepared', 'submitted', 'in_block', 'failed']);
    expect(outcome(steps)).toBe('SubmissionLost');
    expect((await rig.chain.storedWeights()).lastUpdateBlock).toBe(0);
  });

  it('waits for a finality that stops for longer than its era', async () => {
    rig = await SubtensorRig.start();
    const followed = await sent();
    rig.node.stopFinality();
    await rig.advance(40);
    expect(statesOf(followed.steps)).toEqual(['prepared', 'submitted', 'in_block']);
    const second = rig.follow(WANTED);
    await until(() => second.hasEnded, 'the second one is refused');
    expect(outcome(second.steps)).toBe('SUBMISSION_IN_FLIGHT');
    rig.node.stopFinality(false);
    await ended(followed);
    expect(statesOf(followed.steps)).toEqual(PLAIN);
    await expectOneOnChain(followed.steps);
  });

  it('fails with the name of the error wherever the runtime has it', async () => {
    rig = await SubtensorRig.start({ node: { indexShift: 3, weightsVersionKey: 9 } });
    const { steps } = await ended(await sent());
    expect(statesOf(steps)).toEqual(['prepared', 'submitted', 'in_block', 'failed']);
    expect(steps.at(-1)).toMatchObject(failedStep('IncorrectWeightVersionKey', { kind: 'stop' }));
  });
});

describe('a refusal of a node that then goes away', () => {
  it('is told all the same, with the rate limit taken for the usual one', async () => {
    rig = await SubtensorRig.start({
      chain: {
        createProvider: (endpoint) =>
          new LeavingProvider(endpoint, () => {
            rig.node.refuseConnections();
            rig.node.dropConnections();
          }) as ProviderInterface,
      },
    });
    rig.node.refuseNext({ code: 1010, message: 'Invalid Transaction', data: 'Custom error: 6' });
    const followed = rig.follow(WANTED);
    await until(() => followed.hasEnded, 'it is refused');
    expect(followed.steps.at(-1)).toMatchObject(
      failedStep('SettingWeightsTooFast', { kind: 'retry_at_block', block: 100 }),
    );
  });
});

describe('a second submission', () => {
  it('waits until no block can take the first one, whose reader has left', async () => {
    rig = await SubtensorRig.start({ node: { weightsRateLimitBlocks: 0 } });
    rig.node.chainFaults.inclusionDelayBlocks = 3;
    const leaving = new AbortController();
    const first = rig.follow(WANTED, leaving.signal);
    await until(() => first.has('submitted'), 'it is submitted');
    leaving.abort();
    await until(() => first.hasEnded, 'its reader has left');
    const { lastBlock } = preparedOf(first.steps).extrinsic;
    const refused = {
      state: 'failed',
      failure: {
        reason: 'SUBMISSION_IN_FLIGHT',
        action: { kind: 'retry_at_block', block: lastBlock + 1 },
      },
    };
    while (rig.node.finalized.number <= lastBlock) {
      const second = rig.follow(WANTED);
      await until(() => second.hasEnded, 'the second one is refused');
      expect(second.steps).toEqual([
        { ...refused, failure: expect.objectContaining(refused.failure) },
      ]);
      await rig.advance();
    }
    expect(rig.node.pooledWeights).toHaveLength(1);
    expect(outcome(await rig.submitted(WANTED))).toBe('finalized');
  });

  it('is refused while the first one is only prepared, and not once that was left', async () => {
    rig = await SubtensorRig.start();
    const first = rig.chain.submit(WANTED, never);
    await first.next();
    const second = rig.follow(WANTED);
    await until(() => second.hasEnded, 'the second one is refused');
    expect(second.steps).toMatchObject([
      failedStep('SUBMISSION_IN_FLIGHT', { kind: 'retry_at_block', block: 1 }),
    ]);
    await first.return();
    expect(outcome(await rig.submitted(WANTED))).toBe('finalized');
  });

  it('is taken at once after a refusal, a loss and a final block', async () => {
    rig = await SubtensorRig.start({ node: { weightsRateLimitBlocks: 0 } });
    rig.node.refuseNext({ code: 1010, message: 'Invalid Transaction', data: 'Custom error: 1' });
    expect(outcome(await rig.submitted(WANTED))).toBe('NotEnoughStakeToSetWeights');
    rig.node.dropNextFromPool();
    expect(outcome(await rig.submitted(WANTED))).toBe('SubmissionLost');
    expect(outcome(await rig.submitted(WANTED))).toBe('finalized');
    expect(outcome(await rig.submitted(WANTED))).toBe('finalized');
    expect(rig.node.takenWeights).toHaveLength(2);
  });
});

/** Hands every submission to the node once more, before it is to be followed. */
class TwiceSendingProvider extends WsProvider {
  constructor(endpoint: string) {
    super(endpoint, false, {}, 20_000, 0);
  }

  override async subscribe(...[type, method, params, callback]: Subscribing) {
    if (method === 'author_submitAndWatchExtrinsic') {
      await this.send('author_submitExtrinsic', [...params], false);
    }
    return super.subscribe(type, method, params, callback);
  }
}

/** Loses its connection for good when the node refuses a submission. */
class LeavingProvider extends WsProvider {
  readonly #leave: () => void;

  constructor(endpoint: string, leave: () => void) {
    super(endpoint, false, {}, 20_000, 0);
    this.#leave = leave;
  }

  override async subscribe(...[type, method, params, callback]: Subscribing) {
    try {
      return await super.subscribe(type, method, params, callback);
    } catch (error) {
      this.#leave();
      await until(() => !this.isConnected, 'the connection is lost');
      throw error;
    }
  }
}

type Subscribing = Parameters<WsProvider['subscribe']>;

describe('weights that cannot be signed', () => {
  it('because their commitment would be longer than the chain takes wait for an operator', async () => {
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true } });
    const many = intent(Array.from({ length: 1_178 }, (_, uid) => [uid, 1] as const));
    const steps = await rig.submitted(many);
    expect(steps).toMatchObject([
      {
        state: 'failed',
        failure: {
          reason: 'NOT_SIGNED',
          message: expect.stringMatching(/at most 1177 UIDs fit/),
          action: { kind: 'stop' },
        },
      },
    ]);
    expect(rig.node.pooledWeights).toEqual([]);
  });

  it('because nothing can be encrypted are decided anew', async () => {
    const failing = {
      start: () => undefined,
      encrypt: () => Promise.reject(new AssayError('compute_unavailable', 'the thread failed')),
      close: () => Promise.resolve(),
    };
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true }, encryptor: failing });
    const steps = await rig.submitted(WANTED);
    const message = 'nothing could be signed: the thread failed';
    expect(steps).toEqual([
      {
        state: 'failed',
        failure: { reason: 'NOT_SIGNED', message, action: { kind: 'retry_now' } },
      },
    ]);
  });
});
