import { describe, expect, it } from 'vitest';
import { DevChain } from '../../../src/chain/dev/dev-chain.ts';
import { devMiners } from '../../../src/chain/dev/dev-genesis.ts';
import { hotkey } from '../../../src/domain/ids.ts';
import { random } from '../../../src/lib/random.ts';
import { decodeSs58, encodeSs58 } from '../../../src/lib/ss58.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import {
  entriesOf,
  follow,
  intent,
  makeBlocks,
  outcome,
  smallChain,
  submitted,
} from './dev-chain-support.ts';

const WANTED = intent([
  [3, 20],
  [2, 10],
]);
const STRANGER = hotkey(encodeSs58(random('stranger').bytes(32)));
const never = new AbortController().signal;

describe('the dev chain at genesis', () => {
  it('has the owner at UID 0, our validator at UID 1 and the miners after them', async () => {
    const chain = smallChain();
    const metagraph = await chain.metagraph();
    expect(metagraph.neurons.map(({ uid }) => uid)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(metagraph.ownerHotkey).toBe(metagraph.neurons[0]?.hotkey);
    expect(metagraph.neurons[1]).toMatchObject({
      uid: 1,
      hotkey: chain.validatorHotkey,
      registeredAtBlock: 0,
      lastUpdateBlock: 0,
      isAxonActive: false,
      hasValidatorPermit: true,
    });
    const miners = metagraph.neurons.slice(2);
    expect(miners.map(({ uid, hotkey }) => ({ uid, hotkey }))).toEqual(
      devMiners({ seed: 1, miners: 5 }),
    );
    expect(miners.every((neuron) => neuron.isAxonActive && !neuron.hasValidatorPermit)).toBe(true);
    for (const neuron of metagraph.neurons) expect(decodeSs58(neuron.hotkey)).toHaveLength(32);
  });

  it('tells the hyperparameters that it was given', async () => {
    const rules = {
      weightsRateLimitBlocks: 7,
      weightsVersionKey: 3,
      minAllowedWeights: 4,
      maxWeightLimit: 1_000,
      isCommitRevealEnabled: true,
      tempoBlocks: 30,
    };
    const metagraph = await smallChain({ netuid: 39, ...rules }).metagraph();
    expect(metagraph.hyperparameters).toEqual(rules);
    expect(metagraph).toMatchObject({ netuid: 39, block: 0 });
  });

  it('is the same for the same seed and another for another', async () => {
    const of = async (seed: number) => {
      const chain = smallChain({ seed });
      chain.replace(4);
      await makeBlocks(chain, 3);
      return { head: chain.head, metagraph: await chain.metagraph() };
    };
    expect(await of(7)).toEqual(await of(7));
    expect((await of(7)).head.hash).not.toBe((await of(8)).head.hash);
    expect((await of(7)).metagraph.neurons[4]?.hotkey).not.toBe(
      (await of(8)).metagraph.neurons[4]?.hotkey,
    );
  });

  it('gives a miner the same hotkey however many others there are', () => {
    expect(devMiners({ seed: 3, miners: 50 }).slice(0, 5)).toEqual(
      devMiners({ seed: 3, miners: 5 }),
    );
  });

  it('refuses more miners than there are UIDs', () => {
    for (const miners of [65_535, -1, 1.5, Number.NaN]) {
      expect(() => smallChain({ miners })).toThrow('is an integer from 0 to 65534');
    }
  });
});

describe('setting weights on the dev chain', () => {
  it('tells every step at its block and stores what was set, scaled, by rising UID', async () => {
    const chain = smallChain();
    const steps = await submitted(chain, WANTED);
    expect(steps).toEqual([
      {
        state: 'prepared',
        extrinsicHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
        extrinsic: { call: 'set_weights', lastBlock: 64 },
      },
      { state: 'submitted' },
      { state: 'in_block', block: 1 },
      { state: 'finalized', block: 1 },
    ]);
    expect(chain.head.block).toBe(3);
    const stored = await chain.storedWeights();
    expect(entriesOf(stored.vector)).toEqual([
      [2, 32_768],
      [3, 65_535],
    ]);
    expect(stored).toMatchObject({ block: 3, lastUpdateBlock: 1, pendingCommitments: [] });
  });

  it('takes a copy, so that a caller may use its arrays again', async () => {
    const chain = smallChain();
    const wanted = intent([[2, 1]]);
    const { ended } = follow(chain, wanted);
    await settle();
    wanted.vector.uids.fill(3);
    await makeBlocks(chain, 3);
    await ended;
    expect(entriesOf((await chain.storedWeights()).vector)).toEqual([[2, 65_535]]);
  });

  it('keeps the last weights when the next ones are refused', async () => {
    const chain = smallChain({ weightsRateLimitBlocks: 0 });
    await submitted(chain, WANTED);
    const before = await chain.storedWeights();
    expect(outcome(await submitted(chain, intent([[9, 1]])))).toBe('UidVecContainInvalidOne');
    expect(await chain.storedWeights()).toEqual({ ...before, block: chain.head.block });
  });

  it('has no weights of a validator that lost its UID', async () => {
    const chain = smallChain();
    await submitted(chain, WANTED);
    chain.replace(1, STRANGER);
    expect(await chain.storedWeights()).toMatchObject({
      vector: { uids: new Uint16Array() },
      lastUpdateBlock: 0,
    });
  });

  it('stops following when the caller aborts, while the chain goes on', async () => {
    const chain = smallChain();
    const leaving = new AbortController();
    const { steps, ended } = follow(chain, WANTED, leaving.signal);
    await settle();
    leaving.abort(new Error('the caller left'));
    await expect(ended).rejects.toThrow('the caller left');
    expect(steps.map(({ state }) => state)).toEqual(['prepared', 'submitted']);
    await makeBlocks(chain, 1);
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(1);
    await expect(follow(chain, WANTED, leaving.signal).ended).rejects.toThrow('the caller left');
  });
});

describe('a submission to the dev chain that is only signed', () => {
  it('never gets to the pool when nobody asks for the next step', async () => {
    const chain = smallChain();
    const steps = chain.submit(WANTED, never);
    expect((await steps.next()).value).toMatchObject({ state: 'prepared' });
    await makeBlocks(chain, 5);
    await steps.return();
    await makeBlocks(chain, 5);
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(0);
  });

  it('is sent with the next step, and its last block counts from the signature', async () => {
    const chain = smallChain({ eraBlocks: 6 });
    const steps = chain.submit(WANTED, never);
    await steps.next();
    await makeBlocks(chain, 6);
    expect((await steps.next()).value).toEqual({ state: 'submitted' });
    await makeBlocks(chain, 1);
    expect((await steps.next()).value).toMatchObject({ failure: { reason: 'SubmissionLost' } });
  });

  it('is not sent when the caller leaves or the chain does not answer', async () => {
    const chain = smallChain();
    const leaving = new AbortController();
    const left = chain.submit(WANTED, leaving.signal);
    await left.next();
    leaving.abort(new Error('the caller left'));
    await expect(left.next()).rejects.toThrow('the caller left');
    const cut = chain.submit(WANTED, never);
    await cut.next();
    chain.faults.isUnreachable = true;
    await expect(cut.next()).rejects.toMatchObject({ code: 'chain_unreachable' });
    chain.faults.isUnreachable = false;
    await makeBlocks(chain, 3);
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(0);
  });

  it.each([
    { mecid: 0, isCommitRevealEnabled: false, call: 'set_weights' },
    { mecid: 1, isCommitRevealEnabled: false, call: 'set_mechanism_weights' },
    { mecid: 0, isCommitRevealEnabled: true, call: 'commit_timelocked_weights' },
    { mecid: 1, isCommitRevealEnabled: true, call: 'commit_timelocked_mechanism_weights' },
  ])('names the call $call', async ({ call, ...options }) => {
    const chain = smallChain({ ...options, mechanismCount: 2 });
    const { value } = await chain.submit(WANTED, never).next();
    expect(value).toMatchObject({ state: 'prepared', extrinsic: { call } });
  });
});

describe('the standing on the dev chain', () => {
  it('is that of the simulated hotkey', async () => {
    const chain = smallChain({ stakeThreshold: 1.5, mechanismCount: 3, revealPeriodEpochs: 2 });
    await makeBlocks(chain, 2);
    expect(await chain.standing()).toEqual({
      endpoint: 'dev',
      runtime: 'assay-dev 1',
      wallet: 'simulated hotkey',
      block: 2,
      blockTimeMs: chain.head.timeMs,
      hasSubnet: true,
      mechanismCount: 3,
      stake: { weightRao: 1_000_000_000_000n, thresholdRao: 1_500_000_000n },
      commitReveal: { isEnabled: false, version: 4, isSupported: true, revealPeriodEpochs: 2 },
    });
  });

  it('tells no stake of a hotkey without a UID', async () => {
    const chain = smallChain({ isCommitRevealEnabled: true });
    chain.deregister(1);
    const standing = await chain.standing();
    expect(standing.stake).toBeUndefined();
    expect(standing.commitReveal.isEnabled).toBe(true);
  });
});

describe('neurons of the dev chain', () => {
  it('change hands with a new registration, without axon and permit', async () => {
    const chain = smallChain();
    await makeBlocks(chain, 4);
    expect(chain.replace(3, STRANGER)).toBe(STRANGER);
    expect((await chain.metagraph()).neurons[3]).toMatchObject({
      uid: 3,
      hotkey: STRANGER,
      registeredAtBlock: 4,
      lastUpdateBlock: 4,
      isAxonActive: false,
      hasValidatorPermit: false,
    });
  });

  it('leave a free UID that the next registration takes', async () => {
    const chain = smallChain();
    chain.deregister(4);
    expect((await chain.metagraph()).neurons.map(({ uid }) => uid)).toEqual([0, 1, 2, 3, 5, 6]);
    const newcomers = [chain.register(), chain.register(STRANGER)];
    const { neurons } = await chain.metagraph();
    expect(neurons.map(({ uid }) => uid)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([neurons[4]?.hotkey, neurons[7]?.hotkey]).toEqual(newcomers);
    expect(new Set(neurons.map((neuron) => neuron.hotkey)).size).toBe(8);
  });

  it('announce and withdraw axons', async () => {
    const chain = smallChain();
    chain.setAxon(2, false);
    chain.setAxon(0, true);
    const { neurons } = await chain.metagraph();
    expect(neurons.slice(0, 3).map(({ isAxonActive }) => isAxonActive)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('cannot have a hotkey twice, or be changed where there are none', () => {
    const chain = smallChain();
    expect(() => chain.register(chain.validatorHotkey)).toThrow('it has UID 1');
    expect(() => chain.replace(2, chain.validatorHotkey)).toThrow('it has UID 1');
    expect(() => chain.deregister(7)).toThrow('is the UID of a neuron');
    expect(() => chain.setPermit(7, true)).toThrow('is the UID of a neuron');
  });
});

describe('heads of the dev chain', () => {
  it('come at the rate of the clock until the signal aborts', async () => {
    const clock = new ManualClock(0);
    const chain = DevChain.create({ clock, options: { miners: 1, blockTimeMs: 250 } });
    const stopping = new AbortController();
    const running = chain.run(stopping.signal);
    const seen: number[][] = [];
    const reading = (async () => {
      for await (const head of chain.heads(stopping.signal)) seen.push([head.block, head.timeMs]);
    })();
    await clock.advance(800);
    stopping.abort();
    await Promise.all([running, reading]);
    expect(seen).toEqual([
      [0, 0],
      [1, 250],
      [2, 500],
      [3, 750],
    ]);
    await clock.advance(1_000);
    expect(chain.head.block).toBe(3);
  });

  it('are skipped by a slow reader, who goes on with the newest', async () => {
    const chain = smallChain();
    const reader = chain.heads(never);
    expect((await reader.next()).value).toMatchObject({ block: 0 });
    for (let made = 0; made < 50; made += 1) chain.produceBlock();
    expect((await reader.next()).value).toEqual(chain.head);
    expect(chain.head.block).toBe(50);
  });

  it('end when the chain closes, and a submission under way says so', async () => {
    const chain = smallChain();
    const reader = chain.heads(never);
    await reader.next();
    const { ended } = follow(chain, WANTED);
    await settle();
    chain.close();
    expect((await reader.next()).done).toBe(true);
    await expect(ended).rejects.toMatchObject({ code: 'chain_unreachable' });
  });

  it('stop with the clock that fails', async () => {
    const clock = new ManualClock();
    clock.sleep = () => Promise.reject(new Error('the clock is broken'));
    const chain = DevChain.create({ clock, options: { miners: 1 } });
    await expect(chain.run(never)).rejects.toThrow('the clock is broken');
  });
});

describe('faults of the dev chain', () => {
  it('make it unreachable for every method, and for readers under way', async () => {
    const chain = smallChain();
    const reader = chain.heads(never);
    await reader.next();
    const { steps, ended } = follow(chain, WANTED);
    await settle();
    chain.faults.isUnreachable = true;
    const unreachable = { code: 'chain_unreachable' };
    await expect(chain.metagraph()).rejects.toMatchObject(unreachable);
    await expect(chain.storedWeights()).rejects.toMatchObject(unreachable);
    await expect(chain.standing()).rejects.toMatchObject(unreachable);
    await expect(chain.heads(never).next()).rejects.toMatchObject(unreachable);
    await expect(follow(chain, WANTED).ended).rejects.toMatchObject(unreachable);
    chain.produceBlock();
    await expect(reader.next()).rejects.toMatchObject(unreachable);
    await expect(ended).rejects.toMatchObject(unreachable);
    expect(steps.map(({ state }) => state)).toEqual(['prepared', 'submitted']);
    chain.faults.isUnreachable = false;
    expect((await chain.storedWeights()).lastUpdateBlock).toBe(1);
  });

  it('refuse the next submission with any error, once', async () => {
    const chain = smallChain();
    const refusal = { reason: 'CallFiltered', message: 'safe mode', action: { kind: 'retry_now' } };
    chain.faults.refusal = { ...refusal, action: { kind: 'retry_now' } };
    expect(await submitted(chain, WANTED)).toMatchObject([
      { state: 'prepared' },
      { state: 'failed', failure: refusal },
    ]);
    expect(outcome(await submitted(chain, WANTED))).toBe('finalized');
  });

  it('drop the next submission, which is lost when its era has passed', async () => {
    const chain = smallChain({ eraBlocks: 8 });
    chain.faults.willDropNext = true;
    const { steps, ended } = follow(chain, WANTED);
    await makeBlocks(chain, 8);
    expect(steps.map(({ state }) => state)).toEqual(['prepared', 'submitted']);
    await makeBlocks(chain, 1);
    expect((await ended).at(-1)).toMatchObject({
      failure: { reason: 'SubmissionLost', action: { kind: 'retry_now' } },
    });
    expect(outcome(await submitted(chain, WANTED))).toBe('finalized');
  });

  it('delay the inclusion', async () => {
    const chain = smallChain({ finalityLagBlocks: 0 });
    chain.faults.inclusionDelayBlocks = 3;
    expect(await submitted(chain, WANTED)).toMatchObject([
      { state: 'prepared' },
      { state: 'submitted' },
      { state: 'in_block', block: 4 },
      { state: 'finalized', block: 4 },
    ]);
  });
});
