import type { AnyJson } from '@polkadot/types-codec/types';
import { blake2AsHex } from '@polkadot/util-crypto';
import type { Head } from '../../actors/ports.ts';
import { openEpochs, readEpoch } from './epoch-reading.ts';
import type { SubnetKey } from './metagraph-reading.ts';
import { hasStorage, jsonList, readStorage, subtensor } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';
import { storageIndex } from './subtensor-options.ts';

/** What the chain calls the commitments that wait, newest name first. */
const STORAGE_NAMES = ['timelockedWeightCommits', 'crv3WeightCommitsV2', 'crv3WeightCommits'];

/** Digests of a hotkey's commitments that wait for their reveal at a block. Errors are those of `readStorage`. */
export async function readPendingCommitments(
  node: SubtensorNode,
  head: Pick<Head, 'block' | 'hash'>,
  { key, who }: { readonly key: SubnetKey; readonly who: string },
): Promise<readonly string[]> {
  const name = STORAGE_NAMES.find((candidate) => hasStorage(node.api, subtensor(candidate)));
  if (name === undefined) return [];
  const epochs = openEpochs(await readEpoch(node, head, key));
  const index = storageIndex(key);
  const lists = await readStorage(
    node,
    head.hash,
    epochs.map((epoch) => subtensor(name, index, epoch)),
  );
  return lists.flatMap(jsonList).flatMap((entry) => digestsOf(jsonList(entry), who));
}

/** `(who, block, commit, round)`, before spec 300 without the block. */
function digestsOf(entry: readonly AnyJson[], who: string): string[] {
  const commit = entry.at(-2);
  return entry[0] === who && typeof commit === 'string' ? [commitDigest(commit)] : [];
}

/** BLAKE2b-256 of a commitment's bytes, as the chain's event names it. */
export function commitDigest(commit: Uint8Array | string): string {
  return blake2AsHex(commit, 256);
}
