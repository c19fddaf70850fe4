import { chainFailure } from '../../domain/chain-errors.ts';
import type { WeightSetFailure } from '../../domain/weight-set.ts';
import { nextEpochBlock, readEpoch } from './epoch-reading.ts';
import { jsonList, readStorage, safeInteger, subtensor } from './storage-reading.ts';
import type { ValidatorKey } from './stored-weights.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { storageIndex } from './subtensor-options.ts';

/** What an error of the chain means at the newest final block: when its rate limit ends, when the next epoch begins. */
export async function readFailure(
  node: SubtensorNode,
  reason: string,
  validator: ValidatorKey,
): Promise<WeightSetFailure> {
  const { head } = node;
  const [epoch, [uid, lastUpdates, rateLimit]] = await Promise.all([
    readEpoch(node, head, validator),
    readStorage(node, head.hash, [
      subtensor('uids', validator.netuid, validator.hotkey),
      subtensor('lastUpdate', storageIndex(validator)),
      subtensor('weightsSetRateLimit', validator.netuid),
    ]),
  ]);
  const lastUpdate = uid === undefined ? 0 : jsonList(lastUpdates)[safeInteger(uid)];
  return chainFailure(reason, {
    block: head.block,
    nextEpochBlock: nextEpochBlock(epoch),
    rateLimitBlock: Math.max(head.block + 1, safeInteger(lastUpdate ?? 0) + safeInteger(rateLimit)),
  });
}
