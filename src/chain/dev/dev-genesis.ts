import { AssayError } from '../../domain/errors.ts';
import { type Hotkey, hotkey, MINER_UID_MAX, type MinerUid, minerUid } from '../../domain/ids.ts';
import { random } from '../../lib/random.ts';
import { encodeSs58 } from '../../lib/ss58.ts';
import {
  type DevHyperparameters,
  type DevNeuron,
  type DevSubnet,
  newNeuron,
} from './dev-subnet.ts';

/** What the subnet's owner chooses, and how fast its blocks come. */
export interface DevChainOptions extends DevHyperparameters {
  readonly netuid: number;
  readonly mecid: number;
  /** An integer; the same seed gives the same hotkeys and hashes. */
  readonly seed: number;
  /** Miners at genesis, besides the owner and our validator. */
  readonly miners: number;
  readonly blockTimeMs: number;
  /** Blocks from inclusion to finality. */
  readonly finalityLagBlocks: number;
  /** Blocks during which a submission can be included. */
  readonly eraBlocks: number;
}

/**
 * The chain's own defaults, except where a small subnet would be unusable: one weight is enough (1024 there),
 * and weights are plain until commit-reveal is asked for.
 */
export const DEV_CHAIN_DEFAULTS: DevChainOptions = {
  netuid: 1,
  mecid: 0,
  seed: 1,
  miners: 200,
  blockTimeMs: 12_000,
  tempoBlocks: 360,
  weightsRateLimitBlocks: 100,
  weightsVersionKey: 0,
  minAllowedWeights: 1,
  maxWeightLimit: 65_535,
  isCommitRevealEnabled: false,
  stakeThreshold: 0,
  mechanismCount: 1,
  revealPeriodEpochs: 1,
  finalityLagBlocks: 2,
  eraBlocks: 64,
};

/** The subnet's owner has the first UID and our validator the second; miners follow. */
export const OWNER_UID = 0;
export const VALIDATOR_UID = 1;
const FIRST_MINER_UID = 2;

const MINERS_MAX = MINER_UID_MAX + 1 - FIRST_MINER_UID;
const VALIDATOR_STAKE = 1_000;

/** A miner of the dev chain, known without the chain to whoever knows the seed. */
interface DevMiner {
  readonly uid: MinerUid;
  readonly hotkey: Hotkey;
}

/** The miners at genesis, by rising UID. @throws AssayError `invalid_argument` for more miners than UIDs. */
export function devMiners({
  seed,
  miners,
}: Pick<DevChainOptions, 'seed' | 'miners'>): readonly DevMiner[] {
  checkMinerCount(miners);
  return Array.from({ length: miners }, (_, index) => {
    const uid = minerUid(FIRST_MINER_UID + index);
    return { uid, hotkey: madeUpHotkey(seed, `uid ${uid}`) };
  });
}

/** The subnet at block 0. Nobody has set weights, so the rate limit lets the first ones pass. */
export function genesis(options: DevChainOptions, timeMs: number): DevSubnet {
  const { netuid, mecid, seed, miners } = options;
  const ownerHotkey = madeUpHotkey(seed, `uid ${OWNER_UID}`);
  const validatorHotkey = madeUpHotkey(seed, `uid ${VALIDATOR_UID}`);
  const atGenesis = { block: 0, isAxonActive: false };
  const owner = newNeuron({ ...atGenesis, uid: minerUid(OWNER_UID), hotkey: ownerHotkey });
  const validator: DevNeuron = {
    ...newNeuron({ ...atGenesis, uid: minerUid(VALIDATOR_UID), hotkey: validatorHotkey }),
    hasValidatorPermit: true,
    stake: VALIDATOR_STAKE,
  };
  const served = devMiners({ seed, miners }).map(({ uid, hotkey }) =>
    newNeuron({ uid, hotkey, block: 0, isAxonActive: true }),
  );
  return {
    seed,
    netuid,
    mecid,
    block: 0,
    blockTimeMs: timeMs,
    neurons: [owner, validator, ...served],
    ownerHotkey,
    validatorHotkey,
    hyperparameters: hyperparametersOf(options),
    epochIndex: 0,
    lastEpochBlock: 0,
    weights: undefined,
    commits: [],
    registrationCount: 0,
  };
}

/** The hotkey that the simulation makes up for a newcomer. */
export function nextHotkey({ seed, registrationCount }: DevSubnet): Hotkey {
  return madeUpHotkey(seed, `registration ${registrationCount}`);
}

export function hyperparametersOf(options: DevHyperparameters): DevHyperparameters {
  return {
    weightsRateLimitBlocks: options.weightsRateLimitBlocks,
    weightsVersionKey: options.weightsVersionKey,
    minAllowedWeights: options.minAllowedWeights,
    maxWeightLimit: options.maxWeightLimit,
    isCommitRevealEnabled: options.isCommitRevealEnabled,
    tempoBlocks: options.tempoBlocks,
    stakeThreshold: options.stakeThreshold,
    mechanismCount: options.mechanismCount,
    revealPeriodEpochs: options.revealPeriodEpochs,
  };
}

function madeUpHotkey(seed: number, purpose: string): Hotkey {
  return hotkey(encodeSs58(random(seed, 'hotkey', purpose).bytes(32)));
}

function checkMinerCount(miners: number): void {
  if (!Number.isInteger(miners) || miners < 0 || miners > MINERS_MAX) {
    const rule = `is an integer from 0 to ${MINERS_MAX}`;
    throw AssayError.invalid({ field: 'miners', value: miners, rule });
  }
}
