import { chainFailure } from '../../domain/chain-errors.ts';
import type { WeightSetFailure } from '../../domain/weight-set.ts';
import { nextEpochBlock, readEpoch } from './epoch-reading.ts';
import { readStorage, safeInteger, subtensor } from './storage-reading.ts';
import { readLastUpdate, type ValidatorKey } from './stored-weights.ts';
import type { SubtensorNode } from './subtensor-node.ts';

/** What an error of the chain means at the newest final block: when its rate limit ends, when the next epoch begins. */
export async function readFailure(
  node: SubtensorNode,
  reason: string,
  validator: ValidatorKey,
): Promise<WeightSetFailure> {
  const { head } = node;
  const [epoch, { lastUpdateBlock }, [rateLimit]] = await Promise.all([
    readEpoch(node, head, validator),
    readLastUpdate(node, head.hash, validator),
    readStorage(node, head.hash, [subtensor('weightsSetRateLimit', validator.netuid)]),
  ]);
  return chainFailure(reason, {
    block: head.block,
    nextEpochBlock: nextEpochBlock(epoch),
    rateLimitBlock: Math.max(head.block + 1, lastUpdateBlock + safeInteger(rateLimit)),
  });
}
