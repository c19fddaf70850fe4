import type { ChainErrorName } from './chain-errors.ts';
import type { RetryAction, WeightSetFailure } from './weight-set.ts';

/**
 * How a check ended. `warning`: weights can be set, but something is about to go wrong. `skipped`: the question does not
 * arise, or cannot be answered.
 */
export type CheckVerdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What a check has found. */
export interface CheckFinding {
  readonly verdict: CheckVerdict;
  /** The facts: values, blocks, UIDs. */
  readonly detail: string;
  /** What to do, in words; present whenever the verdict is `failed` or `warning`. */
  readonly remedy?: string;
  /** Present exactly when the chain would refuse weights because of it; the verdict is `failed` then. */
  readonly failure?: WeightSetFailure;
}

/** Facts, and what to do about them. */
export interface Trouble {
  readonly detail: string;
  readonly remedy: string;
}

/** All is well, with the facts. */
export function passed(detail: string): CheckFinding {
  return { verdict: 'ok', detail };
}

/** Not asked, with the reason. */
export function skipped(detail: string): CheckFinding {
  return { verdict: 'skipped', detail };
}

/** Weights can still be set. */
export function warning({ detail, remedy }: Trouble): CheckFinding {
  return { verdict: 'warning', detail, remedy };
}

/** Something is wrong that the chain itself does not refuse weights for. */
export function failed({ detail, remedy }: Trouble): CheckFinding {
  return { verdict: 'failed', detail, remedy };
}

/** The chain would refuse weights with this error. */
export function refused(
  reason: ChainErrorName,
  { detail, remedy }: Trouble,
  action: RetryAction = { kind: 'stop' },
): CheckFinding {
  const failure = { reason, action, message: `${detail}; ${remedy}` };
  return { verdict: 'failed', detail, remedy, failure };
}
