/** The subnet's value as the ports show it. */
import type { StoredWeights } from '../../actors/ports.ts';
import type { WeightVector } from '../../domain/allocation.ts';
import type { ChainStanding } from '../../domain/chain-standing.ts';
import type { Hyperparameters, Metagraph, Neuron } from '../../domain/metagraph.ts';
import { headOf } from './dev-block.ts';
import { DEV_COMMIT_REVEAL_VERSION, digestOf } from './dev-signing.ts';
import { type DevHyperparameters, type DevNeuron, type DevSubnet, neuronOf } from './dev-subnet.ts';

export function metagraphOf(subnet: DevSubnet): Metagraph {
  const { block, hash, timeMs } = headOf(subnet);
  return {
    block,
    blockHash: hash,
    blockTimeMs: timeMs,
    netuid: subnet.netuid,
    neurons: publicNeurons(subnet.neurons),
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

/** Most blocks change no neuron, and a subnet may have 65,536 of them. */
const shown = new WeakMap<readonly DevNeuron[], readonly Neuron[]>();

function publicNeurons(neurons: readonly DevNeuron[]): readonly Neuron[] {
  const known = shown.get(neurons);
  if (known !== undefined) return known;
  const made = neurons.map(publicNeuron);
  shown.set(neurons, made);
  return made;
}

function publicNeuron({ stake: _, ...neuron }: DevNeuron): Neuron {
  return neuron;
}

function publicHyperparameters(all: DevHyperparameters): Hyperparameters {
  const { stakeThreshold: _, mechanismCount: __, revealPeriodEpochs: ___, ...shown } = all;
  return shown;
}

function byRisingUid({ uids, weights }: WeightVector): WeightVector {
  const order = Array.from(uids.keys()).sort((a, b) => Number(uids[a]) - Number(uids[b]));
  return {
    uids: Uint16Array.from(order, (index) => Number(uids[index])),
    weights: Uint16Array.from(order, (index) => Number(weights[index])),
  };
}
