/**
 * What would have changed a miner's weight, everything else being equal. Each change is carried out on the miner's GPUs
 * and score, the calculation's own rules are asked again, and `partOfTotal` says what that comes to. For a miner that is
 * paid and adds Δ to its basis b in a category whose basis sums to T, that is `(1 − β) × s / S × (b + Δ) / (T + Δ)`,
 * beside what its other categories give it.
 */
import { present } from '../../lib/assert.ts';
import { type CategoryRule, MICRO_PERCENT_MAX } from '../allocation.ts';
import { counted, durationText, listText, roundScoreText, scoreText } from '../amount-text.ts';
import { type MinerFacts, type PopulationRules, SCORE_MICROS } from '../miner-facts.ts';
import type { Counterfactual, DueUnits } from './explanation.ts';
import { staysAtOneUnit } from './least-unit.ts';
import type { LedgerPair } from './ledger-entry.ts';
import {
  type Machines,
  machinesText,
  machinesToEnter,
  smallestMachine,
  usualMachine,
  withMachines,
} from './more-machines.ts';
import {
  type Holding,
  type KnownPairs,
  type OtherMiners,
  otherMiners,
  pairsOf,
  partOfTotal,
  receivedWeight,
} from './outlook.ts';

/** A machine, a score that is enough, one above zero, other miners. */
const STEPS_MAX = 4;

/** A change that was carried out. */
export interface Change {
  /** Its steps, in words. */
  readonly steps: readonly string[];
  readonly rule: CategoryRule;
  /** What the miner has then; it keeps the rules for the miner as a whole. */
  readonly holding: Holding;
  /** How many miners with the same GPUs of the category and the same score there are then besides. */
  readonly joining: number;
  /** See `Counterfactual`. */
  readonly withoutEffect: string | undefined;
  readonly due: DueUnits | undefined;
}

/** What the counterfactuals of one miner follow from. */
export interface AskedMiner extends KnownPairs {
  /** Undefined for a UID without a profile. */
  readonly facts: MinerFacts | undefined;
}

/**
 * What would have changed the weight: for each rewarded category that the miner has GPUs of, one machine more where it is
 * paid and what it lacks where it is not; without such a category the one that it would gain most by entering. Empty when
 * nothing would have changed it, as with a burn of 100 %.
 */
export function counterfactuals(asked: AskedMiner): readonly Counterfactual[] {
  const ground = groundOf(asked);
  const found = changesOf(ground, asked.facts).map((change) => ({
    change: listText(change.steps),
    category: change.rule.category,
    percentage: percentageAfter(ground, change),
    withoutEffect: change.withoutEffect,
    due: change.due,
  }));
  return found.filter(
    ({ change }, index) => found.findIndex((other) => other.change === change) === index,
  );
}

/** The changes behind `counterfactuals`, with those that are worded alike. */
export function possibleChanges(asked: AskedMiner): readonly Change[] {
  return changesOf(groundOf(asked), asked.facts);
}

interface Ground extends KnownPairs {
  readonly others: readonly OtherMiners[];
}

/** A change without what it comes to. */
type CarriedOut = Omit<Change, 'withoutEffect' | 'due'>;

/** What was changed so far. */
type Draft = Pick<Change, 'steps' | 'holding' | 'joining'>;

function groundOf(asked: AskedMiner): Ground {
  return { ...asked, others: otherMiners(asked) };
}

function changesOf(ground: Ground, facts: MinerFacts | undefined): readonly Change[] {
  const { policy, rules } = ground.entry;
  if (policy.burnMicroPercent === MICRO_PERCENT_MAX) return [];
  const paying = ground.others.filter(({ rule }) => rule.shareMicroPercent > 0);
  if (facts === undefined) {
    return ground.entry.burn.uid === ground.uid ? [] : bestEntrance(ground, paying, newcomer());
  }
  const { gpus, scoreMicros } = facts;
  const steps = standingSteps(facts, rules);
  const draft = { holding: { gpus, scoreMicros }, steps, joining: 0 };
  const own = paying.flatMap((others) => {
    const pair = ground.pairs.find(({ category }) => category === others.rule.category);
    if (pair === undefined) return [];
    const hasPart = pair.scoreMicros > 0 || others.minerCount === 0;
    const isPaid = pair.reason === undefined && hasPart;
    const asked = { ground, others, draft };
    return isPaid ? oneMachineMore(asked, pair) : completed(ground, others, draft);
  });
  return own.length > 0 ? own : bestEntrance(ground, paying, draft);
}

/** A miner without a profile, as good as one can be. */
function newcomer(): Draft {
  const steps = [`a new report with a score of ${scoreText(SCORE_MICROS)}`];
  return { steps, holding: { gpus: [], scoreMicros: SCORE_MICROS }, joining: 0 };
}

/** What the miner as a whole lacks besides GPUs. */
function standingSteps(
  { neuron, hotkey, registeredAtBlock, lastObservedAtMs }: MinerFacts,
  { nowMs, cutoffMs, requireActiveAxon }: PopulationRules,
): readonly string[] {
  const axon = requireActiveAxon && neuron?.isAxonActive !== true ? ['an announced axon'] : [];
  if (neuron === undefined) return ['a new registration', 'a report after it', ...axon];
  if (neuron.hotkey !== hotkey || neuron.registeredAtBlock !== registeredAtBlock) {
    return ['a report of the same machines under the new registration', ...axon];
  }
  const isStale = nowMs - lastObservedAtMs > cutoffMs;
  const report = `a report in the last ${durationText(cutoffMs)} before the decision`;
  return isStale ? [...axon, report] : axon;
}

interface AskedCategory {
  readonly ground: Ground;
  readonly others: OtherMiners;
  readonly draft: Draft;
}

function oneMachineMore(asked: AskedCategory, before: LedgerPair): Change {
  const { ground, others, draft } = asked;
  const { rule } = others;
  const machine = usualMachine(rule);
  const holding = withMachines(draft.holding, rule, machine);
  const steps = [`one more machine with ${machine.gpuCount} ${rule.category}`];
  const own = pairsOf(holding, ground.entry);
  const withoutEffect = noEffect({ ...ground, before, own }, others);
  const due =
    withoutEffect === undefined ? dueUnits({ ...ground, before, own }, others) : undefined;
  return { rule, holding, steps, joining: 0, withoutEffect, due };
}

interface Grown {
  readonly before: LedgerPair;
  /** The pairs with the machine. */
  readonly own: readonly LedgerPair[];
}

/** Why the weight would be the same, whatever rounding does. */
function noEffect(grown: Ground & Grown, { rule, totalBasis, weightPool }: OtherMiners) {
  const { policy } = grown.entry;
  if (policy.gpuCount === 'ignore') return 'the number of GPUs does not count';
  if (totalBasis === 0n) return `it has the whole ${rule.category} pool already`;
  if (weightPool === 0 && policy.resolution === 'sum') {
    return 'the pool would still have been less than one unit';
  }
  return staysAtOneUnit(grown) ? 'it would still have been due less than one unit' : undefined;
}

/** What is due of the pool, where it is less than one unit even with the machine. */
function dueUnits(grown: Ground & Grown, others: OtherMiners): DueUnits | undefined {
  const { category } = others.rule;
  const after = present(
    grown.own.find((pair) => pair.category === category),
    'it has the GPUs',
  );
  const due = {
    before: unitsDue(grown, others, grown.before),
    after: unitsDue(grown, others, after),
  };
  return due.after < 1 ? due : undefined;
}

function unitsDue({ entry, others }: Ground, of: OtherMiners, pair: LedgerPair): number {
  const { policy, totalWeight } = entry;
  if (of.weightPool > 0) return (of.weightPool * pair.basis) / (Number(of.totalBasis) + pair.basis);
  return totalWeight * partOfTotal({ own: [pair], others, policy, isBurnTarget: false });
}

/**
 * The category that gives most to a miner that enters it, of equals the first, and if any can do without other miners,
 * one of those.
 */
function bestEntrance(ground: Ground, paying: readonly OtherMiners[], draft: Draft): Change[] {
  return paying
    .map((others) => completed(ground, others, draft))
    .map((change) => ({ change, part: partAfter(ground, change) }))
    .sort((a, b) => a.change.joining - b.change.joining || b.part - a.part)
    .slice(0, 1)
    .map(({ change }) => change);
}

/** Adds what the miner lacks to be paid in a category. Each step removes its reason for good, so that there are few. */
function completed(ground: Ground, others: OtherMiners, draft: Draft): Change {
  let complete = draft;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    complete = nextStep(ground, others, complete) ?? complete;
  }
  return { ...complete, rule: others.rule, withoutEffect: undefined, due: undefined };
}

/** Adds the next thing that the miner lacks; undefined when it lacks nothing. */
function nextStep({ entry }: Ground, others: OtherMiners, draft: Draft): Draft | undefined {
  const { rule, minerCount } = others;
  const { minScoreMicros, minMinersPerCategory } = entry.policy;
  const pair = pairsOf(draft.holding, entry).find(({ category }) => category === rule.category);
  if (pair === undefined) {
    return machineStep(draft, rule, machinesToEnter(draft.holding, rule, entry));
  }
  if (pair.reason === 'BELOW_MIN_SCORE') {
    return scoreStep(draft, minScoreMicros, `at least ${roundScoreText(minScoreMicros)}`);
  }
  // Only what the machines lack is left as a reason.
  if (pair.reason !== undefined) return machineStep(draft, rule, smallestMachine(rule));
  if (pair.scoreMicros === 0) {
    return scoreStep(draft, SCORE_MICROS, scoreText(SCORE_MICROS));
  }
  const missing = minMinersPerCategory - minerCount - draft.joining - 1;
  if (missing <= 0) return undefined;
  const step = `${counted(missing, 'more miner')} like it in ${rule.category}`;
  return { ...draft, joining: missing, steps: [...draft.steps, step] };
}

function machineStep(draft: Draft, rule: CategoryRule, machines: Machines): Draft {
  const holding = withMachines(draft.holding, rule, machines);
  return { ...draft, holding, steps: [...draft.steps, machinesText(rule, machines)] };
}

function scoreStep(draft: Draft, scoreMicros: number, text: string): Draft {
  const { gpus } = draft.holding;
  const steps = [...draft.steps, `a score of ${text}`];
  return { ...draft, holding: { gpus, scoreMicros }, steps };
}

/** What has no effect leaves what was received; who gets into a pool with the positive floor gets a unit of it. */
function percentageAfter(ground: Ground, change: Change): number {
  const { totalWeight, policy } = ground.entry;
  if (change.withoutEffect !== undefined) return (100 * receivedWeight(ground)) / totalWeight;
  const least = policy.hasPositiveFloor && change.due === undefined ? 1 / totalWeight : 0;
  return 100 * Math.max(least, partAfter(ground, change));
}

function partAfter({ entry, uid, others }: Ground, { rule, holding, joining }: CarriedOut): number {
  const own = pairsOf(holding, entry);
  const alike = own.filter(({ category }) => category === rule.category);
  const basis = alike.reduce((sum, pair) => sum + pair.basis, 0);
  const joined = others.map((each) =>
    each.rule === rule
      ? {
          ...each,
          minerCount: each.minerCount + joining,
          totalBasis: each.totalBasis + BigInt(joining) * BigInt(basis),
        }
      : each,
  );
  return partOfTotal({
    own,
    others: joined,
    policy: entry.policy,
    isBurnTarget: entry.burn.uid === uid,
  });
}
