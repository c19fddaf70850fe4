/** The checks of the weights: how the subnet takes them, how many it wants and how large one may be. */
import { counted, countText } from './amount-text.ts';
import { type ChainCheckFacts, validatorOf } from './chain-check-facts.ts';
import { type CheckFinding, passed, refused } from './chain-check-finding.ts';
import { isWithinMaxWeight, largestShare } from './clipping.ts';
import { isSelfWeight, requiredEntries } from './submitted-vector.ts';

const U16_MAX = 65_535;

/** Whether the subnet takes commitments, and of a version that we can make. */
export function commitRevealCheck({ standing }: ChainCheckFacts): CheckFinding {
  const { isEnabled, version, isSupported, revealPeriodEpochs } = standing.commitReveal;
  if (!isEnabled) return passed('off: weights are set in plain');
  if (isSupported) {
    const period = counted(revealPeriodEpochs, 'epoch');
    return passed(`on, version ${version}: the chain opens commitments ${period} later`);
  }
  return refused('IncorrectCommitRevealVersion', {
    detail: `the subnet takes commitments of version ${version}, which this version of Assay cannot make`,
    remedy: 'install a version of Assay that can',
  });
}

/** `check_length`: zeros count, and a validator that weights itself alone is exempt. */
export function minWeightsCheck(facts: ChainCheckFacts): CheckFinding {
  const { metagraph, submitted } = facts;
  const required = requiredEntries(metagraph);
  const wanted = `the chain wants at least ${counted(required, 'weight')}`;
  if (submitted === undefined) return passed(`${wanted}; Assay fills up with zeros`);
  const count = submitted.uids.length;
  if (isSelfWeight(submitted, validatorOf(facts)?.uid)) return passed(SELF_WEIGHT);
  if (count >= required) return passed(`${wanted}, there are ${countText(count)}`);
  return refused('WeightVecLengthIsLow', {
    detail: `${wanted}, there are ${countText(count)}`,
    remedy: 'tell us: Assay should have filled up with zeros',
  });
}

/** `max_weight_limited`, after the chain's own scaling. */
export function maxWeightCheck(facts: ChainCheckFacts): CheckFinding {
  const { metagraph, submitted } = facts;
  const { maxWeightLimit } = metagraph.hyperparameters;
  if (maxWeightLimit >= U16_MAX) return passed('the subnet does not limit the share of one weight');
  const allowed = `the subnet allows ${percent(maxWeightLimit / U16_MAX)}`;
  if (submitted === undefined)
    return passed(`${allowed} for one weight; Assay clips what is larger`);
  if (isSelfWeight(submitted, validatorOf(facts)?.uid)) return passed(SELF_WEIGHT);
  const share = `one weight is ${percent(largestShare(submitted.weights))} of the sum`;
  const detail = `${share}, ${allowed}`;
  if (isWithinMaxWeight(submitted.weights, maxWeightLimit)) return passed(detail);
  return refused('MaxWeightExceeded', {
    detail,
    remedy: 'pay more miners: with so few, even equal weights are larger',
  });
}

const SELF_WEIGHT = 'a validator that weights nobody but itself is exempt';

function percent(share: number): string {
  return `${(share * 100).toFixed(3)} %`;
}
