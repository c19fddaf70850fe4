import { describe, expect, it } from 'vitest';
import { changeNeuron, replace } from '../../src/chain/dev/dev-subnet.ts';
import { hotkey } from '../../src/domain/ids.ts';
import {
  hexadecimal,
  pair,
  sceneWith,
  sealedWeights,
  until,
} from './subtensor-node/plain-client.ts';
import type { StubNodeOptions } from './subtensor-node/stub-node.ts';

/** With `SUBTENSOR_METADATA=FILE` every test here runs on that metadata instead of our own. */
const METADATA_FILE = process.env.SUBTENSOR_METADATA;
const METADATA_VERSION = METADATA_FILE === undefined ? 15 : 16;
const BOB = hotkey('5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty');

const PLAIN: StubNodeOptions = { isCommitRevealEnabled: false };
const COMMITS: StubNodeOptions = { isCommitRevealEnabled: true, tempoBlocks: 10 };

const scene = (options: StubNodeOptions = {}) => sceneWith(options, METADATA_FILE);

describe('reading from the stub node', () => {
  it('serves metadata that encodes calls as mainnet does', async () => {
    const { node, client } = await scene();
    expect(client.api.runtimeMetadata.version).toBe(METADATA_VERSION);
    expect(client.api.runtimeVersion.specVersion.toNumber()).toBe(424);
    expect(client.api.genesisHash.toHex()).toBe(node.genesisHash);
    expect(client.call('setWeights', 7, [1, 2], [10, 65_535], 5).method.toHex()).toBe(
      '0x070007000801000200080a00ffff0500000000000000',
    );
    expect(
      client.call('commitTimelockedMechanismWeights', 71, 0, '0x616263', 123, 4).method.toHex(),
    ).toBe('0x07764700000c6162637b000000000000000400');
  });

  it('pushes heads, and finalized ones behind them', async () => {
    const { node, client } = await scene();
    const heads: string[] = [];
    const finalized: number[] = [];
    const { chain } = client.api.rpc;
    await chain.subscribeNewHeads(({ hash }) => void heads.push(hash.toHex()));
    await chain.subscribeFinalizedHeads(({ number }) => void finalized.push(number.toNumber()));
    const blocks = [node.best, node.produceBlock(), node.produceBlock(), node.produceBlock()];
    await until(() => heads.length === blocks.length && finalized.length === 2);
    expect(heads).toEqual(blocks.map(({ hash }) => hash));
    expect(finalized).toEqual([0, 1]);
    node.produceBlock({ isFinal: true });
    await until(() => finalized.length === 3);
    expect(finalized.at(-1)).toBe(4);
  });

  it('keeps the states of its blocks apart', async () => {
    const { node, client } = await scene();
    const before = node.produceBlock();
    node.changeSubnet((subnet) => replace(subnet, 5, BOB));
    const after = node.produceBlock();
    const fields = ({ hash }: { readonly hash: string }) => client.metagraph(hash, 1, [7, 52, 66]);
    const zeros = Array.from({ length: 10 }, () => 0);
    expect(await fields(before)).toMatchObject({ block: 1, blockAtRegistration: zeros });
    expect(await fields(after)).toMatchObject({
      block: 2,
      hotkeys: node.state.subnet.neurons.map((neuron) => neuron.hotkey),
      blockAtRegistration: zeros.with(5, 2),
    });
    expect(await client.stored('uids', 1, BOB)).toBe(5);
    const hash = await client.api.rpc.chain.getBlockHash(before.number);
    expect(hash.toHex()).toBe(before.hash);
  });

  it('gives the metagraph by indexes, and nothing for another subnet', async () => {
    const { node, client } = await scene({ miners: 3 });
    node.setAxon(2, '[2001:db8::1]:443');
    node.setAxon(3, undefined);
    const { hash, number } = node.produceBlock();
    const zeros = [0, 0, 0, 0, 0];
    const noAxon = expect.objectContaining({ ip: 0, port: 0, ipType: 0 });
    const ipv6 = expect.objectContaining({ port: 443, ipType: 6, block: number });
    const ipv4 = expect.objectContaining({ port: 8_091, ipType: 4, ip: 0x08080004 });
    expect(await client.metagraph(hash, 1, [5, 7, 24, 30, 46, 52, 55, 57, 59, 69])).toMatchObject({
      netuid: 1,
      ownerHotkey: node.state.subnet.ownerHotkey,
      block: number,
      tempo: null,
      minAllowedWeights: 1,
      numUids: 5,
      commitRevealWeightsEnabled: false,
      hotkeys: node.state.subnet.neurons.map((neuron) => neuron.hotkey),
      axons: [noAxon, noAxon, ipv6, noAxon, ipv4],
      validatorPermit: [false, true, false, false, false],
      lastUpdate: zeros,
      totalStake: zeros.with(1, 1_000),
    });
    expect(await client.metagraph(hash, 2, [5])).toBeNull();
  });

  it('gives the same subnet through its storage maps', async () => {
    const { node, client } = await scene({ miners: 3 });
    const { neurons } = node.state.subnet;
    const [owner, , , , last] = neurons;
    const keys = await client.api.query.subtensorModule?.keys?.entries(1);
    const found = keys?.map(([key, value]) => [key.args[1]?.toString(), value.toString()]);
    expect(found?.toSorted()).toEqual(neurons.map(({ uid, hotkey }) => [`${uid}`, hotkey]));
    expect(await client.stored('uids', 1, last?.hotkey)).toBe(4);
    expect(await client.stored('uids', 2, last?.hotkey)).toBeNull();
    expect(await client.stored('axons', 1, last?.hotkey)).toMatchObject({ port: 8_091 });
    expect(await client.stored('axons', 1, owner?.hotkey)).toBeNull();
    expect(await client.stored('minAllowedWeights', 1)).toBe(1);
    expect(await client.stored('minAllowedWeights', 2)).toBe(1_024);
    expect(await client.stored('tempo', 1)).toBe(360);
    expect(await client.stored('networksAdded', 1)).toBe(true);
    expect(await client.stored('networksAdded', 2)).toBe(false);
    expect(await client.stored('commitRevealWeightsVersion')).toBe(4);
  });

  it('keeps what belongs to a mechanism under its own index', async () => {
    const { node, client, alice } = await scene({ ...PLAIN, mecid: 1, mechanismCount: 2 });
    await client.follow(client.call('setMechanismWeights', 1, 1, [2], [1], 0), alice);
    const { number } = node.produceBlock();
    expect(await client.stored('weights', 4_097, 1)).toEqual([[2, 65_535]]);
    expect(await client.stored('weights', 1, 1)).toEqual([]);
    expect(await client.stored('lastUpdate', 4_097)).toMatchObject({ 1: number });
    expect(await client.stored('lastUpdate', 1)).toMatchObject({ 1: 0 });
  });

  it('pushes changes of storage', async () => {
    const { node, client } = await scene();
    const seen: number[] = [];
    const query = client.api.query.subtensorModule?.tempo;
    await query?.(1, (tempo: { toJSON(): unknown }) => void seen.push(Number(tempo.toJSON())));
    node.setHyperparameters({ tempoBlocks: 99 });
    node.produceBlocks(2);
    await until(() => seen.length === 2);
    expect(seen).toEqual([360, 99]);
  });

  it('forgets the states of old blocks and says so', async () => {
    const { node, client } = await scene();
    const old = node.produceBlock();
    node.produceBlocks(600);
    await expect(client.provider.send('state_getStorage', ['0x00', old.hash])).rejects.toThrow(
      '4003: Client error: UnknownBlock: State already discarded',
    );
  });

  it('does not know other methods', async () => {
    const { client } = await scene();
    await expect(client.provider.send('toString', [])).rejects.toThrow('-32601');
  });

  it('runs epochs at the tempo, and earlier when one is asked for', async () => {
    const { node, client } = await scene({ tempoBlocks: 10 });
    node.produceBlocks(10);
    expect(await client.stored('subnetEpochIndex', 1)).toBe(1);
    expect(await client.stored('lastEpochBlock', 1)).toBe(10);
    node.changeState((state) => ({ ...state, pendingEpochAt: 13 }));
    node.produceBlocks(2);
    const next = client.api.call.subnetInfoRuntimeApi?.getNextEpochStartBlock;
    expect((await next?.(1))?.toJSON()).toBe(13);
    expect(await client.stored('blocksSinceLastStep', 1)).toBe(2);
    node.produceBlock();
    expect(await client.stored('lastEpochBlock', 1)).toBe(13);
    expect(await client.stored('pendingEpochAt', 1)).toBe(0);
  });
});

describe('plain weights on the stub node', () => {
  it('are taken to finality, with their event and scaled as the chain does', async () => {
    const { node, client, alice } = await scene(PLAIN);
    const sent = await client.follow(client.setWeights(), alice);
    const { number } = node.produceBlock();
    await sent.reached('InBlock');
    node.produceBlocks(2);
    await sent.reached('Finalized');
    expect(sent.states).toEqual(['Ready', 'InBlock', 'Finalized']);
    expect(sent.eventNames).toEqual(['WeightsSet', 'ExtrinsicSuccess']);
    expect(await client.stored('weights', 1, 1)).toEqual([
      [2, 32_768],
      [3, 65_535],
    ]);
    expect(await client.stored('lastUpdate', 1)).toMatchObject({ 1: number });
    expect(node.takenWeights).toMatchObject([
      { block: number, isAccepted: true, signer: alice.address, call: { kind: 'set' } },
    ]);
  });

  it('fail in a block with an error that the metadata names', async () => {
    const { node, client, alice } = await scene(PLAIN);
    node.changeSubnet((subnet) => changeNeuron(subnet, 1, { hasValidatorPermit: false }));
    node.produceBlock();
    const sent = await client.follow(client.setWeights(), alice);
    node.produceBlock();
    expect(client.errorName(await sent.reached('InBlock'))).toBe('NeuronNoValidatorPermit');
    expect(await client.stored('weights', 1, 1)).toEqual([]);
    expect(node.takenWeights).toMatchObject([{ isAccepted: false }]);
  });

  it('are refused by the pool in the words of a node', async () => {
    const { node, client, alice } = await scene({ ...PLAIN, stakeThreshold: 500 });
    const answer = async (nonce: number) =>
      client.answerTo((await client.setWeights().signAsync(alice, { nonce, era: 0 })).toHex());
    expect(await answer(0)).toBe('taken');
    expect(await answer(0)).toMatch(/^1014: Priority is too low/);
    node.produceBlock();
    expect(await answer(0)).toBe('1010: Invalid Transaction: Transaction is outdated');
    expect(await answer(1)).toBe('1010: Invalid Transaction: Custom error: 6');
    node.changeSubnet((subnet) => changeNeuron(subnet, 1, { stake: 1 }));
    node.produceBlock();
    expect(await answer(1)).toBe('1010: Invalid Transaction: Custom error: 1');
  });

  it('are taken once', async () => {
    const { node, client, alice } = await scene(PLAIN);
    const tx = (await client.setWeights().signAsync(alice, { nonce: 0 })).toHex();
    expect(await client.answerTo(tx)).toBe('taken');
    expect(await client.answerTo(tx)).toMatch(/^1013: Transaction Already Imported/);
    node.produceBlock();
    expect(await client.answerTo(tx)).toBe('1012: Transaction is temporarily banned');
  });

  it('wait for the nonce before theirs', async () => {
    const { node, client, alice } = await scene({ ...PLAIN, weightsRateLimitBlocks: 0 });
    const answer = async (nonce: number) =>
      client.answerTo((await client.setWeights().signAsync(alice, { nonce })).toHex());
    expect(await answer(1)).toBe('taken');
    expect(node.produceBlock().extrinsicCount).toBe(1);
    expect(await answer(0)).toBe('taken');
    expect((await client.api.rpc.system.accountNextIndex(alice.address)).toNumber()).toBe(2);
    expect(node.produceBlock().extrinsicCount).toBe(3);
  });

  it('must be signed for this chain', async () => {
    const { client, alice } = await scene(PLAIN);
    const tx = await client.setWeights().signAsync(alice, { nonce: 0 });
    const forged = tx.toU8a();
    forged[60] = (forged[60] ?? 0) ^ 1;
    const bad = '1010: Invalid Transaction: Transaction has a bad signature';
    expect(await client.answerTo(hexadecimal(forged))).toBe(bad);
    expect(await client.answerTo('0x0401')).toBe('1001: Extrinsic has invalid format');
    const elsewhere = await scene({ ...PLAIN, seed: 2 });
    expect(await elsewhere.client.answerTo(tx.toHex())).toBe(bad);
    expect(await client.answerTo(tx.toHex())).toBe('taken');
  });

  it('get into no block after their era', async () => {
    const { node, client, alice } = await scene(PLAIN);
    node.chainFaults.inclusionDelayBlocks = 100;
    const sent = await client.follow(client.setWeights(), alice, 8);
    node.produceBlocks(9);
    await sent.reached('Invalid');
    node.produceBlocks(100);
    expect(node.takenWeights).toEqual([]);
  });
});

describe('timelocked commitments on the stub node', () => {
  it('are opened when their epoch begins', async () => {
    const { node, client, alice } = await scene(COMMITS);
    const round = node.state.drandRound + 10;
    const ciphertext = sealedWeights(node, round, alice);
    const sent = await client.follow(client.commit(ciphertext, round), alice);
    const { number } = node.produceBlock();
    await sent.reached('InBlock');
    expect(sent.eventNames).toEqual(['TimelockedWeightsCommitted', 'ExtrinsicSuccess']);
    const waiting = [[alice.address, number, hexadecimal(ciphertext), round]];
    expect(await client.stored('timelockedWeightCommits', 1, 0)).toEqual(waiting);
    node.produceBlocks(8);
    expect(await client.stored('weights', 1, 1)).toEqual([]);
    const epoch = node.produceBlock();
    expect(epoch.number).toBe(10);
    expect(await client.eventNames(epoch.hash)).toEqual([
      'WeightsSet',
      'TimelockedWeightsRevealed',
      'ExtrinsicSuccess',
    ]);
    expect(await client.stored('weights', 1, 1)).toEqual([
      [2, 65_535],
      [3, 65_535],
    ]);
    expect(await client.stored('timelockedWeightCommits', 1, 0)).toEqual([]);
  });

  it('wait for their pulse until the epoch of the reveal is over, and are dropped then', async () => {
    const { node, client, alice } = await scene(COMMITS);
    const round = node.state.drandRound + 10;
    node.changeState((state) => ({ ...state, missingRounds: new Set([round]) }));
    await client.follow(client.commit(sealedWeights(node, round, alice), round), alice);
    node.produceBlocks(19);
    expect(await client.stored('timelockedWeightCommits', 1, 0)).toHaveLength(1);
    node.produceBlock();
    expect(await client.stored('timelockedWeightCommits', 1, 0)).toEqual([]);
    expect(await client.stored('weights', 1, 1)).toEqual([]);
  });

  it('are dropped when they cannot be opened or name another hotkey', async () => {
    const { node, client, alice } = await scene({ ...COMMITS, weightsRateLimitBlocks: 1 });
    const round = node.state.drandRound + 10;
    for (const ciphertext of [Uint8Array.of(1), sealedWeights(node, round, pair('//Bob'))]) {
      await client.follow(client.commit(ciphertext, round), alice);
      node.produceBlock();
    }
    expect(node.takenWeights.map(({ isAccepted }) => isAccepted)).toEqual([true, true]);
    node.produceBlocks(8);
    expect(await client.stored('timelockedWeightCommits', 1, 0)).toEqual([]);
    expect(await client.stored('weights', 1, 1)).toEqual([]);
  });

  it('are the only way, of the version and with the round that the chain wants', async () => {
    const { node, client, alice } = await scene(COMMITS);
    const ciphertext = Uint8Array.of(1);
    const past = client.commit(ciphertext, node.state.drandRound - 1);
    const signed = await past.signAsync(alice, { nonce: 0 });
    expect(await client.answerTo(signed.toHex())).toMatch(/Custom error: 15$/);
    const round = node.state.drandRound + 10;
    const errors: (string | undefined)[] = [];
    for (const tx of [client.commit(ciphertext, round, 3), client.setWeights()]) {
      const sent = await client.follow(tx, alice);
      node.produceBlock();
      errors.push(client.errorName(await sent.reached('InBlock')));
    }
    expect(errors).toEqual(['IncorrectCommitRevealVersion', 'CommitRevealEnabled']);
  });
});
