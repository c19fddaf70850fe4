import { describe, expect, it } from 'vitest';
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
      'submitted',
      'in_block',
      'finalized',
      'committed',
    ]);
    expect(await chain.storedWeights()).toMatchObject({
      lastUpdateBlock: 1,
      hasPendingCommit: true,
      vector: { uids: new Uint16Array() },
    });
    await makeBlocks(chain, 16);
    expect(chain.head.block).toBe(19);
    expect(steps).toHaveLength(4);
    await makeBlocks(chain, 1);
    expect((await ended).at(-1)).toEqual({ state: 'revealed', block: 20 });
    const stored = await chain.storedWeights();
    expect(entriesOf(stored.vector)).toEqual([
      [2, 32_768],
      [3, 65_535],
    ]);
    expect(stored).toMatchObject({ lastUpdateBlock: 1, hasPendingCommit: false });
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
    expect(outcome(steps)).toBe('WeightsNotRevealed');
    const stored = await chain.storedWeights();
    expect(stored.vector.uids).toHaveLength(0);
    expect(stored.hasPendingCommit).toBe(false);
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
    expect((await chain.storedWeights()).hasPendingCommit).toBe(true);
  });
});
