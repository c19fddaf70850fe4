/** The allocation worker for UIDs beyond 16 bits: everything but the chain's form of the weights. */
import {
  type Allocated,
  type AllocateTask,
  type Apportioned,
  type ApportionTask,
  shareApportioned,
  timed,
} from '../src/compute/columns.ts';
import type { Allocation, AllocationPolicy, ScoredPairs } from '../src/domain/allocation.ts';
import { apportionUnits } from '../src/domain/apportion.ts';
import { mergePairs } from '../src/domain/merge-pairs.ts';
import { scorePairs } from '../src/domain/score-pairs.ts';
import { scorePart as scoreRange } from '../workers/allocation.worker.ts';

export const scorePart = scoreRange;

export function allocate({ population, policy }: AllocateTask): Allocated {
  const [pairs, score] = timed(() => scorePairs(population, policy));
  const [allocation, apportionSpan] = timed(() => withoutVector(pairs, policy));
  return shareApportioned({ allocation, score, apportion: apportionSpan });
}

export function apportion({ parts, policy }: ApportionTask): Apportioned {
  const [allocation, span] = timed(() => withoutVector(mergePairs(parts), policy));
  return shareApportioned({ allocation, apportion: span });
}

function withoutVector(pairs: ScoredPairs, policy: AllocationPolicy): Allocation {
  const { weightByUid: _, ...allocation } = apportionUnits(pairs, policy);
  return { ...allocation, vector: { uids: new Uint16Array(0), weights: new Uint16Array(0) } };
}
