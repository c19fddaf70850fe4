/** Reads the steps of a submission. */
import type { SubmissionStep } from '../../src/actors/ports.ts';
import type { Commitment, RetryAction } from '../../src/domain/weight-set.ts';

/** The states without repetition: a block may be told of twice, when it is seen and when it is final. */
export function statesOf(steps: readonly SubmissionStep[]): string[] {
  const states = steps.map(({ state }) => state);
  return states.filter((state, index) => state !== states[index - 1]);
}

/** The block that the first step of a state names. */
export function blockOf(steps: readonly SubmissionStep[], wanted: SubmissionStep['state']): number {
  const step = steps.find(({ state }) => state === wanted);
  if (step === undefined || !('block' in step)) throw new Error(`no block of ${wanted}`);
  return step.block;
}

/** The first step. */
export function preparedOf(steps: readonly SubmissionStep[]) {
  const [first] = steps;
  if (first?.state !== 'prepared') throw new Error('the first step is not prepared');
  return first;
}

export function commitmentOf(steps: readonly SubmissionStep[]): Commitment {
  const { commitment } = preparedOf(steps).extrinsic;
  if (commitment === undefined) throw new Error('nothing was committed');
  return commitment;
}

/** What the last step of a refused submission looks like. */
export function failedStep(reason: string, action: Partial<RetryAction>) {
  return { state: 'failed', failure: { reason, action } };
}
