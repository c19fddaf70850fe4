import type { GenericExtrinsic } from '@polkadot/types';
import { hexToU8a } from '@polkadot/util';
import { afterEach, describe, expect, it } from 'vitest';
import { blockOf, preparedOf, statesOf } from '../../support/submission-steps.ts';
import {
  connectedTo,
  developmentWallet,
  SubtensorRig,
  until,
} from '../../support/subtensor-rig.ts';
import { intent, outcome } from '../dev/dev-chain-support.ts';

const WANTED = intent([[2, 1]]);
const never = new AbortController().signal;

describe('a signed extrinsic', () => {
  let rig: SubtensorRig;
  afterEach(() => rig.stop());

  it('lives from the newest final block on, for as many blocks as configured', async () => {
    rig = await SubtensorRig.start({ node: { weightsRateLimitBlocks: 0 } });
    await rig.advance(5);
    const signedAt = rig.node.finalized.number;
    const steps = await rig.submitted(WANTED);
    const { extrinsicHash, extrinsic } = preparedOf(steps);
    expect(extrinsic.lastBlock).toBe(signedAt + 7);
    const sent = await extrinsicAt(rig, blockOf(steps, 'finalized'));
    expect(sent.hash.toHex()).toBe(extrinsicHash);
    const { birth, death } = lifeOf(sent, signedAt + 1);
    expect([birth, death]).toEqual([signedAt, signedAt + 8]);
    expect(sent.tip.toNumber()).toBe(0);
    expect(sent.signer.toString()).toBe(rig.chain.validatorHotkey);
  });

  it('counts its nonce on from what blocks and the pool have', async () => {
    rig = await SubtensorRig.start({ node: { weightsRateLimitBlocks: 0 } });
    for (const nonce of [0, 1, 2]) {
      const steps = await rig.submitted(WANTED);
      const sent = await extrinsicAt(rig, blockOf(steps, 'finalized'));
      expect(sent.nonce.toNumber()).toBe(nonce);
    }
  });

  it('may be taken by the last block of its era, and by none after it', async () => {
    rig = await SubtensorRig.start({ node: { weightsRateLimitBlocks: 0 } });
    await rig.advance(5);
    const lag = rig.node.best.number - rig.node.finalized.number;
    rig.node.chainFaults.inclusionDelayBlocks = 7 - lag - 1;
    const last = await rig.submitted(WANTED);
    expect(blockOf(last, 'finalized')).toBe(preparedOf(last).extrinsic.lastBlock);
    rig.node.chainFaults.inclusionDelayBlocks += 1;
    expect(outcome(await rig.submitted(WANTED))).toBe('SubmissionLost');
  });

  it('is accepted with the signature of an ed25519 hotkey', async () => {
    const wallet = await developmentWallet('//Alice', 'ed25519');
    rig = await SubtensorRig.start({ wallet, node: { isCommitRevealEnabled: true } });
    expect(rig.chain.validatorHotkey).toBe(wallet.address);
    const followed = rig.follow(WANTED);
    await until(() => followed.has('submitted'), 'it is submitted');
    await rig.advance(5);
    expect(statesOf(followed.steps).at(-1)).toBe('committed');
  });

  it('is refused when the signature is not of its hotkey', async () => {
    const wallet = await developmentWallet();
    const forged = { ...wallet, sign: () => new Uint8Array(65).fill(1) };
    rig = await SubtensorRig.start({ wallet: forged });
    const steps = await rig.submitted(WANTED);
    expect(steps.at(-1)).toMatchObject({
      state: 'failed',
      failure: { reason: 'BadProof', action: { kind: 'retry_now' } },
    });
  });

  it('asks nothing of the wallet when the caller has left', async () => {
    const wallet = await developmentWallet();
    let signatures = 0;
    const counted = {
      ...wallet,
      sign: (message: Uint8Array) => {
        signatures += 1;
        return wallet.sign(message);
      },
    };
    rig = await SubtensorRig.start({ wallet: counted });
    await expect(rig.chain.submit(WANTED, AbortSignal.abort()).next()).rejects.toThrow();
    expect(signatures).toBe(0);
    await rig.chain.submit(WANTED, never).next();
    expect(signatures).toBe(1);
  });
});

/** The extrinsic after the inherent, decoded by the library. */
async function extrinsicAt(rig: SubtensorRig, block: number): Promise<GenericExtrinsic> {
  const connection = connectedTo(rig.node);
  try {
    const node = await connection.node();
    const hash = await node.request<string>('chain_getBlockHash', [block]);
    const found = await node.request<SignedBlock>('chain_getBlock', [hash]);
    const bytes = hexToU8a(found.block.extrinsics[1]);
    return node.api.registry.createType<GenericExtrinsic>('Extrinsic', bytes);
  } finally {
    await connection.close();
  }
}

interface SignedBlock {
  readonly block: { readonly extrinsics: readonly string[] };
}

function lifeOf({ era }: GenericExtrinsic, block: number) {
  const mortal = era.asMortalEra;
  return { birth: mortal.birth(block), death: mortal.death(block) };
}
