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
  const [{ uid, lastUpdateBlock }, pendingCommitments] = await Promise.all([
    readLastUpdate(node, head.hash, validator),
    readPendingCommitments(node, head, { key: validator, who: validator.hotkey }),
  ]);
  const shown = { block: head.block, pendingCommitments, lastUpdateBlock };
  if (uid === undefined) return { ...shown, vector: NOTHING };
  const query = subtensor('weights', storageIndex(validator), uid);
  const [weights] = await readStorage(node, head.hash, [query]);
  return { ...shown, vector: vectorOf(weights) };
}

/** The validator's UID, if it has one, and the block of its last weights, commitment or registration; 0 without a UID. */
export async function readLastUpdate(
  node: SubtensorNode,
  hash: string,
  validator: ValidatorKey,
): Promise<{ readonly uid: number | undefined; readonly lastUpdateBlock: number }> {
  const [uid, lastUpdates] = await readStorage(node, hash, [
    subtensor('uids', validator.netuid, validator.hotkey),
    subtensor('lastUpdate', storageIndex(validator)),
  ]);
  if (uid === undefined) return { uid, lastUpdateBlock: 0 };
  const own = safeInteger(uid);
  return { uid: own, lastUpdateBlock: safeInteger(jsonList(lastUpdates)[own] ?? 0) };
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
