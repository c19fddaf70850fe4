import { afterEach, describe, expect, it } from 'vitest';
import { changeNeuron, register } from '../../../src/chain/dev/dev-subnet.ts';
import { SubtensorChain } from '../../../src/chain/subtensor/subtensor-chain.ts';
import { Events } from '../../../src/events.ts';
import { RecordingLogger } from '../../support/intake-fixture.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { commitmentOf } from '../../support/submission-steps.ts';
import {
  developmentWallet,
  FollowedSubmission,
  SubtensorRig,
  until,
} from '../../support/subtensor-rig.ts';
import { entriesOf, intent, outcome } from '../dev/dev-chain-support.ts';

const WANTED = intent([
  [3, 20],
  [2, 10],
]);

let rig: SubtensorRig;
let others: SubtensorChain[] = [];
afterEach(async () => {
  for (const other of others) await other.close();
  others = [];
  await rig.stop();
});

/** Another validator, or another mechanism, in front of the same node. */
async function another(uri: string, mecid = 0): Promise<SubtensorChain> {
  const { node } = rig;
  const chain = await SubtensorChain.open({
    wallet: await developmentWallet(uri),
    clock: new ManualClock(),
    events: new Events({ logger: new RecordingLogger() }),
    options: {
      endpoints: [node.url],
      ...{ netuid: 1, mecid, eraBlocks: 8 },
      headTimeoutMs: 60_000,
      requestTimeoutMs: 20_000,
      beacon: node.beacon,
    },
  });
  others.push(chain);
  return chain;
}

describe('stored weights', () => {
  it('of one mechanism are not those of another', async () => {
    rig = await SubtensorRig.start({ node: { mecid: 1, mechanismCount: 2 } });
    const first = await another('//Alice', 0);
    expect(outcome(await rig.submitted(WANTED))).toBe('finalized');
    expect(entriesOf((await rig.chain.storedWeights()).vector)).toHaveLength(2);
    expect(await first.storedWeights()).toMatchObject({ lastUpdateBlock: 0 });
    expect(entriesOf((await first.storedWeights()).vector)).toEqual([]);
  });

  it('and commitments of another validator are not ours', async () => {
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true, tempoBlocks: 40 } });
    const bob = await another('//Bob');
    rig.node.changeSubnet((subnet) => {
      const grown = register(subnet, bob.validatorHotkey);
      const { uid = 0 } = grown.neurons.at(-1) ?? {};
      return changeNeuron(grown, uid, { hasValidatorPermit: true, lastUpdateBlock: 0 });
    });
    await rig.advance(3);
    const theirs = new FollowedSubmission(bob.submit(WANTED, new AbortController().signal));
    await until(() => theirs.has('submitted'), 'it is submitted');
    await rig.advance(5);
    await until(() => theirs.has('committed'), 'it is committed');
    const { digest } = commitmentOf(theirs.steps);
    expect((await bob.storedWeights()).pendingCommitments).toEqual([digest]);
    expect((await rig.chain.storedWeights()).pendingCommitments).toEqual([]);
  });
});
