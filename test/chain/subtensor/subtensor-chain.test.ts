import { describe, expect, it, onTestFinished } from 'vitest';
import type { Head } from '../../../src/actors/ports.ts';
import { SubtensorChain } from '../../../src/chain/subtensor/subtensor-chain.ts';
import { Events } from '../../../src/events.ts';
import { RecordingLogger } from '../../support/intake-fixture.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { silentEndpoint, stubNode } from '../../support/open-connection.ts';
import type { StubNode } from '../../support/subtensor-node/stub-node.ts';
import { developmentWallet, until } from '../../support/subtensor-rig.ts';

const REQUEST_TIMEOUT_MS = 20_000;

/** What opens the chain of these endpoints, and how often its wallet was closed. */
async function setupOf(...endpoints: string[]) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const closed = { count: 0 };
  const close = () => {
    closed.count += 1;
  };
  const wallet = { ...(await developmentWallet()), close };
  const options = {
    ...{ endpoints, netuid: 1, mecid: 0, eraBlocks: 8 },
    ...{ headTimeoutMs: 60_000, requestTimeoutMs: REQUEST_TIMEOUT_MS },
  };
  return { setup: { options, wallet, clock, events: new Events({ logger }) }, clock, closed };
}

async function opened(...endpoints: string[]) {
  const { setup, ...rest } = await setupOf(...endpoints);
  const chain = await SubtensorChain.open(setup);
  onTestFinished(() => chain.close());
  return { chain, ...rest };
}

async function down(): Promise<StubNode> {
  const node = await stubNode();
  node.refuseConnections();
  return node;
}

describe('a chain that does not answer when it is opened', () => {
  it('is open all the same, says so when it is read, and works by itself as soon as it answers', async () => {
    const node = await down();
    const { chain, clock } = await opened(node.url);
    expect(chain.head).toBeUndefined();
    const unreachable = { code: 'chain_unreachable' };
    await expect(chain.metagraph()).rejects.toMatchObject(unreachable);
    await expect(chain.standing()).rejects.toMatchObject(unreachable);
    await expect(chain.storedWeights()).rejects.toMatchObject(unreachable);
    node.refuseConnections(false);
    await until(() => clock.sleeperCount === 1, 'it pauses');
    await clock.advance(1_000);
    await until(() => chain.head !== undefined, 'it is connected');
    expect((await chain.metagraph()).block).toBe(0);
    expect(await chain.standing()).toMatchObject({
      wallet: 'development account //Alice (sr25519)',
    });
  });

  it('is waited for no longer than a request may take', async () => {
    const { setup, clock } = await setupOf(await silentEndpoint(), await silentEndpoint());
    const opening = SubtensorChain.open(setup);
    await until(() => clock.sleeperCount === 2, 'it waits');
    await clock.advance(REQUEST_TIMEOUT_MS);
    const chain = await opening;
    expect(chain.head).toBeUndefined();
    await chain.close();
  });

  it('is waited for no longer than until the signal aborts', async () => {
    const { setup, clock, closed } = await setupOf(await silentEndpoint());
    const stop = new AbortController();
    const reason = new Error('enough');
    const opening = expect(SubtensorChain.open(setup, stop.signal)).rejects.toBe(reason);
    await until(() => clock.sleeperCount === 2, 'it waits');
    stop.abort(reason);
    await opening;
    expect({ closed: closed.count, sleepers: clock.sleeperCount }).toEqual({
      closed: 1,
      sleepers: 0,
    });
  });
});

describe('a chain that is another one', () => {
  it('is not opened, and lets go of its wallet', async () => {
    const node = await stubNode();
    const { setup, clock, closed } = await setupOf(node.url);
    const options = { ...setup.options, genesisHash: `0x${'00'.repeat(32)}` };
    await expect(SubtensorChain.open({ ...setup, options })).rejects.toMatchObject({
      code: 'chain_unusable',
    });
    expect({ closed: closed.count, sleepers: clock.sleeperCount }).toEqual({
      closed: 1,
      sleepers: 0,
    });
    await until(() => node.connectionCount === 0, 'the socket is closed');
  });
});

describe('an open chain', () => {
  it('signs with the hotkey of its wallet', async () => {
    const { chain } = await opened((await stubNode()).url);
    expect(chain.kind).toBe('subtensor');
    expect(chain.validatorHotkey).toBe((await developmentWallet()).address);
  });

  it('reads the metagraph once for everybody who asks at a final block, and anew at the next', async () => {
    const node = await stubNode();
    const { chain } = await opened(node.url);
    const readings = () => node.callCount('state_call');
    const before = readings();
    const [first, second] = await Promise.all([chain.metagraph(), chain.metagraph()]);
    const third = await chain.metagraph();
    expect([second, third]).toEqual([first, first]);
    expect(readings()).toBe(before + 1);
    node.produceBlocks(4);
    await until(() => chain.head?.block === node.finalized.number, 'the block is known');
    expect((await chain.metagraph()).block).toBe(node.finalized.number);
    expect(readings()).toBe(before + 2);
  });

  it('asks again for a metagraph that could not be read', async () => {
    const node = await stubNode();
    node.changeSubnet((subnet) => ({ ...subnet, netuid: 7 }));
    const { chain } = await opened(node.url);
    node.produceBlock({ isFinal: true });
    await until(() => chain.head?.block === 1, 'the block is known');
    const asked = () => node.callCount('state_queryStorageAt');
    await expect(chain.metagraph()).rejects.toMatchObject({ code: 'chain_unusable' });
    const before = asked();
    await expect(chain.metagraph()).rejects.toMatchObject({ code: 'chain_unusable' });
    expect(asked()).toBeGreaterThan(before);
  });

  it('says in the words of the port what a node refuses to be asked', async () => {
    const node = await stubNode();
    const { chain } = await opened(node.url);
    await chain.metagraph();
    node.refuseConnections();
    node.dropConnections();
    await expect(chain.storedWeights()).rejects.toMatchObject({ code: 'chain_unreachable' });
  });

  it('runs until the signal aborts', async () => {
    const { chain } = await opened((await stubNode()).url);
    const stop = new AbortController();
    const running = chain.run(stop.signal);
    stop.abort();
    await running;
    await chain.run(stop.signal);
  });

  it('ends its readers and its socket when it is closed, and again is harmless', async () => {
    const node = await stubNode();
    const { chain, clock, closed } = await opened(node.url);
    const blocks: number[] = [];
    const reading = (async (heads: AsyncIterable<Head>) => {
      for await (const { block } of heads) blocks.push(block);
    })(chain.heads(new AbortController().signal));
    await until(() => blocks.length === 1, 'it reads');
    await chain.close();
    await chain.close();
    await reading;
    await until(() => node.connectionCount === 0, 'the socket is closed');
    expect(clock.sleeperCount).toBe(0);
    expect(closed.count).toBeGreaterThan(0);
    await expect(chain.metagraph()).rejects.toMatchObject({ code: 'chain_unreachable' });
  });
});
