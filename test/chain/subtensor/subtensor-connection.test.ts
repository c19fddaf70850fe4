import { describe, expect, it, onTestFinished } from 'vitest';
import type { Head } from '../../../src/actors/ports.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { JsonRpcProxy } from '../../support/json-rpc-proxy.ts';
import { ManualClock, settle } from '../../support/manual-clock.ts';
import {
  closedEndpoint,
  HEAD_TIMEOUT_MS,
  mirrorOf,
  muteEndpoint,
  OpenConnection,
  REQUEST_TIMEOUT_MS,
  silentEndpoint,
  stubNode,
} from '../../support/open-connection.ts';
import { until } from '../../support/subtensor-rig.ts';

/** Heads that are read in the background until the connection closes. */
function headsOf({ connection }: OpenConnection) {
  const reading = { blocks: [] as number[], hasEnded: false };
  const read = async (heads: AsyncIterable<Head>) => {
    for await (const { block } of heads) reading.blocks.push(block);
    reading.hasEnded = true;
  };
  void read(connection.heads(new AbortController().signal));
  return reading;
}

describe('a connection with several endpoints', () => {
  it('uses the first that answers and leaves the others alone', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const open = new OpenConnection([first.url, second.url]);
    expect((await open.connection.node()).endpoint).toBe(first.url);
    expect(second.connectionCount).toBe(0);
    expect(open.tried).toEqual([first.url]);
  });

  it('goes to the next when one refuses', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    first.refuseConnections();
    const open = new OpenConnection([await closedEndpoint(), first.url, second.url]);
    await open.connections(1);
    expect(open.connected).toEqual([second.url]);
    expect(open.failures).toEqual([
      expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/),
      expect.stringMatching(/^ws:.*: Unexpected server response: 503$/),
    ]);
  });

  it('goes to the next when the one in use closes, and comes round to it again', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const open = new OpenConnection([first.url, second.url]);
    await open.connections(1);
    first.dropConnections();
    await open.connections(2);
    second.dropConnections();
    await open.connections(3);
    expect(open.connected).toEqual([first.url, second.url, first.url]);
    expect(open.endings).toEqual(['the connection was closed', 'the connection was closed']);
  });

  it('leaves one that has gone silent when no final block came for the whole time, not earlier', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const open = new OpenConnection([first.url, second.url]);
    await open.connections(1);
    await open.clock.advance(30_000);
    first.produceBlock({ isFinal: true });
    await until(() => open.connection.head?.block === 1, 'block 1 is known');
    first.silence();
    await open.clock.advance(HEAD_TIMEOUT_MS - 1);
    expect(open.endings).toEqual([]);
    await open.clock.advance(1);
    expect(open.endings).toEqual(['no new final block for 60 s']);
    await open.connections(2);
    expect(open.connected).toEqual([first.url, second.url]);
    await until(() => first.connectionCount === 0, 'the silent socket is closed');
  });

  it('leaves one that takes the connection and never answers when a request may take no longer', async () => {
    const node = await stubNode();
    const open = new OpenConnection([await muteEndpoint(), node.url]);
    await until(() => open.clock.sleeperCount === 1, 'it waits');
    await open.clock.advance(REQUEST_TIMEOUT_MS - 1);
    expect(open.failures).toEqual([]);
    await open.clock.advance(1);
    await open.connections(1);
    expect(open.failures).toEqual([expect.stringContaining(': no answer for 20 s')]);
  });

  it('leaves one that opens and then answers nothing', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    first.silence();
    const open = new OpenConnection([first.url, second.url]);
    await until(() => first.connectionCount === 1, 'it is connected');
    await open.clock.advance(REQUEST_TIMEOUT_MS);
    await open.connections(1);
    expect(open.connected).toEqual([second.url]);
  });

  it('leaves one whose newest block does not come', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const proxy = await JsonRpcProxy.start(first.url);
    onTestFinished(() => proxy.stop());
    proxy.rewrite = (text) => (text.includes('chain_finalizedHead') ? undefined : text);
    const open = new OpenConnection([proxy.url, second.url]);
    await until(() => first.callCount('chain_subscribeFinalizedHeads') === 1, 'it subscribes');
    await settle();
    await open.clock.advance(HEAD_TIMEOUT_MS);
    await open.connections(1);
    expect(open.failures).toEqual([expect.stringContaining('no new final block for 60 s')]);
  });

  it('leaves one whose newest final block is old at once: it has yet to catch up with the chain', async () => {
    const nowMs = new ManualClock().now();
    const minuteMs = 60_000;
    const behind = await stubNode({ timeMs: nowMs - 10 * minuteMs - 1 });
    const caughtUp = await stubNode({ timeMs: nowMs - 10 * minuteMs });
    const { genesisHash } = behind;
    expect(caughtUp.genesisHash).toBe(genesisHash);
    const open = new OpenConnection([behind.url, caughtUp.url], { genesisHash });
    await open.connections(1);
    expect(open.connected).toEqual([caughtUp.url]);
    expect(open.failures).toEqual([
      `${behind.url}: its newest final block is 10 min old: it is behind the chain, or the clock of this machine is ahead`,
    ]);
  });

  it('uses one whose newest final block is old when nothing is known of its chain', async () => {
    const node = await stubNode({ timeMs: new ManualClock().now() - 3_600_000 });
    const open = new OpenConnection([node.url]);
    await open.connections(1);
    expect(open.connected).toEqual([node.url]);
  });

  it('leaves one that leaves a request unanswered, and tells the asker', async () => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const open = new OpenConnection([first.url, second.url]);
    const node = await open.connection.node();
    await open.clock.advance(30_000);
    first.silence();
    const answer = expect(node.request('system_chain', [])).rejects.toMatchObject({
      code: 'chain_unreachable',
      message: `${first.url} does not answer system_chain: no answer for 20 s`,
    });
    await open.clock.advance(REQUEST_TIMEOUT_MS);
    await answer;
    await open.connections(2);
    expect(open.endings).toEqual(['system_chain: no answer for 20 s']);
  });

  it('hands the connection that comes next to whoever waits for one', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    const first = await open.connection.node();
    first.close();
    await first.ended;
    const second = await open.connection.node();
    expect(second).not.toBe(first);
    expect(await second.request('system_chain', [])).toBe('Bittensor');
  });
});

describe('a connection whose endpoints do not answer', () => {
  it('pauses a second, then twice as long each time up to a minute', async () => {
    const open = new OpenConnection([await closedEndpoint(), await closedEndpoint()]);
    for (const [round, seconds] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      await open.pausing(2 * (round + 1));
      await open.clock.advance(seconds * 1_000 - 1);
      expect(open.tried.length).toBe(2 * (round + 1));
      await open.clock.advance(1);
      await open.pausing(2 * (round + 2));
    }
  });

  it('begins with short pauses again after a good connection', async () => {
    const node = await stubNode();
    node.refuseConnections();
    const open = new OpenConnection([node.url]);
    for (const [index, seconds] of [1, 2, 4].entries()) {
      await open.pausing(index + 1);
      await open.clock.advance(seconds * 1_000);
    }
    await open.pausing(4);
    node.refuseConnections(false);
    await open.clock.advance(8_000);
    await open.connections(1);
    await open.clock.advance(10_000);
    node.refuseConnections();
    node.dropConnections();
    await open.pausing(5);
    await open.clock.advance(1_000);
    await open.pausing(6);
  });

  it('pauses too when connections keep ending within moments', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    for (let count = 1; count <= 6; count += 1) {
      await open.connections(count);
      node.dropConnections();
    }
    await until(() => open.endings.length === 6 && open.clock.sleeperCount === 1, 'it pauses');
    await open.clock.advance(999);
    expect(open.tried.length).toBe(6);
    await open.clock.advance(1);
    await open.connections(7);
  });

  it('says so to whoever needs one, as soon as each was tried', async () => {
    const open = new OpenConnection([await closedEndpoint()]);
    await expect(open.connection.node()).rejects.toMatchObject({
      code: 'chain_unreachable',
      message: expect.stringMatching(/^no endpoint of the chain answers: ws:.*ECONNREFUSED/),
    });
  });

  it('keeps nobody waiting longer than one request may take', async () => {
    const open = new OpenConnection([await muteEndpoint(), await muteEndpoint()]);
    const asked = expect(open.connection.node()).rejects.toMatchObject({
      code: 'chain_unreachable',
    });
    await until(() => open.clock.sleeperCount === 2, 'both wait');
    await open.clock.advance(REQUEST_TIMEOUT_MS);
    await asked;
  });
});

describe('what a connection tells of heads', () => {
  it('goes on over a change of endpoints, and never goes back', async () => {
    const first = await stubNode();
    const lagging = await stubNode();
    const open = new OpenConnection([first.url, lagging.url]);
    const reading = headsOf(open);
    for (let block = 1; block <= 5; block += 1) first.produceBlock({ isFinal: true });
    await until(() => open.connection.head?.block === 5, 'block 5 is known');
    first.refuseConnections();
    first.dropConnections();
    await open.connections(2);
    for (let block = 1; block <= 7; block += 1) {
      lagging.produceBlock({ isFinal: true });
      await settle();
    }
    await until(() => reading.blocks.at(-1) === 7, 'block 7 is told of');
    expect(reading.blocks).toEqual([...new Set(reading.blocks)].sort((a, b) => a - b));
    expect(reading.blocks).toContain(5);
    expect(open.connection.head?.block).toBe(7);
  });

  it('counts an endpoint that lags and does not catch up as silent', async () => {
    const first = await stubNode();
    const lagging = await stubNode();
    const open = new OpenConnection([first.url, lagging.url]);
    await open.connections(1);
    for (let block = 1; block <= 9; block += 1) first.produceBlock({ isFinal: true });
    await until(() => open.connection.head?.block === 9, 'block 9 is known');
    first.dropConnections();
    await open.connections(2);
    const node = await open.connection.node();
    for (let part = 1; part <= 2; part += 1) {
      lagging.produceBlock({ isFinal: true });
      await until(() => node.head.block === part, 'the lagging endpoint goes on');
      await open.clock.advance(HEAD_TIMEOUT_MS / 2);
    }
    await open.connections(3);
    expect(open.endings[1]).toBe('no new final block for 60 s');
    expect(open.connection.head?.block).toBe(9);
  });
});

describe('closing a connection', () => {
  it('ends its readers, sockets and timers, and whoever waits for a connection; again is harmless', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    const reading = headsOf(open);
    await open.connections(1);
    await open.connection.close();
    await open.connection.close();
    expect(open.clock.sleeperCount).toBe(0);
    await until(() => node.connectionCount === 0 && reading.hasEnded, 'all has ended');
    await expect(open.connection.node()).rejects.toMatchObject({ code: 'chain_unreachable' });
    expect(open.clock.sleeperCount).toBe(0);
    expect(open.endings).toEqual([]);
  });

  it.each([
    ['an endpoint that never answers', muteEndpoint],
    ['an endpoint that is silent', silentEndpoint],
    ['a pause', closedEndpoint],
  ])('does not wait for %s', async (_, endpoint) => {
    const open = new OpenConnection([await endpoint()]);
    const asked = expect(open.connection.node()).rejects.toMatchObject({
      code: 'chain_unreachable',
    });
    await until(() => open.tried.length === 1 && open.clock.sleeperCount > 0, 'it waits');
    await open.connection.close();
    await asked;
    expect(open.clock.sleeperCount).toBe(0);
  });

  it('closes a socket that is silent at once', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    await open.connections(1);
    node.silence();
    await open.connection.close();
    await until(() => node.connectionCount === 0, 'the socket is closed');
  });
});

describe('a bug within a connection', () => {
  it('ends it, and is thrown to whoever needs it then and later', async () => {
    const open = new OpenConnection(['ws://127.0.0.1:1'], {
      createProvider: () => {
        throw new Error('no transport');
      },
    });
    const reading = headsOf(open);
    const bug = { name: 'AssertionError', message: 'no transport' };
    await expect(open.connection.node()).rejects.toMatchObject(bug);
    await expect(open.connection.node()).rejects.toMatchObject(bug);
    await until(() => reading.hasEnded, 'readers have ended');
  });
});

describe('a long life', () => {
  it('leaves no subscriptions, listeners, timers or sockets behind over 50 connections', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const node = await stubNode();
    const open = new OpenConnection([node.url]);
    const reading = headsOf(open);
    await open.connections(1);
    const listeners = process.eventNames().map((name) => process.listenerCount(name));
    for (let count = 2; count <= 50; count += 1) {
      await open.clock.advance(10_000);
      node.dropConnections();
      await open.connections(count);
    }
    node.produceBlock({ isFinal: true });
    await until(() => reading.blocks.at(-1) === 1, 'it still reads');
    await settle();
    expect(node.connectionCount).toBe(1);
    expect(node.callCount('chain_subscribeFinalizedHeads')).toBe(50);
    expect(open.clock.sleeperCount).toBe(1);
    expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(listeners);
    expect(warnings).toEqual([]);
  });
});

describe('a connection that ends by a bug', () => {
  it('ends whoever runs it, and every reader', async () => {
    const broken = () => {
      throw new TypeError('not foreseen');
    };
    const open = new OpenConnection(['ws://127.0.0.1:1'], { createProvider: broken });
    const heads = headsOf(open);
    await expect(open.connection.run(new AbortController().signal)).rejects.toThrow(AssertionError);
    await expect(open.connection.node()).rejects.toThrow('not foreseen');
    await until(() => heads.hasEnded, 'the heads have ended');
  });

  it('ends with its signal when there is none', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const end = new AbortController();
    const running = open.connection.run(end.signal);
    await open.connection.close();
    end.abort();
    expect(await running).toBeUndefined();
  });
});
