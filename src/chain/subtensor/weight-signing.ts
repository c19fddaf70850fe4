/** From an intent to signed bytes: what the chain takes now, the commitment when it takes one, the signature. */
import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { SignedFacts, WeightIntent } from '../../actors/ports.ts';
import { drandRound, QUICKNET_GENESIS_S, QUICKNET_PERIOD_S } from '../../domain/epoch-schedule.ts';
import type { Commitment } from '../../domain/weight-set.ts';
import { commitDigest } from './commitment-reading.ts';
import { readEpoch, scheduleOf } from './epoch-reading.ts';
import type { SubnetKey } from './metagraph-reading.ts';
import { type SignedTransaction, signed } from './signing.ts';
import { readStorage, subtensor } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { type DrandBeacon, QUICKNET } from './timelock/drand-beacon.ts';
import type { TimelockEncryptor } from './timelock/timelock-encryptor.ts';
import type { HotkeyWallet } from './wallet/hotkey-wallet.ts';
import {
  type CommitForm,
  chainName,
  commitCallOf,
  commitExtrinsic,
  commitRevealVersion,
  hasPlainCall,
  plainExtrinsic,
} from './weight-call.ts';

/** What signing needs. */
export interface WeightSigningParts {
  readonly key: SubnetKey;
  readonly wallet: HotkeyWallet;
  readonly encryptor: Pick<TimelockEncryptor, 'encrypt'>;
  readonly eraBlocks: number;
  readonly beacon?: DrandBeacon;
  /** Ends the encryption early. */
  readonly signal?: AbortSignal;
}

/** Signed, or why the chain could not be given the weights; by the name of an error of the chain where it has one. */
export type SigningResult =
  | {
      readonly kind: 'signed';
      readonly transaction: SignedTransaction;
      readonly facts: SignedFacts;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Substrate's slots, where the runtime does not say. */
const BLOCK_TIME_DEFAULT_MS = 12_000;

/** Errors are those of `SubtensorNode.request`, and `compute_unavailable` when nothing could be encrypted. */
export async function signWeights(
  node: SubtensorNode,
  intent: WeightIntent,
  parts: WeightSigningParts,
): Promise<SigningResult> {
  const { netuid, mecid } = parts.key;
  // Chains from before mechanisms have no calls for them, commitments included.
  if (!hasPlainCall(node.api, parts.key)) {
    return { kind: 'refused', reason: 'MechanismDoesNotExist' };
  }
  const best = await node.bestHead();
  const [isCommitReveal, version] = await readStorage(node, best.hash, [
    subtensor('commitRevealWeightsEnabled', netuid),
    subtensor('commitRevealWeightsVersion'),
  ]);
  if (isCommitReveal !== true) return plainlySigned(node, intent, parts);
  const asked = commitRevealVersion(version);
  const form = commitCallOf(node.api, { mecid, version: asked });
  if (form === undefined) return { kind: 'refused', reason: 'IncorrectCommitRevealVersion' };
  return committedSigned(node, intent, { ...parts, form, best });
}

async function plainlySigned(
  node: SubtensorNode,
  intent: WeightIntent,
  parts: WeightSigningParts,
): Promise<SigningResult> {
  return finished(node, plainExtrinsic(node.api, parts.key, intent), parts);
}

interface CommitParts extends WeightSigningParts {
  readonly form: CommitForm;
  readonly best: { readonly block: number; readonly hash: string; readonly timeMs: number };
}

async function committedSigned(
  node: SubtensorNode,
  intent: WeightIntent,
  parts: CommitParts,
): Promise<SigningResult> {
  const { form, best, key, wallet, encryptor, beacon = QUICKNET, signal } = parts;
  const schedule = scheduleOf(await readEpoch(node, best, key));
  if (schedule.kind === 'refused') return { kind: 'refused', reason: 'NoEpochToRevealIn' };
  const revealRound = drandRound({
    nowMs: best.timeMs,
    head: best.block,
    ...schedule,
    blockTimeMs: blockTimeMs(node),
    genesisS: QUICKNET_GENESIS_S,
    periodS: QUICKNET_PERIOD_S,
  });
  const payload = {
    form: form.payloadForm,
    hotkey: wallet.publicKey,
    uids: intent.vector.uids,
    values: intent.vector.weights,
    versionKey: intent.versionKey,
  };
  const ciphertext = await encryptor.encrypt({ payload, beacon, round: revealRound }, signal);
  const extrinsic = commitExtrinsic(node.api, { form, key }, { commit: ciphertext, revealRound });
  return finished(node, extrinsic, {
    ...parts,
    commitment: {
      ciphertext,
      digest: commitDigest(ciphertext),
      revealRound,
      revealBlock: schedule.revealBlock,
      version: form.version,
    },
  });
}

async function finished(
  node: SubtensorNode,
  extrinsic: SubmittableExtrinsic<'promise'>,
  { commitment, ...parts }: WeightSigningParts & { readonly commitment?: Commitment },
): Promise<SigningResult> {
  const transaction = await signed(node, extrinsic, parts);
  const facts = {
    call: chainName(extrinsic.method.method),
    lastBlock: transaction.lastBlock,
    ...(commitment === undefined ? {} : { commitment }),
  };
  return { kind: 'signed', transaction, facts };
}

/** Milliseconds from block to block, from the runtime's constants. */
function blockTimeMs({ api }: SubtensorNode): number {
  const { aura, timestamp } = api.consts;
  const slot = Number(aura?.slotDuration?.toString() ?? 0);
  const period = 2 * Number(timestamp?.minimumPeriod?.toString() ?? 0);
  return slot > 0 ? slot : period > 0 ? period : BLOCK_TIME_DEFAULT_MS;
}
