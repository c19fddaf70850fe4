import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketProvider } from '../../../src/chain/subtensor/web-socket-provider.ts';
import { JsonRpcProxy } from '../../support/json-rpc-proxy.ts';
import { settle } from '../../support/manual-clock.ts';
import {
  closedEndpoint,
  mirrorOf,
  muteEndpoint,
  OpenConnection,
  REQUEST_TIMEOUT_MS,
  stubNode,
} from '../../support/open-connection.ts';
import { until } from '../../support/subtensor-rig.ts';

describe('an endpoint that says what cannot be read', () => {
  it.each([
    ['no JSON', 'what?'],
    ['null', 'null'],
    ['bytes', Uint8Array.of(1, 2, 3)],
    ['news without content', '{"jsonrpc":"2.0","method":"chain_finalizedHead"}'],
  ])('is left: %s', async (_, message) => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const proxy = await JsonRpcProxy.start(first.url);
    onTestFinished(() => proxy.stop());
    const open = new OpenConnection([proxy.url, second.url]);
    await open.connections(1);
    proxy.say(message);
    await open.connections(2);
    expect(open.endings).toEqual([expect.stringMatching(/^it sent what cannot be read: /)]);
  });

  it.each([
    ['a final block', 'chain_finalizedHead', { number: 'x' }],
    ['a runtime version', 'state_runtimeVersion', { specVersion: 'x' }],
    ['no runtime version', 'state_runtimeVersion', null],
  ])('is left for %s that is none', async (_, method, result) => {
    const first = await stubNode();
    const second = await mirrorOf(first);
    const proxy = await JsonRpcProxy.start(first.url);
    onTestFinished(() => proxy.stop());
    let subscription = '';
    proxy.rewrite = (text) => {
      const message = JSON.parse(text);
      if (message.method === method) ({ subscription } = message.params);
      return text;
    };
    const open = new OpenConnection([proxy.url, second.url]);
    await open.connections(1);
    proxy.say(JSON.stringify({ jsonrpc: '2.0', method, params: { subscription, result } }));
    await open.connections(2);
    expect(open.connected).toEqual([proxy.url, second.url]);
  });

  it.each(['"0x"', '"0x00"', '"zz"', '{}', 'null'])(
    'is left for metadata of %s',
    async (answer) => {
      const first = await stubNode();
      const second = await mirrorOf(first);
      const proxy = await JsonRpcProxy.start(first.url);
      onTestFinished(() => proxy.stop());
      proxy.rewrite = (text) =>
        text.length > 20_000 ? text.replace(/"result":"[^"]+"/, `"result":${answer}`) : text;
      const open = new OpenConnection([proxy.url, second.url]);
      await open.connections(1);
      expect(open.connected).toEqual([second.url]);
    },
  );
});

describe('a key in the URL of an endpoint', () => {
  const SECRET = 'hunter2';
  const withKey = (url: string) =>
    `${url.replace('ws://', `ws://user:${SECRET}@`)}/v1/${SECRET}?key=${SECRET}`;

  it('is in no log line and in no error, whatever goes wrong', async () => {
    const node = await stubNode();
    const refusing = await mirrorOf(node);
    refusing.refuseConnections();
    const urls = [node.url, refusing.url, await closedEndpoint(), await muteEndpoint()];
    const errors: unknown[] = [];
    const open = new OpenConnection(urls.map(withKey), { genesisHash: node.genesisHash });
    const ask = async () => {
      const connected = await open.connection.node();
      await connected.request('no_method', []);
    };
    const note = (error: unknown) => void errors.push(error);
    await open.connections(1);
    await ask().catch(note);
    node.silence();
    const unanswered = ask().catch(note);
    await settle();
    await open.clock.advance(REQUEST_TIMEOUT_MS);
    await unanswered;
    await until(() => open.failures.length === 2, 'two endpoints have failed');
    const waiting = ask().catch(note);
    await settle();
    await open.clock.advance(REQUEST_TIMEOUT_MS);
    await waiting;
    expect(errors.length).toBe(3);
    const lines = inspect([open.logger.lines, errors], { depth: null, showHidden: true });
    expect(lines).toContain(node.url);
    expect(lines).not.toContain(SECRET);
  });

  it('is in neither when the chain is another one, or the URL is none', async () => {
    const node = await stubNode();
    const open = new OpenConnection([`ws://${SECRET}:x y`, withKey(node.url)], {
      genesisHash: `0x${'00'.repeat(32)}`,
    });
    const error = await open.connection.node().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'chain_unusable' });
    const lines = inspect([open.logger.lines, error], { depth: null, showHidden: true });
    expect(lines).not.toContain(SECRET);
    expect(open.failures[0]).toBe(
      'an endpoint that is no URL: the endpoint is no URL of a WebSocket',
    );
  });
});

describe('a provider', () => {
  it('ignores answers and news that nobody waits for', async () => {
    const node = await stubNode();
    const proxy = await JsonRpcProxy.start(node.url);
    onTestFinished(() => proxy.stop());
    const open = new OpenConnection([proxy.url]);
    const connected = await open.connection.node();
    proxy.say('17');
    proxy.say('{"jsonrpc":"2.0","id":999999,"result":1}');
    proxy.say('{"jsonrpc":"2.0","method":"x","params":{"subscription":"y","result":1}}');
    expect(await connected.request('system_chain', [])).toBe('Bittensor');
    expect(open.endings).toEqual([]);
  });

  it('fails a request whose answer is neither a result nor an error', async () => {
    const node = await stubNode();
    const proxy = await JsonRpcProxy.start(node.url);
    onTestFinished(() => proxy.stop());
    const open = new OpenConnection([proxy.url]);
    const connected = await open.connection.node();
    proxy.rewrite = (text) => text.replace('"result"', '"outcome"');
    await expect(connected.request('system_chain', [])).rejects.toMatchObject({
      code: 'chain_unreachable',
      message: expect.stringContaining('No result found'),
    });
    expect(open.endings).toEqual([]);
  });

  it('fails a subscription that the answer does not name', async () => {
    const node = await stubNode();
    const proxy = await JsonRpcProxy.start(node.url);
    onTestFinished(() => proxy.stop());
    const open = new OpenConnection([proxy.url]);
    const connected = await open.connection.node();
    proxy.rewrite = (text) => text.replace(/"result":"[^"]*"/, '"result":{}');
    await expect(
      connected.subscribe(['a', 'chain_subscribeNewHeads', 'b'], [], () => undefined),
    ).rejects.toMatchObject({ code: 'chain_unreachable' });
  });

  it('hands on what a node refuses, with its code', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const connected = await open.connection.node();
    await expect(connected.request('no_method', [])).rejects.toMatchObject({
      name: 'RpcError',
      code: -32_601,
      message: '-32601: Method not found',
    });
  });

  it('asks another node of the same endpoint when it is cloned', async () => {
    const node = await stubNode();
    const provider = new WebSocketProvider(node.url).clone();
    await provider.connect();
    await until(() => provider.isConnected, 'it is connected');
    expect(await provider.send('system_chain', [])).toBe('Bittensor');
    await provider.disconnect();
    await until(() => !provider.isConnected, 'it is closed');
    await expect(provider.send('system_chain', [])).rejects.toThrow('the connection is closed');
  });
});
