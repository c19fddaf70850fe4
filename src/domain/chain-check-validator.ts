/** The checks of who we are on the subnet and what the chain lets us do, in the words of Subtensor's rules. */
import { countText } from './amount-text.ts';
import { type ChainCheckFacts, validatorOf } from './chain-check-facts.ts';
import { type CheckFinding, passed, refused, skipped } from './chain-check-finding.ts';
import { isSelfWeight } from './submitted-vector.ts';

const RAO_DIGITS = 9;
const RAO_PER_TAO = 10n ** BigInt(RAO_DIGITS);

/** Whether subnet and mechanism exist (`ensure_mechanism_exists`). */
export function mechanismCheck({ metagraph, standing, mecid }: ChainCheckFacts): CheckFinding {
  const { netuid } = metagraph;
  const { hasSubnet, mechanismCount } = standing;
  if (!hasSubnet) {
    const detail = `there is no subnet ${netuid} on this chain`;
    return refused('SubnetNotExists', { detail, remedy: 'change chain.netuid' });
  }
  const detail = `subnet ${netuid} has ${mechanismsText(mechanismCount)}`;
  if (mecid < mechanismCount) return passed(`${detail}, weights are for mechanism ${mecid}`);
  return refused('MechanismDoesNotExist', {
    detail: `${detail} and no mechanism ${mecid}`,
    remedy: `change chain.mecid: they are counted from 0`,
  });
}

/** Whether the hotkey has a UID. */
export function registrationCheck(facts: ChainCheckFacts): CheckFinding {
  const { validatorHotkey, metagraph } = facts;
  const validator = validatorOf(facts);
  if (validator !== undefined) {
    const { uid, registeredAtBlock } = validator;
    return passed(
      `UID ${uid} on subnet ${metagraph.netuid}, registered at block ${countText(registeredAtBlock)}`,
    );
  }
  return refused('HotKeyNotRegisteredInSubNet', {
    detail: `the validator's hotkey ${validatorHotkey} has no UID on subnet ${metagraph.netuid}`,
    remedy: 'register it on the subnet, or sign with a hotkey that is registered',
  });
}

/** Stake weight against the chain's threshold (`check_weights_min_stake`); the subnet's owner needs none. */
export function stakeCheck({
  metagraph,
  standing,
  validatorHotkey,
}: ChainCheckFacts): CheckFinding {
  if (validatorHotkey === metagraph.ownerHotkey) {
    return passed('the hotkey is that of the owner of the subnet, who needs no stake');
  }
  if (standing.stake === undefined) {
    return skipped('the chain does not tell the stake, or the hotkey has no UID');
  }
  const { weightRao, thresholdRao } = standing.stake;
  const stake = taoText(weightRao);
  const threshold = taoText(thresholdRao);
  if (weightRao >= thresholdRao) {
    return passed(`a stake weight of ${stake} TAO, at least ${threshold} TAO are needed`);
  }
  return refused('NotEnoughStakeToSetWeights', {
    detail: `the stake weight of ${stake} TAO is below the threshold of ${threshold} TAO`,
    remedy: `add stake to the hotkey: ${taoText(thresholdRao - weightRao)} TAO of stake weight are missing`,
  });
}

/** The version key against that of the subnet (`check_version_key`). */
export function versionKeyCheck({ metagraph, versionKey }: ChainCheckFacts): CheckFinding {
  const { weightsVersionKey } = metagraph.hyperparameters;
  if (weightsVersionKey === 0) return passed(`version key ${versionKey}, the subnet takes any`);
  if (versionKey >= weightsVersionKey) {
    return passed(`version key ${versionKey}, the subnet takes ${weightsVersionKey} or more`);
  }
  return refused('IncorrectWeightVersionKey', {
    detail: `the configured version key ${versionKey} is below the subnet's ${weightsVersionKey}: the subnet wants newer validator software`,
    remedy: `find out what the subnet has changed, then raise chain.version_key to ${weightsVersionKey}`,
  });
}

/** `check_rate_limit`: a limit that runs is a failure only for weights that are about to be submitted. */
export function rateLimitCheck(facts: ChainCheckFacts): CheckFinding {
  const { metagraph, submitted } = facts;
  const { weightsRateLimitBlocks } = metagraph.hyperparameters;
  const validator = validatorOf(facts);
  if (validator === undefined) return skipped(NO_UID);
  if (validator.lastUpdateBlock === 0) return passed('no weights were ever set');
  const allowedBlock = validator.lastUpdateBlock + weightsRateLimitBlocks;
  const every = `the chain takes weights every ${weightsRateLimitBlocks} blocks`;
  if (metagraph.block >= allowedBlock) {
    return passed(`${every}, the last were at block ${countText(validator.lastUpdateBlock)}`);
  }
  if (submitted === undefined) {
    return passed(`${every}: the next weights may be set at block ${countText(allowedBlock)}`);
  }
  return refused(
    'SettingWeightsTooFast',
    { detail: `${every}, the next at block ${allowedBlock}`, remedy: 'Assay waits for that block' },
    { kind: 'retry_at_block', block: allowedBlock },
  );
}

/** `check_validator_permit`: the owner and a validator that weights itself alone need none. */
export function permitCheck(facts: ChainCheckFacts): CheckFinding {
  const { metagraph, submitted } = facts;
  const validator = validatorOf(facts);
  if (validator === undefined) return skipped(NO_UID);
  const { uid, hotkey, hasValidatorPermit } = validator;
  if (hasValidatorPermit) return passed(`UID ${uid} has a validator permit`);
  if (hotkey === metagraph.ownerHotkey) return passed(`UID ${uid} is the owner's and needs none`);
  if (submitted !== undefined && isSelfWeight(submitted, uid)) {
    return passed(`UID ${uid} weights nobody but itself and needs none`);
  }
  const nextEpochBlock = metagraph.block + Math.max(1, metagraph.hyperparameters.tempoBlocks);
  return refused(
    'NeuronNoValidatorPermit',
    {
      detail: `UID ${uid} has no validator permit in this epoch: its stake is too low`,
      remedy: 'add stake to the hotkey: the next epoch gives permits to those with the most',
    },
    { kind: 'retry_at_block', block: nextEpochBlock },
  );
}

const NO_UID = 'the hotkey has no UID';

function mechanismsText(count: number): string {
  return count === 1 ? '1 mechanism' : `${count} mechanisms`;
}

/** Rao as TAO with as many of its nine decimals as there are: `1,234.5`. */
function taoText(rao: bigint): string {
  const decimals = (rao % RAO_PER_TAO).toString().padStart(RAO_DIGITS, '0').replace(/0+$/, '');
  const whole = countText(rao / RAO_PER_TAO);
  return decimals === '' ? whole : `${whole}.${decimals}`;
}
