import type { WeightSetFailure } from '../../domain/weight-set.ts';

/** What goes wrong on demand; tests and demonstrations change it at any time. */
export interface DevChainFaults {
  /** Every method throws `chain_unreachable`. */
  isUnreachable: boolean;
  /** The next submission is refused with this, then the field is cleared. */
  refusal: WeightSetFailure | undefined;
  /** The next submission is never included, then the field is cleared. */
  willDropNext: boolean;
  /** Blocks that a submission waits beyond the next one. */
  inclusionDelayBlocks: number;
}

export function noFaults(): DevChainFaults {
  return {
    isUnreachable: false,
    refusal: undefined,
    willDropNext: false,
    inclusionDelayBlocks: 0,
  };
}
