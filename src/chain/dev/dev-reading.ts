/** The subnet's value as the ports show it. */
import type { StoredWeights } from '../../actors/ports.ts';
import type { WeightVector } from '../../domain/allocation.ts';
import type { ChainStanding } from '../../domain/chain-standing.ts';
import type { Hyperparameters, Metagraph } from '../../domain/metagraph.ts';
import { headOf } from './dev-block.ts';
import { DEV_COMMIT_REVEAL_VERSION, digestOf } from './dev-signing.ts';
import { type DevHyperparameters, type DevSubnet, neuronOf } from './dev-subnet.ts';

export function metagraphOf(subnet: DevSubnet): Metagraph {
  const { block, hash, timeMs } = headOf(subnet);
  return {
    block,
    blockHash: hash,
    blockTimeMs: timeMs,
    netuid: subnet.netuid,
    neurons: subnet.neurons,
    ownerHotkey: subnet.ownerHotkey,
    hyperparameters: publicHyperparameters(subnet.hyperparameters),
  };
}

export function storedWeightsOf(subnet: DevSubnet): StoredWeights {
  const { weights, commits, validatorHotkey } = subnet;
  const neuron = neuronOf(subnet, validatorHotkey);
  const isOurs = weights !== undefined && weights.validatorUid === neuron?.uid;
  return {
    block: subnet.block,
    vector: isOurs ? byRisingUid(weights) : { uids: new Uint16Array(), weights: new Uint16Array() },
    lastUpdateBlock: neuron?.lastUpdateBlock ?? 0,
    pendingCommitments: commits.filter(({ signer }) => signer === validatorHotkey).map(digestOf),
  };
}

export function standingOf(subnet: DevSubnet): ChainStanding {
  const { block, blockTimeMs, hyperparameters, validatorHotkey } = subnet;
  const neuron = neuronOf(subnet, validatorHotkey);
  return {
    endpoint: 'dev',
    runtime: 'assay-dev 1',
    wallet: 'simulated hotkey',
    block,
    blockTimeMs,
    hasSubnet: true,
    mechanismCount: hyperparameters.mechanismCount,
    ...(neuron && {
      stake: {
        weightRao: rao(neuron.stake),
        thresholdRao: rao(hyperparameters.stakeThreshold),
      },
    }),
    commitReveal: {
      isEnabled: hyperparameters.isCommitRevealEnabled,
      version: DEV_COMMIT_REVEAL_VERSION,
      isSupported: true,
      revealPeriodEpochs: hyperparameters.revealPeriodEpochs,
    },
  };
}

/** The simulation's stake has no unit; one of it is told as one TAO. */
function rao(stake: number): bigint {
  return BigInt(Math.round(stake * RAO_PER_TAO));
}

const RAO_PER_TAO = 1_000_000_000;

function publicHyperparameters(all: DevHyperparameters): Hyperparameters {
  const { stakeThreshold: _, mechanismCount: __, revealPeriodEpochs: ___, ...shown } = all;
  return shown;
}

function byRisingUid({ uids, weights }: WeightVector): WeightVector {
  if (uids.every((uid, index) => index === 0 || uid > Number(uids[index - 1]))) {
    return { uids: uids.slice(), weights: weights.slice() };
  }
  const order = Array.from(uids.keys()).sort((a, b) => Number(uids[a]) - Number(uids[b]));
  return {
    uids: Uint16Array.from(order, (index) => Number(uids[index])),
    weights: Uint16Array.from(order, (index) => Number(weights[index])),
  };
}
