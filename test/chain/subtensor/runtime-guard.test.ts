import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type GuardedRuntime,
  requireKnownRuntime,
} from '../../../src/chain/subtensor/runtime-guard.ts';
import { JsonRpcProxy } from '../../support/json-rpc-proxy.ts';
import { OpenConnection, stubNode } from '../../support/open-connection.ts';

const OTHER_GENESIS = `0x${'1f'.repeat(32)}`;

describe('the chain of an endpoint', () => {
  it('must be the configured one, and both are named where it is not', async () => {
    const node = await stubNode();
    const open = new OpenConnection([node.url], { genesisHash: OTHER_GENESIS });
    await expect(open.connection.node()).rejects.toMatchObject({
      code: 'chain_unusable',
      message:
        `${node.url} is of another chain: its genesis is ${node.genesisHash}, the configured network has ` +
        `${OTHER_GENESIS}; check chain.subtensor.network, endpoints and genesis_hash`,
    });
    expect(open.connected).toEqual([]);
  });

  it('may be any where none is configured, and is compared without regard to case', async () => {
    const node = await stubNode();
    const any = new OpenConnection([node.url]);
    await any.connection.node();
    const upper = node.genesisHash.toUpperCase().replace('0X', '0x');
    const same = new OpenConnection([node.url], { genesisHash: upper });
    await same.connection.node();
    expect(same.connected).toEqual([node.url]);
  });

  it('is used at the endpoint that has it, when another is of another chain', async () => {
    const node = await stubNode();
    const other = await JsonRpcProxy.start(node.url);
    onTestFinished(() => other.stop());
    other.rewrite = (text) => text.replaceAll(node.genesisHash, OTHER_GENESIS);
    const open = new OpenConnection([other.url, node.url], { genesisHash: node.genesisHash });
    await open.connections(1);
    expect(open.connected).toEqual([node.url]);
    expect(open.failures).toEqual([expect.stringContaining(`its genesis is ${OTHER_GENESIS}`)]);
  });
});

describe('the runtime of an endpoint', () => {
  it('may have signed extensions that carry nothing', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const { api } = await open.connection.node();
    expect(api.registry.signedExtensions).toContain('SubtensorTransactionExtension');
  });

  it.runIf(process.env.SUBTENSOR_METADATA === undefined)(
    'is refused when it has one that carries data',
    async () => {
      const node = await stubNode({ dataExtension: 'ChargeMagic' });
      const open = new OpenConnection([node.url]);
      await expect(open.connection.node()).rejects.toMatchObject({
        code: 'chain_unusable',
        message:
          `${node.url} asks for the signed extension ChargeMagic, which carries data that this version of Assay ` +
          'does not know: nothing is signed for it; a newer version of Assay is needed',
      });
    },
  );

  it.runIf(process.env.SUBTENSOR_METADATA === undefined)(
    'is refused when it has one that carries data by a name that every object has',
    async () => {
      const node = await stubNode({ dataExtension: 'toString' });
      const open = new OpenConnection([node.url]);
      await expect(open.connection.node()).rejects.toMatchObject({ code: 'chain_unusable' });
    },
  );

  it.each([
    ['what is added to the extrinsic', 15],
    ['what is only signed', 15],
    ['what is added to the extrinsic', 16],
    ['what is only signed', 16],
  ] as const)('is refused for data in %s, by metadata of version %i', async (part, version) => {
    const open = new OpenConnection([(await stubNode()).url]);
    const { api } = await open.connection.node();
    expect(() => requireKnownRuntime(withData(api, { part, version }), 'the node')).toThrow(
      expect.objectContaining({
        code: 'chain_unusable',
        message: expect.stringContaining('the signed extension DrandPriority, which carries data'),
      }),
    );
  });

  it('is refused when it takes another format of extrinsics first', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const { api } = await open.connection.node();
    const other = { ...guarded(api), extrinsicVersion: 5 };
    expect(() => requireKnownRuntime(other, 'the node')).toThrow(
      'the node takes extrinsics of version 5 first, this version of Assay makes 4',
    );
  });

  it('is refused when it is of no Subtensor chain', async () => {
    const open = new OpenConnection([(await stubNode()).url]);
    const { api } = await open.connection.node();
    const { subtensorModule: _, ...query } = api.query;
    const other = { ...guarded(api), query };
    expect(() => requireKnownRuntime(other, 'the node')).toThrow(
      expect.objectContaining({
        code: 'chain_unusable',
        message: expect.stringMatching(
          /^the node runs node-subtensor \d+, which has no subtensorModule\.blockAtRegistration, subtensorModule\.commitReveal.*it is no Subtensor chain/,
        ),
      }),
    );
  });
});

/** What the guard looks at, to be changed. */
function guarded(api: GuardedRuntime): GuardedRuntime {
  const { query, registry, extrinsicVersion, runtimeVersion, runtimeMetadata } = api;
  return { query, registry, extrinsicVersion, runtimeVersion, runtimeMetadata };
}

/** The same chain as if its metadata were of this version, with one extension that carries a number. */
function withData(
  api: GuardedRuntime,
  { part, version }: { readonly part: string; readonly version: 15 | 16 },
): GuardedRuntime {
  const known = api.runtimeMetadata.asLatest.extrinsic.transactionExtensions;
  const typeOf = (name: string) => known.find(({ identifier }) => identifier.eq(name))?.type;
  const [empty, number] = [typeOf('CheckGenesis'), typeOf('CheckNonce')];
  const [type, signedType] = part === 'what is only signed' ? [empty, number] : [number, empty];
  const identifier = 'DrandPriority';
  const runtimeMetadata = {
    version,
    asV15: {
      extrinsic: { signedExtensions: [{ identifier, type, additionalSigned: signedType }] },
    },
    asLatest: {
      extrinsic: { transactionExtensions: [{ identifier, type, implicit: signedType }] },
    },
  };
  return { ...guarded(api), runtimeMetadata } as unknown as GuardedRuntime;
}
