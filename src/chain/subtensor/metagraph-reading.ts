/**
 * The subnet at one final block. The runtime's own `get_selective_metagraph` answers in one piece; where the runtime does
 * not have it, or the provider does not let it be asked, the same facts are read from storage at the same block.
 */
import type { AnyJson } from '@polkadot/types-codec/types';
import type { Head } from '../../actors/ports.ts';
import { publicAxon } from '../../domain/axon.ts';
import { hotkey, minerUid } from '../../domain/ids.ts';
import type { Hyperparameters, Metagraph, Neuron } from '../../domain/metagraph.ts';
import { unusable } from './chain-failures.ts';
import { runtimeCall } from './runtime-call.ts';
import {
  bigInteger,
  cappedInteger,
  jsonList,
  readStorage,
  safeInteger,
  subtensor,
  unreadable,
} from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { storageIndex } from './subtensor-options.ts';

/** Positions in `SelectiveMetagraphIndex` (pallets/subtensor/src/rpc_info/metagraph.rs): hotkeys, axons, permits, registration blocks. */
const NEURON_FIELDS = [52, 55, 57, 66];

/** Which subnet and mechanism. */
export interface SubnetKey {
  readonly netuid: number;
  readonly mecid: number;
}

/** One list per fact, an entry per UID. */
interface NeuronLists {
  readonly hotkeys: readonly AnyJson[];
  /** `null` where a UID has none. */
  readonly axons: readonly AnyJson[];
  readonly permits: readonly AnyJson[];
  readonly registrationBlocks: readonly AnyJson[];
}

/** @throws AssayError `chain_unusable` when there is no such subnet; `chain_unreachable`. */
export async function readMetagraph(
  node: SubtensorNode,
  head: Head,
  key: SubnetKey,
): Promise<Metagraph> {
  const { netuid } = key;
  const [added, owner, lastUpdates, ...hyperparameters] = await readStorage(node, head.hash, [
    subtensor('networksAdded', netuid),
    subtensor('subnetOwnerHotkey', netuid),
    subtensor('lastUpdate', storageIndex(key)),
    ...HYPERPARAMETERS.map((name) => subtensor(name, netuid)),
  ]);
  if (added !== true) {
    throw unusable(`${node.endpoint} has no subnet ${netuid}; check chain.netuid and the network`);
  }
  const lists =
    (await fromRuntime(node, head.hash, netuid)) ?? (await fromStorage(node, head.hash, netuid));
  return {
    block: head.block,
    blockHash: head.hash,
    blockTimeMs: head.timeMs,
    netuid,
    neurons: neuronsOf(lists, jsonList(lastUpdates)),
    ownerHotkey: hotkey(String(owner), 'subnet_owner_hotkey'),
    hyperparameters: hyperparametersOf(hyperparameters),
  };
}

const HYPERPARAMETERS = [
  'weightsSetRateLimit',
  'weightsVersionKey',
  'minAllowedWeights',
  'maxWeightsLimit',
  'tempo',
  'commitRevealWeightsEnabled',
] as const;

function hyperparametersOf(values: readonly (AnyJson | undefined)[]): Hyperparameters {
  const [rateLimit, versionKey, minAllowed, maxWeight, tempo, isCommitReveal] = values;
  return {
    weightsRateLimitBlocks: safeInteger(rateLimit),
    weightsVersionKey: cappedInteger(versionKey),
    minAllowedWeights: safeInteger(minAllowed),
    maxWeightLimit: safeInteger(maxWeight),
    tempoBlocks: safeInteger(tempo),
    isCommitRevealEnabled: isCommitReveal === true,
  };
}

async function fromRuntime(
  node: SubtensorNode,
  hash: string,
  netuid: number,
): Promise<NeuronLists | undefined> {
  const call = { api: 'SubnetInfoRuntimeApi', method: 'get_selective_metagraph' };
  const answer = await runtimeCall(node, hash, { ...call, args: [netuid, NEURON_FIELDS] });
  if (answer === undefined || answer === null || typeof answer !== 'object') return undefined;
  const { hotkeys, axons, validatorPermit, blockAtRegistration } = answer as Record<
    string,
    AnyJson
  >;
  // A runtime whose list of fields has another order answers other fields.
  if (!Array.isArray(hotkeys) || !Array.isArray(blockAtRegistration)) return undefined;
  return {
    hotkeys,
    axons: jsonList(axons),
    permits: jsonList(validatorPermit),
    registrationBlocks: blockAtRegistration,
  };
}

async function fromStorage(
  node: SubtensorNode,
  hash: string,
  netuid: number,
): Promise<NeuronLists> {
  const [permits, count] = await readStorage(node, hash, [
    subtensor('validatorPermit', netuid),
    subtensor('subnetworkN', netuid),
  ]);
  const uids = Array.from({ length: safeInteger(count) }, (_, uid) => uid);
  const hotkeys = await readStorage(
    node,
    hash,
    uids.map((uid) => subtensor('keys', netuid, uid)),
  );
  const [axons, registrationBlocks] = await Promise.all([
    readStorage(
      node,
      hash,
      hotkeys.map((key) => subtensor('axons', netuid, key)),
    ),
    readStorage(
      node,
      hash,
      uids.map((uid) => subtensor('blockAtRegistration', netuid, uid)),
    ),
  ]);
  return {
    hotkeys: hotkeys.map((key) => key ?? null),
    axons: axons.map((axon) => axon ?? null),
    permits: jsonList(permits),
    registrationBlocks: registrationBlocks.map((block) => block ?? null),
  };
}

function neuronsOf(lists: NeuronLists, lastUpdates: readonly AnyJson[]): readonly Neuron[] {
  const { hotkeys, axons, permits, registrationBlocks } = lists;
  if (registrationBlocks.length !== hotkeys.length) {
    throw unreadable(`${hotkeys.length} hotkeys, ${registrationBlocks.length} registration blocks`);
  }
  return hotkeys.map((key, uid) => {
    const axon = axonOf(axons[uid]);
    return {
      uid: minerUid(uid),
      hotkey: hotkey(String(key), `hotkeys[${uid}]`),
      registeredAtBlock: safeInteger(registrationBlocks[uid]),
      isAxonActive: axon !== undefined,
      ...(axon === undefined ? {} : { axon }),
      hasValidatorPermit: permits[uid] === true,
      lastUpdateBlock: safeInteger(lastUpdates[uid] ?? 0),
    };
  });
}

function axonOf(json: AnyJson | undefined): string | undefined {
  if (json === undefined || json === null || typeof json !== 'object') return undefined;
  const { ip, port, ipType } = json as Record<string, AnyJson>;
  if (ipType !== 4 && ipType !== 6) return undefined;
  return publicAxon({ ip: bigInteger(ip), port: safeInteger(port), ipType });
}
