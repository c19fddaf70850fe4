import type { ApiPromise } from '@polkadot/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SubtensorConnection } from '../../../src/chain/subtensor/subtensor-connection.ts';
import type { SubtensorNode } from '../../../src/chain/subtensor/subtensor-node.ts';
import {
  chainName,
  commitCallOf,
  commitExtrinsic,
  hasPlainCall,
  plainExtrinsic,
} from '../../../src/chain/subtensor/weight-call.ts';
import {
  signWeights,
  type WeightSigningParts,
} from '../../../src/chain/subtensor/weight-signing.ts';
import { present } from '../../../src/lib/assert.ts';
import { StubNode } from '../../support/subtensor-node/stub-node.ts';
import { connectedTo, METADATA_FILE } from '../../support/subtensor-rig.ts';
import { intent } from '../dev/dev-chain-support.ts';

const ABC = new TextEncoder().encode('abc');

describe('calls encoded with the metadata of the chain', () => {
  let node: StubNode;
  let connection: SubtensorConnection;
  let api: ApiPromise;
  beforeAll(async () => {
    node = await StubNode.start(METADATA_FILE);
    connection = connectedTo(node);
    api = (await connection.node()).api;
  });
  afterAll(async () => {
    await connection.close();
    await node.stop();
  });

  it('are the bytes of a commitment that mainnet takes', () => {
    const form = present(commitCallOf(api, { mecid: 0, version: 4 }), 'there is a call');
    expect(form).toMatchObject({ version: 4, payloadForm: 'hotkey' });
    const key = { netuid: 71, mecid: 0 };
    const extrinsic = commitExtrinsic(api, { form, key }, { commit: ABC, revealRound: 123 });
    expect(extrinsic.method.toHex()).toBe('0x07764700000c6162637b000000000000000400');
  });

  it('are the bytes of plain weights that mainnet takes', () => {
    const wanted = intent(
      [
        [1, 10],
        [2, 65_535],
      ],
      5,
    );
    const extrinsic = plainExtrinsic(api, { netuid: 7, mecid: 0 }, wanted);
    expect(extrinsic.method.toHex()).toBe('0x070007000801000200080a00ffff0500000000000000');
    const other = plainExtrinsic(api, { netuid: 7, mecid: 1 }, wanted);
    expect(other.method.toHex()).toBe('0x07770700010801000200080a00ffff0500000000000000');
  });

  it('take a commitment whose first bytes look like a length', () => {
    const form = present(commitCallOf(api, { mecid: 1, version: 4 }), 'there is a call');
    const commit = Uint8Array.of(8, 1, 2, 3);
    const key = { netuid: 1, mecid: 1 };
    const { method } = commitExtrinsic(api, { form, key }, { commit, revealRound: 1 });
    expect(method.toHex()).toBe('0x0776010001100801020301000000000000000400');
  });

  it('keep version keys and rounds of more than 32 bits', () => {
    const versionKey = Number.MAX_SAFE_INTEGER;
    const { method } = plainExtrinsic(api, { netuid: 1, mecid: 0 }, intent([[1, 1]], versionKey));
    expect(method.toHex().endsWith('ffffffffffff1f00')).toBe(true);
  });
});

/** A chain with some of the calls, as the library lists them. */
function chainWith(...methods: readonly string[]): ApiPromise {
  const subtensorModule = Object.fromEntries(methods.map((method) => [method, called(method)]));
  const registry = { createType: (_: string, bytes: number[]) => bytes };
  return { tx: { subtensorModule }, registry } as unknown as ApiPromise;
}

function called(method: string) {
  return (...args: unknown[]) => ({ method, args });
}

describe('the call for a commitment', () => {
  const commit = { commit: ABC, revealRound: 9 };
  const key = { netuid: 71, mecid: 0 };
  const bytes = [...ABC];

  it('is the one with a mechanism where there is one', () => {
    const api = chainWith('commitTimelockedWeights', 'commitTimelockedMechanismWeights');
    const form = present(commitCallOf(api, { mecid: 0, version: 4 }), 'there is a call');
    expect(commitExtrinsic(api, { form, key }, commit)).toEqual({
      method: 'commitTimelockedMechanismWeights',
      args: [71, 0, bytes, 9, 4],
    });
  });

  it('is the timelocked one on a chain without mechanisms', () => {
    const api = chainWith('commitTimelockedWeights', 'commitCrv3Weights');
    const form = present(commitCallOf(api, { mecid: 0, version: 4 }), 'there is a call');
    expect(form.payloadForm).toBe('hotkey');
    expect(commitExtrinsic(api, { form, key }, commit)).toEqual({
      method: 'commitTimelockedWeights',
      args: [71, bytes, 9, 4],
    });
    expect(commitCallOf(api, { mecid: 1, version: 4 })).toBeUndefined();
  });

  it('is that of version 3 on a chain from before timelocked calls, without hotkey', () => {
    const api = chainWith('commitCrv3Weights');
    const form = present(commitCallOf(api, { mecid: 0, version: 3 }), 'there is a call');
    expect(form.payloadForm).toBe('legacy');
    expect(commitExtrinsic(api, { form, key }, commit)).toEqual({
      method: 'commitCrv3Weights',
      args: [71, bytes, 9],
    });
  });

  it('does not exist for a version that nobody knows, or on a chain without calls', () => {
    const all = chainWith('commitTimelockedMechanismWeights', 'commitCrv3Weights');
    for (const version of [2, 5]) {
      expect(commitCallOf(all, { mecid: 0, version })).toBeUndefined();
    }
    const none = { tx: {} } as unknown as ApiPromise;
    expect(commitCallOf(none, { mecid: 0, version: 4 })).toBeUndefined();
  });
});

describe('the call for plain weights', () => {
  it('of a mechanism needs a chain with mechanisms', () => {
    const old = chainWith('setWeights');
    expect(hasPlainCall(old, { mecid: 0 })).toBe(true);
    expect(hasPlainCall(old, { mecid: 1 })).toBe(false);
    expect(hasPlainCall(chainWith('setMechanismWeights'), { mecid: 1 })).toBe(true);
  });

  it.each([0, 1])(
    'of mechanism %i that cannot be made is refused before anything is asked',
    async (mecid) => {
      const api = mecid === 0 ? chainWith() : chainWith('setWeights', 'commitTimelockedWeights');
      const node = { api } as SubtensorNode;
      const parts = { key: { netuid: 1, mecid } } as WeightSigningParts;
      expect(await signWeights(node, intent([[1, 1]]), parts)).toEqual({
        kind: 'refused',
        reason: 'MechanismDoesNotExist',
      });
    },
  );

  it('is named as the chain names it', () => {
    expect(chainName('setWeights')).toBe('set_weights');
    expect(chainName('commitTimelockedMechanismWeights')).toBe(
      'commit_timelocked_mechanism_weights',
    );
    expect(chainName('commitCrv3Weights')).toBe('commit_crv3_weights');
  });
});
