import {
  type ChainErrorName,
  type FailureContext as ChainFailureContext,
  chainFailure,
} from '../../domain/chain-errors.ts';
import type { WeightSetFailure } from '../../domain/weight-set.ts';

export type FailureContext = ChainFailureContext;

/** The simulated chain refuses with names of the table only. */
export type DevChainErrorName = ChainErrorName;

export function failure(name: DevChainErrorName, context: FailureContext): WeightSetFailure {
  return chainFailure(name, context);
}
