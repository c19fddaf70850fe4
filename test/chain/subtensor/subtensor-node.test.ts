import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { mirrorOf, OpenConnection, stubNode } from '../../support/open-connection.ts';
import { statesOf } from '../../support/submission-steps.ts';
import { METADATA_FILE, SubtensorRig, until } from '../../support/subtensor-rig.ts';
import { entriesOf, intent } from '../dev/dev-chain-support.ts';

/** Real metadata is taken as it is. */
const hasOwnMetadata = METADATA_FILE.metadataFile === undefined;
const UPGRADED = { indexShift: 40 };

describe('what a node tells of itself', () => {
  it('is its runtime, its newest final block and its newest block', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    const connected = await open.connection.node();
    expect(connected.runtimeText).toMatch(/^node-subtensor \d+$/);
    node.produceBlocks(5);
    await until(() => connected.head.block === node.finalized.number, 'the block is known');
    const { number: block, hash, timeMs } = node.finalized;
    expect(connected.head).toEqual({ block, hash, timeMs });
    expect(await connected.bestHead()).toMatchObject({ block: 5, hash: node.best.hash });
    expect(connected.head.block).toBeLessThan(5);
  });
});

describe('a node that refuses to be asked', () => {
  const refused = async (open: OpenConnection, method: string, times: number) => {
    const node = await open.connection.node();
    for (let asked = 0; asked < times; asked += 1) {
      await expect(node.request(method, [])).rejects.toMatchObject({ name: 'RpcError' });
    }
    return node;
  };

  it('the same thing ten times in a row is left for another one', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const open = new OpenConnection([first.url, second.url]);
    await refused(open, 'chain_unknown', 9);
    expect(open.endings).toEqual([]);
    await refused(open, 'chain_unknown', 1);
    await open.connections(2);
    expect(open.endings).toEqual([
      expect.stringMatching(/^chain_unknown was refused 10 times in a row/),
    ]);
    expect(open.connected).toEqual([first.url, second.url]);
  });

  it('now and then, or what providers may refuse for ever, is kept', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const node = await refused(open, 'state_call', 12);
    const block = ['0x00'];
    for (let asked = 0; asked < 12; asked += 1) {
      await expect(node.request('state_queryStorageAt', block)).rejects.toThrow();
      await node.request('state_queryStorageAt', [[], node.head.hash]);
    }
    expect(open.endings).toEqual([]);
  });
});

describe('a runtime upgrade', () => {
  let rig: SubtensorRig;
  afterEach(() => rig.stop());

  const connections = () => rig.logger.about('connected to the chain');
  const endings = () => rig.logger.about('connection to the chain ended');

  it('leads to a new connection by itself, and heads go on', async () => {
    rig = await SubtensorRig.start();
    rig.node.upgradeRuntime(425, UPGRADED);
    rig.node.produceBlock();
    await until(() => endings().length === 1, 'the connection has ended');
    expect(endings()).toEqual([
      { endpoint: rig.node.url, reason: 'the runtime was upgraded from 424 to 425' },
    ]);
    rig.node.produceBlocks(4);
    await rig.caughtUp();
    expect(connections()).toEqual([
      { endpoint: rig.node.url, runtime: 'node-subtensor 424' },
      { endpoint: rig.node.url, runtime: 'node-subtensor 425' },
    ]);
    expect((await rig.chain.metagraph()).block).toBe(rig.node.finalized.number);
  });

  it('gives no connection while the newest final block is still of the old runtime', async () => {
    rig = await SubtensorRig.start();
    rig.node.upgradeRuntime(425, UPGRADED);
    rig.node.produceBlock();
    await until(() => rig.node.callCount('chain_subscribeFinalizedHeads') === 2, 'it subscribes');
    expect(connections().length).toBe(1);
    const asked = rig.chain.metagraph();
    rig.node.produceBlocks(3);
    const { block } = await asked;
    expect(block).toBeGreaterThanOrEqual(1);
    expect(connections().length).toBe(2);
  });

  it('leaves a submission its way to the end, whose block the old runtime carried out', async () => {
    rig = await SubtensorRig.start();
    const followed = rig.follow(
      intent([
        [2, 10],
        [3, 20],
      ]),
    );
    await until(() => followed.has('submitted'), 'it is submitted');
    rig.node.produceBlock();
    expect(rig.node.takenWeights.length).toBe(1);
    rig.node.upgradeRuntime(425, UPGRADED);
    rig.node.produceBlock();
    await until(() => endings().length === 1, 'the connection has ended');
    rig.node.produceBlocks(4);
    await until(() => followed.hasEnded, 'the submission has ended');
    expect(statesOf(followed.steps)).toEqual(['prepared', 'submitted', 'in_block', 'finalized']);
    expect(entriesOf((await rig.chain.storedWeights()).vector)).toEqual([
      [2, 32_768],
      [3, 65_535],
    ]);
  });

  it('tells by its name what the old runtime refused', async () => {
    rig = await SubtensorRig.start();
    rig.node.setHyperparameters({ weightsVersionKey: 7 });
    await rig.advance();
    const followed = rig.follow(intent([[2, 10]]));
    await until(() => followed.has('submitted') || followed.hasEnded, 'it is submitted');
    rig.node.produceBlock();
    rig.node.upgradeRuntime(425, UPGRADED);
    rig.node.produceBlocks(5);
    await until(() => followed.hasEnded, 'the submission has ended');
    expect(followed.steps.at(-1)).toMatchObject({
      state: 'failed',
      failure: { reason: 'IncorrectWeightVersionKey' },
    });
  });

  it('leaves a commitment its way to the reveal', async () => {
    rig = await SubtensorRig.start({ node: { isCommitRevealEnabled: true, tempoBlocks: 12 } });
    const followed = rig.follow(intent([[2, 10]]));
    await until(() => followed.has('submitted'), 'it is submitted');
    for (let made = 0; made < 8 && !followed.has('committed'); made += 1) await rig.advance();
    await until(() => followed.has('committed'), 'it is committed');
    rig.node.upgradeRuntime(425, UPGRADED);
    for (let made = 0; made < 40 && !followed.hasEnded; made += 1) {
      rig.node.produceBlock();
      if (made > 3) await rig.caughtUp();
    }
    await until(() => followed.hasEnded, 'the submission has ended');
    expect(followed.error).toBeUndefined();
    expect(followed.steps.at(-1)?.state).toBe('revealed');
  });

  it.runIf(hasOwnMetadata)(
    'that brings an extension with data stops weights with a clear error, until another one takes it away',
    async () => {
      const clock = new ManualClock();
      rig = await SubtensorRig.start({ clock });
      rig.node.upgradeRuntime(425, { dataExtension: 'ChargeMagic' });
      rig.node.produceBlocks(4);
      await until(() => endings().length === 1, 'the connection has ended');
      const refused = {
        code: 'chain_unusable',
        message: expect.stringContaining('the signed extension ChargeMagic, which carries data'),
      };
      await expect(rig.chain.metagraph()).rejects.toMatchObject(refused);
      const followed = rig.follow(intent([[2, 10]]));
      await until(() => followed.hasEnded, 'it has ended');
      expect(followed.steps).toEqual([]);
      expect(followed.error).toMatchObject(refused);
      expect(rig.node.pooledWeights).toEqual([]);
      rig.node.upgradeRuntime(426);
      rig.node.produceBlocks(4);
      await until(() => clock.sleeperCount === 1, 'it pauses');
      await clock.advance(60_000);
      await until(() => connections().length === 2, 'there is another connection');
      expect((await rig.chain.metagraph()).block).toBe(rig.node.finalized.number);
    },
  );
});
