import type { AnyJson } from '@polkadot/types-codec/types';
import type { Head } from '../../actors/ports.ts';
import type { ChainStanding, StakeStanding } from '../../domain/chain-standing.ts';
import { runtimeCall } from './runtime-call.ts';
import { bigInteger, jsonList, readStorage, safeInteger, subtensor } from './storage-reading.ts';
import type { ValidatorKey } from './stored-weights.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { commitCallOf, commitRevealVersion } from './weight-call.ts';

/** Positions in `SelectiveMetagraphIndex`: hotkeys, total stake (what the chain compares with its threshold). */
const STAKE_FIELDS = [52, 69];

/** What the chain asks of the validator at a block. Errors are those of `readStorage`. */
export async function readStanding(
  node: SubtensorNode,
  head: Head,
  validator: ValidatorKey,
): Promise<Omit<ChainStanding, 'wallet'>> {
  const { netuid, mecid } = validator;
  const [[added, mechanisms, isEnabled, version, period, threshold, drandRound], weight] =
    await Promise.all([
      readStorage(node, head.hash, [
        subtensor('networksAdded', netuid),
        subtensor('mechanismCountCurrent', netuid),
        subtensor('commitRevealWeightsEnabled', netuid),
        subtensor('commitRevealWeightsVersion'),
        subtensor('revealPeriodEpochs', netuid),
        subtensor('stakeThreshold'),
        { pallet: 'drand', name: 'lastStoredRound' },
      ]),
      readStakeWeight(node, head, validator),
    ]);
  const asked = commitRevealVersion(version);
  return {
    endpoint: node.endpoint,
    runtime: node.runtimeText,
    block: head.block,
    blockTimeMs: head.timeMs,
    hasSubnet: added === true,
    // A chain without mechanisms has one.
    mechanismCount: safeInteger(mechanisms ?? 1),
    ...stakeOf(weight, threshold),
    commitReveal: {
      isEnabled: isEnabled === true,
      version: asked,
      isSupported: commitCallOf(node.api, { mecid, version: asked }) !== undefined,
      revealPeriodEpochs: safeInteger(period ?? 1),
    },
    ...(drandRound === undefined ? {} : { drandRound: safeInteger(drandRound) }),
  };
}

/** In rao: inherited alpha plus weighted TAO, which only the runtime itself can add up. */
async function readStakeWeight(
  node: SubtensorNode,
  { hash }: Head,
  { netuid, hotkey }: ValidatorKey,
): Promise<bigint | undefined> {
  const answer = await runtimeCall(node, hash, {
    api: 'SubnetInfoRuntimeApi',
    method: 'get_selective_metagraph',
    args: [netuid, STAKE_FIELDS],
  });
  if (answer === undefined || answer === null || typeof answer !== 'object') return undefined;
  const { hotkeys, totalStake } = answer as Record<string, AnyJson>;
  const uid = jsonList(hotkeys).indexOf(hotkey);
  const stake = jsonList(totalStake)[uid];
  return stake === undefined ? undefined : bigInteger(stake);
}

function stakeOf(
  weightRao: bigint | undefined,
  threshold: AnyJson | undefined,
): { stake?: StakeStanding } {
  if (weightRao === undefined || threshold === undefined) return {};
  return { stake: { weightRao, thresholdRao: bigInteger(threshold) } };
}
