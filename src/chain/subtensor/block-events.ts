import type { EventRecord } from '@polkadot/types/interfaces';
import { readCodec } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';

/** One event of SubtensorModule or System. */
export interface BlockEvent {
  /** The extrinsic that it belongs to; absent for what the block itself did. */
  readonly extrinsicIndex?: number;
  readonly pallet: string;
  readonly name: string;
  /** As JSON. */
  readonly fields: readonly unknown[];
  readonly record: EventRecord;
}

/**
 * The events of a block, of every pallet: encoded by the runtime that carried the block out, which before an upgrade is not
 * the one that the connection knows. Errors are those of `SubtensorNode.request`.
 */
export async function readEvents(
  node: Pick<SubtensorNode, 'decoderOf' | 'request'>,
  hash: string,
): Promise<readonly BlockEvent[]> {
  const api = await node.decoderOf(hash);
  const source = { api, request: node.request.bind(node) };
  const records = await readCodec(source, hash, { pallet: 'system', name: 'events' });
  return [...(records as unknown as Iterable<EventRecord>)].map(blockEvent);
}

function blockEvent(record: EventRecord): BlockEvent {
  const { phase, event } = record;
  return {
    ...(phase.isApplyExtrinsic ? { extrinsicIndex: phase.asApplyExtrinsic.toNumber() } : {}),
    pallet: event.section,
    name: event.method,
    fields: event.data.map((field) => field.toJSON()),
    record,
  };
}
