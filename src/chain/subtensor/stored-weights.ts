import type { AnyJson } from '@polkadot/types-codec/types';
import type { Head, StoredWeights } from '../../actors/ports.ts';
import type { WeightVector } from '../../domain/allocation.ts';
import type { Hotkey } from '../../domain/ids.ts';
import { readPendingCommitments } from './commitment-reading.ts';
import type { SubnetKey } from './metagraph-reading.ts';
import { jsonList, readStorage, safeInteger, subtensor } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { storageIndex } from './subtensor-options.ts';

/** Which validator, where. */
export interface ValidatorKey extends SubnetKey {
  readonly hotkey: Hotkey;
}

const NOTHING: WeightVector = { uids: new Uint16Array(), weights: new Uint16Array() };

/** What the chain has stored for the validator at a block. Errors are those of `readStorage`. */
export async function readStoredWeights(
  node: SubtensorNode,
  head: Pick<Head, 'block' | 'hash'>,
  validator: ValidatorKey,
): Promise<StoredWeights> {
  const { netuid, hotkey } = validator;
  const index = storageIndex(validator);
  const [[uid, lastUpdates], pendingCommitments] = await Promise.all([
    readStorage(node, head.hash, [
      subtensor('uids', netuid, hotkey),
      subtensor('lastUpdate', index),
    ]),
    readPendingCommitments(node, head, { key: validator, who: hotkey }),
  ]);
  const shown = { block: head.block, pendingCommitments };
  if (uid === undefined) return { ...shown, vector: NOTHING, lastUpdateBlock: 0 };
  const [weights] = await readStorage(node, head.hash, [subtensor('weights', index, uid)]);
  return {
    ...shown,
    vector: vectorOf(weights),
    lastUpdateBlock: safeInteger(jsonList(lastUpdates)[safeInteger(uid)] ?? 0),
  };
}

/** By rising UID, whatever the order in which they were set. */
function vectorOf(json: AnyJson | undefined): WeightVector {
  const entries = jsonList(json)
    .map((entry) => jsonList(entry).map(safeInteger))
    .sort(([a = 0], [b = 0]) => a - b);
  return {
    uids: Uint16Array.from(entries, ([uid = 0]) => uid),
    weights: Uint16Array.from(entries, ([, weight = 0]) => weight),
  };
}
