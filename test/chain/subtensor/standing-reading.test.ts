import { afterEach, describe, expect, it } from 'vitest';
import { SubtensorRig } from '../../support/subtensor-rig.ts';

let rig: SubtensorRig;
afterEach(() => rig.stop());

describe('the standing on a real chain', () => {
  it('tells the endpoint, the runtime, the key and the drand round', async () => {
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true, stakeThreshold: 400 } });
    await rig.advance(5);
    const standing = await rig.chain.standing();
    expect(standing).toMatchObject({
      endpoint: expect.stringContaining(rig.node.url),
      runtime: expect.stringMatching(/^node-subtensor \d+$/),
      wallet: 'development account //Alice (sr25519)',
      block: 3,
      blockTimeMs: rig.node.finalized.timeMs,
      stake: { weightRao: 1_000n, thresholdRao: 400n },
      commitReveal: { isEnabled: true, version: 4, isSupported: true, revealPeriodEpochs: 1 },
    });
    const { drandRound = 0 } = standing;
    expect(drandRound).toBeLessThanOrEqual(rig.node.state.drandRound);
    expect(drandRound).toBeGreaterThan(rig.node.state.drandRound - 10);
  });

  it('tells no stake where the runtime cannot be asked', async () => {
    rig = await SubtensorRig.start();
    rig.node.withoutStateCall();
    expect(await rig.chain.standing()).not.toHaveProperty('stake');
  });

  it('says so when the chain asks for commitments that cannot be made', async () => {
    rig = await SubtensorRig.start({ node: { commitRevealVersion: 5 } });
    expect((await rig.chain.standing()).commitReveal).toMatchObject({
      version: 5,
      isSupported: false,
    });
  });

  it('of a subnet that is not there is no error', async () => {
    rig = await SubtensorRig.start({ chain: { netuid: 77 } });
    const standing = await rig.chain.standing();
    expect(standing.hasSubnet).toBe(false);
    expect(standing).not.toHaveProperty('stake');
  });
});
