/** The runtime APIs that validators call. */

import { type DevNeuron, slotCount } from '../../../src/chain/dev/dev-subnet.ts';
import { NO_AXON } from './axon.ts';
import type { Block } from './block-tree.ts';
import { type ChainState, netuidIndex } from './chain-state.ts';
import { lastUpdates, maxUids, slots, ZERO_ACCOUNT } from './stored-items.ts';

type Parameter = string | number | readonly number[];

/** By index, what the node tells of a subnet; whoever asks for another index gets nothing for it. */
const FIELDS: Readonly<
  Record<number, readonly [name: string, of: (state: ChainState) => unknown]>
> = {
  5: ['ownerHotkey', ({ subnet }) => subnet.ownerHotkey],
  6: ['ownerColdkey', ({ coldkey }) => coldkey],
  7: ['block', ({ subnet }) => subnet.block],
  8: ['tempo', ({ subnet }) => subnet.hyperparameters.tempoBlocks],
  9: ['lastStep', ({ subnet }) => subnet.lastEpochBlock],
  10: ['blocksSinceLastStep', ({ blocksSinceLastStep }) => blocksSinceLastStep],
  24: ['minAllowedWeights', ({ subnet }) => subnet.hyperparameters.minAllowedWeights],
  25: ['maxWeightsLimit', ({ subnet }) => subnet.hyperparameters.maxWeightLimit],
  26: ['weightsVersion', ({ subnet }) => subnet.hyperparameters.weightsVersionKey],
  27: ['weightsRateLimit', ({ subnet }) => subnet.hyperparameters.weightsRateLimitBlocks],
  28: ['activityCutoff', () => 5_000],
  30: ['numUids', ({ subnet }) => slotCount(subnet)],
  31: ['maxUids', ({ subnet }) => maxUids(slotCount(subnet))],
  46: ['commitRevealWeightsEnabled', ({ subnet }) => subnet.hyperparameters.isCommitRevealEnabled],
  47: ['commitRevealPeriod', ({ subnet }) => subnet.hyperparameters.revealPeriodEpochs],
  52: ['hotkeys', (state) => slots(state, (neuron) => neuron?.hotkey ?? ZERO_ACCOUNT)],
  53: ['coldkeys', (state) => slots(state, (neuron) => (neuron ? state.coldkey : ZERO_ACCOUNT))],
  55: ['axons', (state) => slots(state, (neuron) => axonOfNeuron(state, neuron))],
  56: ['active', (state) => slots(state, (neuron) => neuron !== undefined)],
  57: ['validatorPermit', (state) => slots(state, (neuron) => neuron?.hasValidatorPermit ?? false)],
  66: ['blockAtRegistration', (state) => slots(state, (neuron) => neuron?.registeredAtBlock ?? 0)],
  67: ['alphaStake', (state) => slots(state, (neuron) => neuron?.stake ?? 0)],
  68: ['taoStake', (state) => slots(state, () => 0)],
  69: ['totalStake', (state) => slots(state, (neuron) => neuron?.stake ?? 0)],
};

const LAST_UPDATE_INDEX = 59;

/** Carries out `Api_method` on the state after a block. @throws Error for a method that the node does not know. */
export function runtimeCall(block: Block, method: string, parameters: string): string {
  const { nextRuntime: runtime, state } = block;
  const call = CALLS[method];
  if (call === undefined) throw new Error(`Exported method ${method} is not found`);
  return runtime.apiResult(method, call(state, runtime.apiParameters(method, parameters)));
}

const CALLS: Readonly<
  Record<string, (state: ChainState, parameters: readonly Parameter[]) => unknown>
> = {
  AccountNonceApi_account_nonce: ({ nonces }, [account]) => nonces.get(String(account)) ?? 0,
  SubnetInfoRuntimeApi_get_selective_metagraph: (state, [netuid, indexes]) =>
    selectiveMetagraph(state, { netuid, mecid: 0, indexes }),
  SubnetInfoRuntimeApi_get_selective_mechagraph: (state, [netuid, mecid, indexes]) =>
    selectiveMetagraph(state, { netuid, mecid, indexes }),
  SubnetInfoRuntimeApi_get_next_epoch_start_block: nextEpochStartBlock,
};

function selectiveMetagraph(
  state: ChainState,
  asked: {
    readonly netuid: Parameter | undefined;
    readonly mecid: Parameter | undefined;
    readonly indexes: Parameter | undefined;
  },
) {
  const { subnet } = state;
  const mecid = Number(asked.mecid);
  if (asked.netuid !== subnet.netuid || mecid >= subnet.hyperparameters.mechanismCount) return null;
  if (!Array.isArray(asked.indexes)) throw new Error('the indexes of a metagraph are a list');
  const fields: Record<string, unknown> = { netuid: subnet.netuid };
  for (const index of asked.indexes.map(Number)) {
    const [name, of] = FIELDS[index] ?? [];
    if (name !== undefined && of !== undefined) fields[name] = of(state);
    if (index === LAST_UPDATE_INDEX) {
      fields.lastUpdate = lastUpdates(state, netuidIndex({ netuid: subnet.netuid, mecid }));
    }
  }
  return fields;
}

function axonOfNeuron({ axons }: ChainState, neuron: DevNeuron | undefined) {
  return (neuron && axons.get(neuron.hotkey)) ?? NO_AXON;
}

function nextEpochStartBlock(state: ChainState, [netuid]: readonly Parameter[]): number | null {
  const { subnet, pendingEpochAt } = state;
  const tempo = subnet.hyperparameters.tempoBlocks;
  if (netuid !== subnet.netuid || tempo === 0) return null;
  const next = subnet.lastEpochBlock + tempo;
  return pendingEpochAt > 0 ? Math.min(next, pendingEpochAt) : next;
}
