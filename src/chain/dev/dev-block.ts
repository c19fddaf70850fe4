import { blake2b } from '@noble/hashes/blake2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Head } from '../../actors/ports.ts';
import { reveal } from './dev-rules.ts';
import type { DevCommit, DevSubnet } from './dev-subnet.ts';

/** Blocks that are made up at most for the time in which the process was down. */
const CATCH_UP_BLOCKS_MAX = 1_000_000;

/** A new block before it takes extrinsics. */
export interface OpenedBlock {
  readonly subnet: DevSubnet;
  /** By extrinsic hash, for commitments whose epoch came: whether the weights were stored. */
  readonly reveals: ReadonlyMap<string, boolean>;
}

/**
 * Opens the next block as the chain's block step does: an epoch that falls due counts as begun, commitments that are due
 * in it are revealed, and only then come the extrinsics.
 */
export function openBlock(before: DevSubnet, timeMs: number): OpenedBlock {
  const opened = begun({ ...before, block: before.block + 1, blockTimeMs: timeMs });
  return opened.epochIndex === before.epochIndex
    ? { subnet: opened, reveals: new Map() }
    : revealDue(opened);
}

/** The subnet after the blocks, empty ones, of the time that has passed. */
export function caughtUp(
  subnet: DevSubnet,
  { nowMs, blockTimeMs }: { readonly nowMs: number; readonly blockTimeMs: number },
): DevSubnet {
  const passed = Math.floor((nowMs - subnet.blockTimeMs) / blockTimeMs);
  let current = subnet;
  for (let made = 0; made < Math.min(passed, CATCH_UP_BLOCKS_MAX); made += 1) {
    current = openBlock(current, current.blockTimeMs + blockTimeMs).subnet;
  }
  return current;
}

/** The block at which the next epoch begins; the next block while there are no epochs. */
export function nextEpochBlock({ block, lastEpochBlock, hyperparameters }: DevSubnet): number {
  const tempo = hyperparameters.tempoBlocks;
  return Math.max(block + 1, tempo === 0 ? 0 : lastEpochBlock + tempo);
}

export function headOf(subnet: DevSubnet): Head {
  const { seed, netuid, block, blockTimeMs } = subnet;
  return { block, hash: hashOf(`block ${seed}/${netuid}/${block}`), timeMs: blockTimeMs };
}

/** 0x and 64 hexadecimal digits. */
export function hashOf(text: string): string {
  return `0x${bytesToHex(blake2b(new TextEncoder().encode(text), { dkLen: 32 }))}`;
}

function begun(subnet: DevSubnet): DevSubnet {
  const tempo = subnet.hyperparameters.tempoBlocks;
  if (tempo === 0 || subnet.block - subnet.lastEpochBlock < tempo) return subnet;
  return { ...subnet, epochIndex: subnet.epochIndex + 1, lastEpochBlock: subnet.block };
}

/** A commitment has one chance, in its epoch; whatever the result, it is gone. */
function revealDue(subnet: DevSubnet): OpenedBlock {
  const period = subnet.hyperparameters.revealPeriodEpochs;
  const due = subnet.commits.filter((commit) => commit.epoch + period <= subnet.epochIndex);
  const reveals = new Map<string, boolean>();
  let after: DevSubnet = {
    ...subnet,
    commits:
      due.length === 0 ? subnet.commits : subnet.commits.filter((commit) => !due.includes(commit)),
  };
  for (const commit of due) {
    const ruling = reveal(after, callOf(commit));
    if (ruling.kind === 'accepted') after = ruling.subnet;
    reveals.set(commit.extrinsicHash, ruling.kind === 'accepted');
  }
  return { subnet: after, reveals };
}

function callOf({ signer, vector, versionKey, extrinsicHash }: DevCommit) {
  return { kind: 'set', signer, vector, versionKey, extrinsicHash } as const;
}
