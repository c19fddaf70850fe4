/** An explanation as one paragraph, in the words of the glossary, for a miner or an operator. */
import { MICRO_PERCENT_MAX } from '../allocation.ts';
import { counted, countText, exactText, listText, percentText, scoreText } from '../amount-text.ts';
import type { ExclusionReason } from '../population.ts';
import type { OwnFailureReason } from '../weight-set.ts';
import type {
  Counterfactual,
  DueUnits,
  PairExplanation,
  RuleCheck,
  WeightExplanation,
} from './explanation.ts';

const COUNTERFACTUALS_MAX = 3;
/** With every other reason the chain took nothing. */
const OTHERS_STORED: readonly string[] = [
  'READ_BACK_MISMATCH',
  'SUPERSEDED',
] satisfies OwnFailureReason[];

/** Says in sentences what the explanation says in values. */
export function explanationText(explanation: WeightExplanation): string {
  const { pairs } = explanation;
  const included = pairs.filter(({ reason }) => reason === undefined);
  const paid = included.filter(({ weightPool }) => weightPool > 0);
  const unpaid = included.filter(({ weightPool }) => weightPool === 0);
  return [
    headline(explanation),
    burnSentence(explanation),
    minerSentence(explanation),
    ...paid.map((pair) => paidSentence(pair, explanation)),
    unpaidSentence(unpaid, explanation),
    ...leftOutSentences(pairs),
    uncountedSentence(explanation),
    ...outlookSentences(explanation),
  ]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}

function headline(explanation: WeightExplanation): string {
  const { block, uid, state, failureReason, weight, totalWeight, percentage } = explanation;
  const total = `${countText(totalWeight)} weight units`;
  const what =
    weight === 0
      ? `none of the ${total}`
      : `${countText(weight)} of ${total}, ${percentText(percentage)} of the total`;
  if (state === 'verified') return `At block ${block} UID ${uid} received ${what}.`;
  const decided = `At block ${block} it was decided that UID ${uid} receives ${what}`;
  if (failureReason === undefined) {
    return `${decided}; the set is ${state.toUpperCase()} and not verified yet.`;
  }
  const weights = OTHERS_STORED.includes(failureReason)
    ? 'stored other weights'
    : 'kept the earlier weights';
  const ended = state === 'lost' ? 'was lost' : 'failed';
  return `${decided}, but the set ${ended} (${failureReason}) and the chain ${weights}.`;
}

function burnSentence({ weight, burnWeight }: WeightExplanation): string | undefined {
  if (burnWeight === 0) return undefined;
  if (burnWeight === weight) return 'All of it is the burn, whose target the UID is.';
  const own = units(weight - burnWeight);
  return `Of that ${units(burnWeight)} are the burn, whose target the UID is, and ${own} its own.`;
}

function minerSentence({ miner, checks }: WeightExplanation): string | undefined {
  if (miner === undefined) {
    return 'No profile was stored for the UID: no report of its miner had been applied, or the profile was deleted, so that there was nothing to pay for.';
  }
  const failed = checks.find(({ passed }) => !passed);
  return failed === undefined ? undefined : `It was left out because ${failureText(failed)}.`;
}

/** One sentence about each cause; pairs with the same one share it. */
function leftOutSentences(pairs: readonly PairExplanation[]): readonly string[] {
  const gpusByCause = new Map<string, string[]>();
  for (const pair of pairs) {
    const failed = pair.checks.find(({ passed }) => !passed);
    if (failed === undefined) continue;
    const cause = failureText(failed);
    const gpus = `${countText(pair.gpuCount)} ${pair.category}`;
    gpusByCause.set(cause, [...(gpusByCause.get(cause) ?? []), gpus]);
  }
  return [...gpusByCause].map(
    ([cause, gpus]) => `It got nothing for its ${listText(gpus)} because ${cause}.`,
  );
}

/** The cause of an exclusion as a clause. */
function failureText({ rule, value, threshold }: RuleCheck): string {
  return FAILURES[rule](value, threshold);
}

type Clause = (value: string, threshold: string) => string;

const FAILURES: Readonly<Record<ExclusionReason, Clause>> = {
  NOT_REGISTERED: () => 'nobody was registered at the UID any more',
  HOTKEY_CHANGED: (value, threshold) =>
    `the UID had changed hands: the reports are those of ${value}, but the UID belonged to ${threshold}, and none of its reports had been applied`,
  AXON_INACTIVE: () => 'it had announced no axon',
  STALE: (value, threshold) => `its last report was made ${value}, and ${threshold} is allowed`,
  NO_VALID_GPU: (_, threshold) => `it had no valid GPU; it needed ${threshold}`,
  CATEGORY_NOT_REWARDED: () => 'these GPUs are in no category that is paid',
  BELOW_MIN_GPU_COUNT: (value, threshold) => `it had at most ${value} and needed ${threshold}`,
  BELOW_MIN_MEMORY: (value, threshold) => `its best GPUs had ${value} and needed ${threshold}`,
  BELOW_MIN_SCORE: (value, threshold) => `its score was ${value} and it needed ${threshold}`,
  CATEGORY_BELOW_MIN_MINERS: (value, threshold) =>
    `only ${value} of the category qualified and it needed ${threshold}`,
};

function paidSentence(pair: PairExplanation, explanation: WeightExplanation): string {
  const { category, weightPool, sharePercentage, minerCount } = pair;
  const pool = `the pool of ${units(weightPool)}`;
  const start = `For ${gpusText(pair)} with a score of ${scoreText(pair.scoreMicros)} it`;
  if (minerCount === 1) {
    return `${start} was due the whole ${category} pool of ${units(weightPool)}: no other miner qualified.`;
  }
  const due = `${start} was due ${percentText(sharePercentage)} of ${pool}`;
  const result = roundingText(pair, explanation);
  if (pair.categoryTotalBasis === 0n) {
    const all = `the ${countText(minerCount)} miners of the category`;
    return `${due}, because ${all} all had a score of 0 and divided it equally: ${result}.`;
  }
  const measure = explanation.policy.gpuCount === 'linear' ? 'score times GPUs' : 'score alone';
  return `${due}, measured by ${measure} among ${countText(minerCount)} miners: ${result}.`;
}

function gpusText({ category, gpuCount, ownedGpuCount }: PairExplanation): string {
  const count = countText(gpuCount);
  return ownedGpuCount > gpuCount
    ? `the ${count} of its ${countText(ownedGpuCount)} ${category} that qualified,`
    : `its ${count} ${category}`;
}

function unpaidSentence(
  pairs: readonly PairExplanation[],
  { policy }: WeightExplanation,
): string | undefined {
  if (pairs.length === 0) return undefined;
  const why =
    policy.burnMicroPercent === MICRO_PERCENT_MAX
      ? 'everything was burned'
      : 'the pool was less than one unit';
  return `It qualified with ${listText(pairs.map(gpusText))}, but ${why}.`;
}

/** How the exact part became a whole number of units. */
function roundingText(
  { weight, exactWeight, rounding, weightPool, minerCount, basis }: PairExplanation,
  { policy }: WeightExplanation,
): string {
  if (rounding === 0) return units(weight);
  const exact = `${exactText(exactWeight)} units exactly`;
  const got = countText(weight);
  const hasFloor = policy.hasPositiveFloor && basis > 0;
  if (hasFloor && weight <= 1 && weightPool < minerCount) {
    return `${exact}, and ${got} because a pool with fewer units than miners gives one each to the largest`;
  }
  if (hasFloor && weight === 1 && exactWeight < 1) {
    return `${exact}, and ${got} as the least that a miner with a score is given`;
  }
  if (hasFloor && rounding <= -1) {
    return `${exact}, and ${got} after the smallest miners of the pool were given a unit each`;
  }
  return `${exact}, rounded to ${got}`;
}

function uncountedSentence({ uncountedGpus }: WeightExplanation): string | undefined {
  if (uncountedGpus.length === 0) return undefined;
  const gpus = uncountedGpus.map(({ category, count }) => `${countText(count)} ${category}`);
  return `Its ${listText(gpus)} did not count, because only the category with most of its GPUs does.`;
}

function outlookSentences(explanation: WeightExplanation): readonly string[] {
  const { counterfactuals, policy } = explanation;
  if (policy.burnMicroPercent === MICRO_PERCENT_MAX) {
    return ['Nothing about the miner would have changed that while 100 % is burned.'];
  }
  const idle = new Map<string, string[]>();
  const gains: Counterfactual[] = [];
  const sentences: string[] = [];
  for (const each of counterfactuals) {
    const { change, withoutEffect, due } = each;
    if (due !== undefined) sentences.push(dueSentence(each, due, explanation));
    else if (withoutEffect === undefined) gains.push(each);
    else idle.set(withoutEffect, [...(idle.get(withoutEffect) ?? []), change]);
  }
  return [
    ...gainSentences(gains, explanation),
    ...sentences,
    ...[...idle].map(
      ([why, changes]) =>
        `${capitalised(changes.join(' or '))} would have changed nothing: ${why}.`,
    ),
  ];
}

/** What would have given most. */
function gainSentences(
  gains: readonly Counterfactual[],
  { state }: WeightExplanation,
): readonly string[] {
  const [best, ...more] = gains
    .toSorted((a, b) => b.percentage - a.percentage)
    .slice(0, COUNTERFACTUALS_MAX);
  if (best === undefined) return [];
  const percent = percentText(best.percentage);
  const others = more.map((each) => `, or ${gainText(each)}`).join('');
  const verb = state === 'verified' ? 'have received' : 'have been due';
  return [`With ${best.change} it would ${verb} about ${percent} of the total${others}.`];
}

function dueSentence(
  { change, category }: Counterfactual,
  { before, after }: DueUnits,
  { policy, pairs }: WeightExplanation,
): string {
  const pair = pairs.find((each) => each.category === category);
  const isFloored =
    policy.hasPositiveFloor && pair !== undefined && pair.weightPool >= pair.minerCount;
  const end = isFloored
    ? 'and 1 is the least that a miner with a score is given'
    : 'which rounding decides';
  const units = `${exactText(after)} units of the pool instead of ${exactText(before)}`;
  return `With ${change} it would have been due ${units}, ${end}.`;
}

function gainText({ change, percentage }: Counterfactual): string {
  return `with ${change} about ${percentText(percentage)}`;
}

function units(count: number): string {
  return counted(count, 'unit');
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
