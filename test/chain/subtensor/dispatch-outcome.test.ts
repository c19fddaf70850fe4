import type { ApiPromise } from '@polkadot/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlockEvent } from '../../../src/chain/subtensor/block-events.ts';
import { dispatchOutcome } from '../../../src/chain/subtensor/dispatch-outcome.ts';
import type { SubtensorConnection } from '../../../src/chain/subtensor/subtensor-connection.ts';
import { StubNode } from '../../support/subtensor-node/stub-node.ts';
import { connectedTo, METADATA_FILE } from '../../support/subtensor-rig.ts';

const OURS = 1;

function event(name: string, changed: Partial<BlockEvent> = {}): BlockEvent {
  const record = { event: { data: [] } } as unknown as BlockEvent['record'];
  return { extrinsicIndex: OURS, pallet: 'subtensorModule', name, fields: [], record, ...changed };
}

describe('what the chain made of an extrinsic', () => {
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

  const failedWith = (error: object) => {
    const data = [api.registry.createType('DispatchError', error)];
    const record = { event: { data } } as unknown as BlockEvent['record'];
    return event('ExtrinsicFailed', { pallet: 'system', record });
  };
  const moduleError = (section: string, name: string) => {
    const { index } = api.errors[section]?.[name]?.meta ?? {};
    const { index: pallet } = api.runtimeMetadata.asLatest.pallets.find(
      (each) => each.name.toString().toLowerCase() === section.toLowerCase(),
    ) ?? { index: 0 };
    return { Module: { index: pallet, error: Uint8Array.of(Number(index), 0, 0, 0) } };
  };
  const SUCCESS = event('ExtrinsicSuccess', { pallet: 'system' });

  it.each(['WeightsSet', 'TimelockedWeightsCommitted', 'CRV3WeightsCommitted'])(
    'is done with %s',
    (name) => {
      expect(dispatchOutcome([event(name), SUCCESS], OURS)).toEqual({ kind: 'done' });
    },
  );

  it('is not known to be done without an event that says so', () => {
    const others = [
      SUCCESS,
      event('WeightsSet', { extrinsicIndex: 2 }),
      event('WeightsSet', { pallet: 'somethingElse' }),
      event('BatchWeightItemFailed'),
    ];
    expect(dispatchOutcome(others, OURS)).toEqual({
      kind: 'refused',
      reason: 'WeightsEventMissing',
    });
  });

  it('is refused by the name of the error, whatever another extrinsic did', () => {
    const failed = failedWith(moduleError('subtensorModule', 'SettingWeightsTooFast'));
    const events = [event('WeightsSet', { extrinsicIndex: 2 }), failed];
    expect(dispatchOutcome(events, OURS)).toEqual({
      kind: 'refused',
      reason: 'SettingWeightsTooFast',
    });
    expect(dispatchOutcome(events, 2)).toEqual({ kind: 'done' });
  });

  it.each([
    [{ BadOrigin: null }, 'BadOrigin'],
    [{ Token: 'Frozen' }, 'Token'],
    [{ Module: { index: 7, error: '0xff000000' } }, /^module error /],
    [{ Module: { index: 254, error: '0x00000000' } }, /^module error /],
  ])('is refused with %j by a name of its own', (error, reason) => {
    const outcome = dispatchOutcome([failedWith(error)], OURS);
    expect(outcome).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) });
  });
});
