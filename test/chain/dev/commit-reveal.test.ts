import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import type { SubmissionStep } from '../../../src/actors/ports.ts';
import type { Commitment } from '../../../src/domain/weight-set.ts';
import { settle } from '../../support/manual-clock.ts';
import {
  entriesOf,
  follow,
  intent,
  makeBlocks,
  outcome,
  smallChain,
  submitted,
} from './dev-chain-support.ts';

const OPTIONS = { isCommitRevealEnabled: true, tempoBlocks: 20, weightsRateLimitBlocks: 5 };
const WANTED = intent([
  [2, 10],
  [3, 20],
]);

describe('with commit-reveal on, the dev chain', () => {
  it('commits at once and stores the weights only at the reveal', async () => {
    const chain = smallChain(OPTIONS);
    const { steps, ended } = follow(chain, WANTED);
    await makeBlocks(chain, 3);
    expect(steps.map(({ state }) => state)).toEqual([
      'prepared',
      'submitted',
      'in_block',
      'finalized',
      'committed',
    ]);
    expect(await chain.storedWeights()).toMatchObject({
      block: 3,
      lastUpdateBlock: 1,
      pendingCommitments: [expect.stringMatching(/^0x[0-9a-f]{64}$/)],
      vector: { uids: new Uint16Array() },
    });
    await makeBlocks(chain, 16);
    expect(chain.head.block).toBe(19);
    expect(steps).toHaveLength(5);
    await makeBlocks(chain, 1);
    expect((await ended).at(-1)).toEqual({ state: 'revealed', block: 20 });
    const stored = await chain.storedWeights();
    expect(entriesOf(stored.vector)).toEqual([
      [2, 32_768],
      [3, 65_535],
    ]);
    expect(stored).toMatchObject({ block: 20, lastUpdateBlock: 1, pendingCommitments: [] });
  });

  it('waits as many epochs as the subnet asks for', async () => {
    const chain = smallChain({ ...OPTIONS, revealPeriodEpochs: 3 });
    const steps = await submitted(chain, WANTED);
    expect(steps.at(-1)).toEqual({ state: 'revealed', block: 60 });
  });

  it('tells of a reveal only after finality, in order', async () => {
    const chain = smallChain({ ...OPTIONS, finalityLagBlocks: 30 });
    const steps = await submitted(chain, WANTED);
    expect(steps.map(({ state }) => state)).toEqual([
      'prepared',
      'submitted',
      'in_block',
      'finalized',
      'committed',
      'revealed',
    ]);
    expect(steps.at(-1)).toEqual({ state: 'revealed', block: 20 });
  });

  it.each([
    { loss: 'its permit', lose: 'permit' },
    { loss: 'its registration', lose: 'registration' },
    { loss: 'a version key that is high enough', lose: 'version' },
  ])('drops a commitment without a word when the validator has lost $loss', async ({ lose }) => {
    const chain = smallChain(OPTIONS);
    const { ended } = follow(chain, WANTED);
    await makeBlocks(chain, 3);
    if (lose === 'permit') chain.setPermit(1, false);
    if (lose === 'registration') chain.replace(1);
    if (lose === 'version') chain.setHyperparameters({ weightsVersionKey: 9 });
    await makeBlocks(chain, 20);
    const steps = await ended;
    expect(steps.map(({ state }) => state)).not.toContain('revealed');
    expect(steps.at(-1)).toMatchObject({
      state: 'lost',
      failure: { reason: 'WeightsNotRevealed' },
    });
    const stored = await chain.storedWeights();
    expect(stored.vector.uids).toHaveLength(0);
    expect(stored.pendingCommitments).toEqual([]);
  });

  it('limits the rate of commitments, in a block', async () => {
    const chain = smallChain(OPTIONS);
    follow(chain, WANTED);
    await makeBlocks(chain, 2);
    expect((await submitted(chain, WANTED)).at(-1)).toMatchObject({
      failure: { reason: 'CommittingWeightsTooFast', action: { kind: 'retry_at_block', block: 6 } },
    });
  });

  it('takes ten commitments an epoch and names the next epoch to the eleventh', async () => {
    const chain = smallChain({ ...OPTIONS, tempoBlocks: 50, weightsRateLimitBlocks: 0 });
    const followed = Array.from({ length: 11 }, () => follow(chain, WANTED));
    await makeBlocks(chain, 1);
    expect(await followed[10]?.ended).toMatchObject([
      { state: 'prepared' },
      { state: 'submitted' },
      { state: 'in_block', block: 1 },
      {
        state: 'failed',
        failure: {
          reason: 'TooManyUnrevealedCommits',
          action: { kind: 'retry_at_block', block: 50 },
        },
      },
    ]);
    await makeBlocks(chain, 49);
    expect(outcome((await followed[9]?.ended) ?? [])).toBe('revealed');
  });

  it('reveals a commitment even when commit-reveal was turned off since', async () => {
    const chain = smallChain(OPTIONS);
    const { ended } = follow(chain, WANTED);
    await makeBlocks(chain, 3);
    chain.setHyperparameters({ isCommitRevealEnabled: false });
    await makeBlocks(chain, 17);
    expect(outcome(await ended)).toBe('revealed');
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(20);
  });

  it('never reveals on a subnet without epochs', async () => {
    const chain = smallChain({ ...OPTIONS, tempoBlocks: 0 });
    const { steps } = follow(chain, WANTED);
    await makeBlocks(chain, 100);
    expect(steps.at(-1)).toEqual({ state: 'committed', block: 1 });
    expect((await chain.storedWeights()).pendingCommitments).toHaveLength(1);
  });

  it('names each commitment by its digest, equal weights or not', async () => {
    const chain = smallChain({ ...OPTIONS, weightsRateLimitBlocks: 0 });
    const followed = [follow(chain, WANTED), follow(chain, WANTED)];
    await makeBlocks(chain, 1);
    const digests = followed.map(({ steps }) => commitmentOf(steps)?.digest);
    expect(new Set(digests).size).toBe(2);
    expect((await chain.storedWeights()).pendingCommitments).toEqual(digests);
  });

  it('signs the weights in clear text in the place of a ciphertext', async () => {
    const { steps } = follow(smallChain({ ...OPTIONS, eraBlocks: 9 }), WANTED);
    await settle();
    const commitment = commitmentOf(steps);
    const text = new TextDecoder().decode(commitment?.ciphertext);
    expect(JSON.parse(text)).toMatchObject({ uids: [2, 3], weights: [10, 20], versionKey: 0 });
    const digest = bytesToHex(blake2b(commitment?.ciphertext ?? new Uint8Array(), { dkLen: 32 }));
    expect(commitment?.digest).toBe(`0x${digest}`);
    expect(steps[0]).toMatchObject({
      extrinsic: {
        call: 'commit_timelocked_weights',
        lastBlock: 9,
        commitment: { version: 4, revealBlock: 20, revealRound: 20 },
      },
    });
  });

  it.each([
    { block: 0, revealPeriodEpochs: 1 },
    { block: 18, revealPeriodEpochs: 1 },
    { block: 19, revealPeriodEpochs: 1 },
    { block: 19, revealPeriodEpochs: 2 },
    { block: 20, revealPeriodEpochs: 3 },
  ])(
    'foretells at block $block the reveal after $revealPeriodEpochs epochs',
    async ({ block, revealPeriodEpochs }) => {
      const chain = smallChain({ ...OPTIONS, revealPeriodEpochs });
      await makeBlocks(chain, block);
      const steps = await submitted(chain, WANTED);
      const revealBlock = commitmentOf(steps)?.revealBlock;
      expect(steps.at(-1)).toEqual({ state: 'revealed', block: revealBlock });
    },
  );
});

function commitmentOf(steps: readonly SubmissionStep[]): Commitment | undefined {
  const first = steps[0];
  return first?.state === 'prepared' ? first.extrinsic.commitment : undefined;
}
