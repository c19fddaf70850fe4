import { describe, expect, it } from 'vitest';
import { sceneWith, sealedWeights } from './subtensor-node/plain-client.ts';
import type { StubNodeOptions } from './subtensor-node/stub-node.ts';

/** With `SUBTENSOR_METADATA=FILE` every test here runs on that metadata instead of our own. */
const METADATA_FILE = process.env.SUBTENSOR_METADATA;

const scene = (options: StubNodeOptions = {}) => sceneWith(options, METADATA_FILE);

/** Every index that the node answers to. */
const INDEXES = [
  5, 6, 7, 8, 9, 10, 24, 25, 26, 27, 28, 30, 31, 46, 47, 52, 53, 55, 56, 57, 59, 66, 67, 68, 69,
];

const RULES = {
  tempoBlocks: 20,
  weightsRateLimitBlocks: 5,
  weightsVersionKey: 7,
  minAllowedWeights: 2,
  maxWeightLimit: 60_000,
  isCommitRevealEnabled: true,
  stakeThreshold: 9,
  mechanismCount: 3,
  revealPeriodEpochs: 2,
};

describe('the storage of the stub node', () => {
  it('holds the rules that the test chose', async () => {
    const { node, client } = await scene({ ...RULES, netuid: 12, miners: 1 });
    const { ownerHotkey, validatorHotkey } = node.state.subnet;
    const { coldkey } = node.state;
    node.produceBlocks(3);
    const expected: readonly (readonly [name: string, keys: readonly unknown[], value: unknown])[] =
      [
        ['tempo', [12], 20],
        ['weightsSetRateLimit', [12], 5],
        ['weightsVersionKey', [12], 7],
        ['minAllowedWeights', [12], 2],
        ['maxWeightsLimit', [12], 60_000],
        ['commitRevealWeightsEnabled', [12], true],
        ['stakeThreshold', [], 9],
        ['mechanismCountCurrent', [12], 3],
        ['revealPeriodEpochs', [12], 2],
        ['subnetworkN', [12], 3],
        ['maxAllowedUids', [12], 256],
        ['subnetOwner', [12], coldkey],
        ['subnetOwnerHotkey', [12], ownerHotkey],
        ['owner', [validatorHotkey], coldkey],
        ['active', [12], [true, true, true]],
        ['validatorPermit', [12], [false, true, false]],
        ['blockAtRegistration', [12, 1], 0],
        ['lastEpochBlock', [12], 0],
        ['pendingEpochAt', [12], 0],
        ['subnetEpochIndex', [12], 0],
        ['blocksSinceLastStep', [12], 3],
        ['lastUpdate', [12], [0, 0, 0]],
        ['lastUpdate', [8_204], [0, 0, 0]],
        ['lastUpdate', [12_300], []],
      ];
    for (const [name, keys, value] of expected) {
      expect([name, keys, await client.stored(name, ...keys)]).toEqual([name, keys, value]);
    }
  });

  it('lists the keys of its maps', async () => {
    const { node, client, alice } = await scene({ miners: 1, tempoBlocks: 100 });
    const round = node.state.drandRound + 10;
    node.setHyperparameters({ isCommitRevealEnabled: true });
    node.produceBlock();
    await client.follow(client.commit(sealedWeights(node, round, alice), round), alice);
    node.produceBlock();
    const count = async (name: string) =>
      (await client.api.query.subtensorModule?.[name]?.entries())?.length;
    expect(await count('keys')).toBe(3);
    expect(await count('uids')).toBe(3);
    expect(await count('axons')).toBe(1);
    expect(await count('owner')).toBe(3);
    expect(await count('tempo')).toBe(1);
    expect(await count('lastUpdate')).toBe(1);
    expect(await count('weights')).toBe(0);
    expect(await count('timelockedWeightCommits')).toBe(1);
  });

  it('holds the system, the clock and the pulses of drand', async () => {
    const { node, client, alice } = await scene({ timeMs: 1_800_000_000_000 });
    await client.follow(client.api.tx.system?.remark?.('0x01') ?? client.setWeights(), alice);
    const [first, second] = [node.produceBlock(), node.produceBlock()];
    const { system, timestamp, drand } = client.api.query;
    expect((await system?.number?.())?.toJSON()).toBe(2);
    expect((await system?.parentHash?.())?.toHex()).toBe(first.hash);
    expect((await system?.blockHash?.(1))?.toHex()).toBe(first.hash);
    expect((await system?.blockHash?.(2))?.isEmpty).toBe(true);
    expect((await system?.account?.(alice.address))?.toJSON()).toMatchObject({ nonce: 1 });
    expect((await timestamp?.now?.())?.toJSON()).toBe(second.timeMs);
    const round = node.state.drandRound;
    expect((await drand?.lastStoredRound?.())?.toJSON()).toBe(round);
    expect((await drand?.oldestStoredRound?.())?.toJSON()).toBe(round - 216_000);
    const signature = `0x${Buffer.from(node.beacon.signature(round)).toString('hex')}`;
    expect((await drand?.pulses?.(round))?.toJSON()).toMatchObject({ round, signature });
    expect((await drand?.pulses?.(round + 1))?.toJSON()).toBeNull();
  });
});

describe('the runtime APIs of the stub node', () => {
  it('tell every field that the small metadata has', async () => {
    const { node, client } = await scene({ ...RULES, miners: 1 });
    const { hash } = node.produceBlock();
    const { subnet, coldkey } = node.state;
    expect(await client.metagraph(hash, 1, INDEXES)).toMatchObject({
      netuid: 1,
      ownerHotkey: subnet.ownerHotkey,
      ownerColdkey: coldkey,
      block: 1,
      tempo: 20,
      lastStep: 0,
      blocksSinceLastStep: 1,
      minAllowedWeights: 2,
      maxWeightsLimit: 60_000,
      weightsVersion: 7,
      weightsRateLimit: 5,
      activityCutoff: 5_000,
      numUids: 3,
      maxUids: 256,
      commitRevealWeightsEnabled: true,
      commitRevealPeriod: 2,
      hotkeys: subnet.neurons.map(({ hotkey }) => hotkey),
      coldkeys: [coldkey, coldkey, coldkey],
      active: [true, true, true],
      validatorPermit: [false, true, false],
      lastUpdate: [0, 0, 0],
      blockAtRegistration: [0, 0, 0],
      alphaStake: [0, 1_000, 0],
      taoStake: [0, 0, 0],
      totalStake: [0, 1_000, 0],
    });
  });

  it('tell of each mechanism and of the account', async () => {
    const { client, alice } = await scene({ mechanismCount: 2, miners: 1, tempoBlocks: 0 });
    const { subnetInfoRuntimeApi: subnets, accountNonceApi: nonces } = client.api.call;
    const read = async (mecid: number) =>
      (await subnets?.getSelectiveMechagraph?.(1, mecid, [59]))?.toJSON();
    expect(await read(1)).toMatchObject({ lastUpdate: [0, 0, 0] });
    expect(await read(2)).toBeNull();
    expect((await subnets?.getNextEpochStartBlock?.(1))?.toJSON()).toBeNull();
    expect((await nonces?.accountNonce?.(alice.address))?.toJSON()).toBe(0);
  });

  it('say which of them are missing', async () => {
    const { client } = await scene();
    await expect(client.provider.send('state_call', ['Core_nothing', '0x'])).rejects.toThrow(
      '4003: Client error: Execution failed: Exported method Core_nothing is not found',
    );
  });
});

describe('blocks and calls of the stub node', () => {
  it('shows what waits and what a block took', async () => {
    const { node, client, alice } = await scene();
    const tx = await client.setWeights().signAsync(alice, { nonce: 0 });
    await client.answerTo(tx.toHex());
    const { author, chain } = client.api.rpc;
    expect((await author.pendingExtrinsics()).map((each) => each.toHex())).toEqual([tx.toHex()]);
    const { hash } = node.produceBlock();
    expect(await author.pendingExtrinsics()).toHaveLength(0);
    const { block } = await chain.getBlock(hash);
    expect(block.extrinsics.map(({ method }) => method.method)).toEqual([
      'set',
      expect.any(String),
    ]);
    expect(block.extrinsics[1]?.toHex()).toBe(tx.toHex());
    expect((await client.api.rpc.system.health()).peers.toNumber()).toBe(8);
  });

  it('refuses calls to subnets and mechanisms that do not exist', async () => {
    const { node, client, alice } = await scene({ weightsRateLimitBlocks: 0 });
    const weights = [[2], [1], 0];
    const calls = [
      client.call('setWeights', 2, ...weights),
      client.call('setMechanismWeights', 1, 1, ...weights),
      client.call('commitTimelockedWeights', 2, '0x01', node.state.drandRound + 30, 4),
    ];
    const errors: (string | undefined)[] = [];
    for (const tx of calls) {
      const sent = await client.follow(tx, alice);
      node.produceBlock();
      errors.push(client.errorName(await sent.reached('InBlock')));
    }
    expect(errors).toEqual([
      'CommitRevealEnabled',
      'MechanismDoesNotExist',
      'MechanismDoesNotExist',
    ]);
    node.setHyperparameters({ stakeThreshold: 1 });
    node.produceBlock();
    const elsewhere = await calls[0]?.signAsync(alice, { nonce: -1 });
    expect(await client.answerTo(elsewhere?.toHex() ?? '')).toMatch(/Custom error: 1$/);
  });
});
