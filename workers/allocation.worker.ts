import {
  type Allocated,
  type AllocateTask,
  type Apportioned,
  type ApportionTask,
  type Scored,
  type ScoreTask,
  shareApportioned,
  timed,
  transferScored,
} from '../src/compute/columns.ts';
import { apportion as apportionPairs } from '../src/domain/apportion.ts';
import { mergePairs } from '../src/domain/merge-pairs.ts';
import { slicePopulation } from '../src/domain/population-order.ts';
import { scorePairs } from '../src/domain/score-pairs.ts';
import { comeLast } from '../src/lib/thread-priority.ts';

comeLast();

/** The whole calculation. */
export function allocate({ population, policy }: AllocateTask): Allocated {
  const [pairs, score] = timed(() => scorePairs(population, policy));
  const [allocation, apportion] = timed(() => apportionPairs(pairs, policy));
  return shareApportioned({ allocation, score, apportion });
}

/** Scores some of the miners. */
export function scorePart({ population, policy, start, end }: ScoreTask): Scored {
  const [pairs, score] = timed(() =>
    scorePairs(slicePopulation(population, { start, end }), policy),
  );
  return transferScored({ pairs, score });
}

/** Puts the scored parts together and divides the weights. */
export function apportion({ parts, policy }: ApportionTask): Apportioned {
  const [allocation, span] = timed(() => apportionPairs(mergePairs(parts), policy));
  return shareApportioned({ allocation, apportion: span });
}
