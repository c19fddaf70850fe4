/** Decodes an extrinsic with the runtime's own types and checks its signature as a node does. */
import type { GenericExtrinsic } from '@polkadot/types';
import { hexToU8a, isHex, stringCamelCase } from '@polkadot/util';
import { blake2AsU8a, signatureVerify } from '@polkadot/util-crypto';
import { type Hotkey, hotkey } from '../../../src/domain/ids.ts';
import type { SubtensorRuntime } from './runtime.ts';
import type { NodeWeightCall } from './weight-calls.ts';

export interface SignedExtrinsic {
  readonly bytes: string;
  readonly hash: string;
  readonly signer: Hotkey;
  readonly nonce: number;
  /** The last block that may take it; absent for an immortal one. */
  readonly lastBlock: number | undefined;
  readonly call: NodeWeightCall | undefined;
  /** The call's name, `Pallet.call`. */
  readonly callName: string;
}

/** What a signature covers besides the extrinsic. */
interface SigningContext {
  readonly runtime: SubtensorRuntime;
  /** The block that would take the extrinsic. */
  readonly nextBlock: number;
  /** The hash of a block of the best chain, or `undefined` when it is unknown. */
  blockHash(number: number): string | undefined;
}

type Decoded =
  | { readonly kind: 'signed'; readonly extrinsic: SignedExtrinsic }
  | { readonly kind: 'malformed' | 'unsigned' | 'ancient' | 'bad_proof' };

/** Length above which the hash of a payload is signed instead of itself. */
const PAYLOAD_BYTES_MAX = 256;

const MAXIMUM_BYTES = 5_000_000;

export function decodeExtrinsic(bytes: string, context: SigningContext): Decoded {
  const extrinsic = parsed(bytes, context.runtime);
  if (extrinsic === undefined) return { kind: 'malformed' };
  if (!extrinsic.isSigned) return { kind: 'unsigned' };
  const life = lifeOf(extrinsic, context);
  if (life.birthHash === undefined) return { kind: 'ancient' };
  if (!isSignatureValid(extrinsic, life.birthHash, context)) return { kind: 'bad_proof' };
  const signer = hotkey(extrinsic.signer.toString());
  const hash = extrinsic.hash.toHex();
  const call = weightCall(extrinsic, signer);
  return {
    kind: 'signed',
    extrinsic: {
      bytes,
      hash,
      signer,
      nonce: extrinsic.nonce.toNumber(),
      lastBlock: life.lastBlock,
      call,
      callName: `${extrinsic.method.section}.${extrinsic.method.method}`,
    },
  };
}

function parsed(bytes: string, { registry }: SubtensorRuntime): GenericExtrinsic | undefined {
  if (!isHex(bytes) || bytes.length > 2 * MAXIMUM_BYTES) return undefined;
  try {
    const extrinsic = registry.createType<GenericExtrinsic>('Extrinsic', hexToU8a(bytes));
    return extrinsic.toHex() === bytes ? extrinsic : undefined;
  } catch {
    return undefined;
  }
}

function lifeOf({ era }: GenericExtrinsic, { nextBlock, blockHash }: SigningContext) {
  if (!era.isMortalEra) return { birthHash: blockHash(0), lastBlock: undefined };
  const mortal = era.asMortalEra;
  const birth = mortal.birth(nextBlock);
  return { birthHash: blockHash(birth), lastBlock: mortal.death(birth) - 1 };
}

function isSignatureValid(
  extrinsic: GenericExtrinsic,
  birthHash: string,
  { runtime, blockHash }: SigningContext,
): boolean {
  const payload = runtime.registry.createType(
    'ExtrinsicPayload',
    {
      method: extrinsic.method.toHex(),
      era: extrinsic.era,
      nonce: extrinsic.nonce,
      tip: extrinsic.tip,
      mode: 0,
      metadataHash: null,
      specVersion: runtime.version.specVersion,
      transactionVersion: runtime.version.transactionVersion,
      genesisHash: blockHash(0),
      blockHash: birthHash,
    },
    { version: extrinsic.type },
  );
  const bytes = payload.toU8a({ method: true });
  const signed = bytes.length > PAYLOAD_BYTES_MAX ? blake2AsU8a(bytes) : bytes;
  try {
    const { isValid } = signatureVerify(
      signed,
      extrinsic.signature.toU8a(),
      extrinsic.signer.toString(),
    );
    return isValid;
  } catch {
    return false;
  }
}

type Arguments = Readonly<Record<string, unknown>>;

function weightCall(
  { method, hash }: GenericExtrinsic,
  signer: Hotkey,
): NodeWeightCall | undefined {
  const names = method.meta.args.map(({ name }) => stringCamelCase(name.toString()));
  const values: Arguments = Object.fromEntries(
    names.map((name, index) => [name, method.args[index]?.toJSON()]),
  );
  if (method.section !== 'subtensorModule') return undefined;
  const base = {
    signer,
    extrinsicHash: hash.toHex(),
    netuid: Number(values.netuid),
    mecid: Number(values.mecid ?? 0),
  };
  if (SET_CALLS.includes(method.method)) {
    return {
      ...base,
      kind: 'set',
      uids: numbers(values.dests),
      weights: numbers(values.weights),
      versionKey: Number(values.versionKey),
    };
  }
  if (!COMMIT_CALLS.includes(method.method)) return undefined;
  return {
    ...base,
    kind: 'commit',
    ciphertext: hexToU8a(String(values.commit)),
    revealRound: Number(values.revealRound),
    version: Number(values.commitRevealVersion),
  };
}

const SET_CALLS = ['setWeights', 'setMechanismWeights'];
const COMMIT_CALLS = ['commitTimelockedWeights', 'commitTimelockedMechanismWeights'];

function numbers(value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value.map(Number);
}
