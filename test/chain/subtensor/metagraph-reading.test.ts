import { afterEach, describe, expect, it } from 'vitest';
import { replace } from '../../../src/chain/dev/dev-subnet.ts';
import { hotkey } from '../../../src/domain/ids.ts';
import type { Metagraph } from '../../../src/domain/metagraph.ts';
import { random } from '../../../src/lib/random.ts';
import { encodeSs58 } from '../../../src/lib/ss58.ts';
import { SubtensorRig } from '../../support/subtensor-rig.ts';
import { intent, outcome } from '../dev/dev-chain-support.ts';

const STRANGER = hotkey(encodeSs58(random('stranger').bytes(32)));
const VALIDATOR_UID = 1;

let rig: SubtensorRig;
afterEach(() => rig.stop());

async function fromStorage(): Promise<Metagraph> {
  rig.node.withoutStateCall();
  return rig.chain.metagraph();
}

describe('a metagraph', () => {
  it('read from storage is the one that the runtime answers', async () => {
    rig = await SubtensorRig.start({ node: { miners: 20, weightsRateLimitBlocks: 9 } });
    await rig.advance(3);
    rig.node.setAxon(4, '[2606:4700::1111]:9000');
    rig.node.setAxon(5, undefined);
    rig.node.changeSubnet((subnet) => replace(subnet, 3, STRANGER));
    await rig.submitted(intent([[2, 1]]));
    await rig.advance(3);
    const fromRuntime = await rig.chain.metagraph();
    expect(rig.node.callCount('state_call')).toBeGreaterThan(0);
    expect(await fromStorage()).toEqual(fromRuntime);
    expect(fromRuntime.neurons).toHaveLength(22);
    expect(fromRuntime.neurons[2]?.axon).toBe('8.8.0.2:8091');
    expect(fromRuntime.neurons[3]).toMatchObject({ hotkey: STRANGER, isAxonActive: false });
    expect(fromRuntime.neurons[4]?.axon).toBe('[2606:4700::1111]:9000');
    expect(fromRuntime.neurons[5]).not.toHaveProperty('axon');
    expect(fromRuntime.neurons[VALIDATOR_UID]?.lastUpdateBlock).toBeGreaterThan(3);
  });

  it('of a full subnet comes whole either way', async () => {
    rig = await SubtensorRig.start({ node: { miners: 254, isCommitRevealEnabled: true } });
    const fromRuntime = await rig.chain.metagraph();
    expect(fromRuntime.neurons).toHaveLength(256);
    expect(new Set(fromRuntime.neurons.map((neuron) => neuron.hotkey)).size).toBe(256);
    expect(await fromStorage()).toEqual(fromRuntime);
    const all = intent(fromRuntime.neurons.map(({ uid }) => [uid, 65_535 - uid]));
    const followed = rig.chain.submit(all, new AbortController().signal);
    const { value } = await followed.next();
    expect(value).toMatchObject({ state: 'prepared' });
    const ciphertext = value?.state === 'prepared' && value.extrinsic.commitment?.ciphertext;
    expect(ciphertext).toHaveLength(1_313);
    await followed.return();
  });

  it.each([
    '10.0.0.1:8091',
    '192.168.1.9:8091',
    '127.0.0.2:8091',
    '169.254.169.254:80',
    '8.8.8.8:0',
    '[fd00::1]:8091',
    '[::ffff:a00:1]:8091',
  ])('shows no axon at %s', async (address) => {
    rig = await SubtensorRig.start();
    rig.node.setAxon(2, address);
    await rig.advance(3);
    const { neurons } = await rig.chain.metagraph();
    expect(neurons[2]?.isAxonActive).toBe(false);
    expect(neurons[2]).not.toHaveProperty('axon');
  });

  it('is of the newest final block, whatever came after it', async () => {
    rig = await SubtensorRig.start();
    await rig.advance(5);
    rig.node.changeSubnet((subnet) => replace(subnet, 3, STRANGER));
    await rig.advance(2);
    const before = await rig.chain.metagraph();
    expect(before).toMatchObject({
      block: rig.node.finalized.number,
      blockHash: rig.node.finalized.hash,
      blockTimeMs: rig.node.finalized.timeMs,
    });
    expect(before.neurons[3]?.hotkey).not.toBe(STRANGER);
    await rig.advance();
    expect((await rig.chain.metagraph()).neurons[3]?.hotkey).toBe(STRANGER);
  });

  it('has the last updates of the mechanism', async () => {
    rig = await SubtensorRig.start({ node: { mecid: 1, mechanismCount: 2 } });
    expect(outcome(await rig.submitted(intent([[2, 1]])))).toBe('finalized');
    const { lastUpdateBlock } = await rig.chain.storedWeights();
    expect((await rig.chain.metagraph()).neurons[VALIDATOR_UID]).toMatchObject({ lastUpdateBlock });
  });

  it('can be read although the owner asks for a version key that no validator has', async () => {
    rig = await SubtensorRig.start();
    const key = 2n ** 64n - 1n;
    rig.node.setHyperparameters({ weightsVersionKey: key as unknown as number });
    await rig.advance(3);
    expect((await rig.chain.metagraph()).hyperparameters.weightsVersionKey).toBe(
      Number.MAX_SAFE_INTEGER,
    );
  });

  it.each([false, true])('cannot be read of a subnet that is not there', async (hasNoRuntime) => {
    rig = await SubtensorRig.start({ chain: { netuid: 77 } });
    rig.node.withoutStateCall(hasNoRuntime);
    await expect(rig.chain.metagraph()).rejects.toMatchObject({
      code: 'chain_unusable',
      message: expect.stringContaining('no subnet 77'),
    });
  });
});
