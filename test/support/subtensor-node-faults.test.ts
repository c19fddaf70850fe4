import { describe, expect, it, vi } from 'vitest';
import { PlainClient, sceneWith, until } from './subtensor-node/plain-client.ts';
import type { StubNodeOptions } from './subtensor-node/stub-node.ts';

/** With `SUBTENSOR_METADATA=FILE` every test here runs on that metadata instead of our own. */
const METADATA_FILE = process.env.SUBTENSOR_METADATA;

const scene = (options: StubNodeOptions = {}) =>
  sceneWith({ isCommitRevealEnabled: false, ...options }, METADATA_FILE);

/** A request of the provider, which answers although the API is busy connecting. */
const health = ({ provider }: PlainClient) => provider.send('system_health', []);

describe('connections of the stub node', () => {
  it('break and are taken again', async () => {
    const { node, client } = await scene();
    const disconnected = new Promise((resolve) => client.provider.on('disconnected', resolve));
    const calls = node.callCount('state_subscribeRuntimeVersion');
    node.refuseConnections();
    node.dropConnections();
    await disconnected;
    expect(node.connectionCount).toBe(0);
    node.refuseConnections(false);
    await until(() => client.provider.isConnected);
    await until(() => node.callCount('state_subscribeRuntimeVersion') > calls);
    expect(await health(client)).toMatchObject({ isSyncing: false });
  });

  it('stay open and say nothing while the node is silent', async () => {
    const { node, client } = await scene();
    const heads: number[] = [];
    await client.api.rpc.chain.subscribeNewHeads(
      ({ number }) => void heads.push(number.toNumber()),
    );
    await until(() => heads.length === 1);
    node.silence();
    node.produceBlock();
    const outcome = vi.fn();
    void health(client).then(outcome, outcome);
    await until(() => node.ignoredCount === 1);
    node.silence(false);
    node.produceBlock();
    await until(() => heads.length === 2);
    expect(heads).toEqual([0, 2]);
    expect(client.provider.isConnected).toBe(true);
    expect(node.callCount('system_health')).toBe(0);
    expect(outcome).not.toHaveBeenCalled();
  });

  it('lose the answer to a submission that the pool has taken', async () => {
    const { node, client, alice } = await scene();
    const tx = await client.setWeights().signAsync(alice, { nonce: 0 });
    node.loseSubmissionAnswer();
    expect(await client.answerTo(tx.toHex())).toMatch(/disconnected/);
    expect(node.pooledWeights).toEqual([tx.hash.toHex()]);
    node.produceBlock();
    expect(node.takenWeights.map(({ extrinsicHash }) => extrinsicHash)).toEqual([tx.hash.toHex()]);
  });

  it('may be many, to one chain', async () => {
    const { node, client, alice } = await scene();
    const mirror = await node.mirror();
    const other = await PlainClient.connect(mirror.url);
    await client.follow(client.setWeights(), alice);
    mirror.produceBlock();
    expect(await other.stored('weights', 1, 1)).toHaveLength(2);
    mirror.refuseConnections();
    mirror.dropConnections();
    expect(await health(client)).toMatchObject({ isSyncing: false });
    await mirror.stop();
  });

  it('answer late when told so', async () => {
    const { node, client } = await scene();
    node.delayAnswers(1);
    expect(await health(client)).toMatchObject({ isSyncing: false });
  });

  it('refuse runtime APIs when the provider has none', async () => {
    const { node, client } = await scene();
    node.withoutStateCall();
    const read = (index: number) => client.metagraph(node.best.hash, 1, [index]);
    await expect(read(7)).rejects.toThrow('unsafe to be called externally');
    expect(await client.stored('subnetworkN', 1)).toBe(10);
    node.withoutStateCall(false);
    expect(await read(8)).toMatchObject({ tempo: 360 });
  });
});

describe('the pool of the stub node', () => {
  it('answers with the error that a test asks for, once', async () => {
    const { node, client, alice } = await scene();
    const tx = (await client.setWeights().signAsync(alice, { nonce: 0 })).toHex();
    node.refuseNext({ code: 1016, message: 'Immediately Dropped', data: 'the limit' });
    expect(await client.answerTo(tx)).toBe('1016: Immediately Dropped: the limit');
    expect(await client.answerTo(tx)).toBe('taken');
  });

  it('drops what it has taken', async () => {
    const { node, client, alice } = await scene();
    node.dropNextFromPool();
    const sent = await client.follow(client.setWeights(), alice);
    node.produceBlock();
    await sent.reached('Dropped');
    expect(node.takenWeights).toEqual([]);
  });

  it('finds what was signed for another runtime invalid, and bans it', async () => {
    const { node, client, alice } = await scene();
    const tx = await client.setWeights().signAsync(alice, { nonce: 0 });
    node.chainFaults.inclusionDelayBlocks = 1;
    expect(await client.answerTo(tx.toHex())).toBe('taken');
    node.upgradeRuntime(425);
    node.produceBlocks(2);
    expect(node.takenWeights).toEqual([]);
    expect(await client.answerTo(tx.toHex())).toBe('1012: Transaction is temporarily banned');
  });
});

describe('the chain of the stub node', () => {
  it('retracts a block and includes its extrinsic in another', async () => {
    const { node, client, alice } = await scene();
    const all: string[] = [];
    await client.api.rpc.chain.subscribeAllHeads(({ hash }) => void all.push(hash.toHex()));
    node.retractNextInclusion();
    const sent = await client.follow(client.setWeights(), alice);
    const retracted = node.produceBlock();
    await sent.reached('InBlock');
    const best = node.produceBlock();
    await until(() => sent.states.length === 4);
    node.produceBlocks(2);
    await sent.reached('Finalized');
    expect(sent.states).toEqual(['Ready', 'InBlock', 'Retracted', 'InBlock', 'Finalized']);
    expect(node.takenWeights).toMatchObject([
      { blockHash: retracted.hash, block: 1 },
      { blockHash: best.hash, block: 2 },
    ]);
    const fork = (await client.api.rpc.chain.getBlockHash(1)).toHex();
    expect(fork).not.toBe(retracted.hash);
    await until(() => all.length === 6);
    expect(all.slice(1, 4)).toEqual([retracted.hash, fork, best.hash]);
    expect(await client.eventNames(fork)).not.toContain('WeightsSet');
    expect(await client.stored('lastUpdate', 1)).toMatchObject({ 1: 2 });
  });

  it('retracts a block for good', async () => {
    const { node, client, alice } = await scene();
    node.retractNextInclusion('never_included_again');
    const sent = await client.follow(client.setWeights(), alice, 8);
    node.produceBlock({ isFinal: true });
    expect(node.finalized.number).toBe(0);
    await sent.reached('InBlock');
    node.produceBlocks(10);
    await sent.reached('Invalid');
    expect(sent.states).toEqual(['Ready', 'InBlock', 'Retracted', 'Invalid']);
    expect(await client.stored('weights', 1, 1)).toEqual([]);
  });

  it('stops finalizing, and stops being followed for it', async () => {
    const { node, client, alice } = await scene();
    node.stopFinality();
    const sent = await client.follow(client.setWeights(), alice);
    node.produceBlocks(20);
    expect(node.finalized.number).toBe(0);
    await sent.reached('InBlock');
    expect(sent.states).toEqual(['Ready', 'InBlock']);
    node.produceBlocks(500);
    await sent.reached('FinalityTimeout');
    node.stopFinality(false);
    node.produceBlock();
    expect(node.finalized.number).toBe(519);
  });

  it('upgrades its runtime under a connected client', async () => {
    const { node, client, alice } = await scene({ weightsRateLimitBlocks: 0 });
    const before = client.setWeights().method.toHex();
    node.upgradeRuntime(500, { indexShift: 1 });
    node.produceBlock();
    await until(() => client.api.runtimeVersion.specVersion.toNumber() === 500);
    const after = client.setWeights();
    const isShifted = METADATA_FILE === undefined;
    expect(after.method.toHex().slice(0, 6)).toBe(isShifted ? '0x0778' : before.slice(0, 6));
    const sent = await client.follow(after, alice);
    node.produceBlock();
    await sent.reached('InBlock');
    expect(sent.eventNames).toEqual(['WeightsSet', 'ExtrinsicSuccess']);
  });

  it('has another clock than its clients', async () => {
    const { node, client } = await scene({ timeMs: 1_800_000_000_000 });
    node.chainFaults.nextClockShiftMs = 60_000;
    node.produceBlocks(2);
    const now = await client.api.query.timestamp?.now?.();
    expect(now?.toJSON()).toBe(1_800_000_000_000 + 2 * 12_000 + 60_000);
  });

  it('makes blocks by itself when told so', async () => {
    const { node } = await scene();
    node.produceEvery(1);
    await until(() => node.best.number > 2);
  });

  it('can have a signed extension that no library knows, and another name', async () => {
    const { client } = await scene({ dataExtension: 'CheckNothing', specName: 'node-other' });
    const isOwn = METADATA_FILE === undefined;
    const names = client.api.registry.signedExtensions;
    expect(names.includes('CheckNothing')).toBe(isOwn);
    const { specName } = client.api.runtimeVersion;
    expect(specName.toString()).toBe(isOwn ? 'node-other' : 'node-subtensor');
  });
});
