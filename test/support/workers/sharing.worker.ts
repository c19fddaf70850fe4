import type { ApportionTask, ScoreTask } from '../../../src/compute/columns.ts';
import {
  apportion as apportionParts,
  scorePart as scoreSome,
} from '../../../workers/allocation.worker.ts';

/** Works only in shards: the whole calculation is refused. */
export function allocate(): never {
  throw new Error('only shards are calculated here');
}

export function scorePart(task: ScoreTask) {
  return scoreSome(task);
}

export function apportion(task: ApportionTask) {
  return apportionParts(task);
}
