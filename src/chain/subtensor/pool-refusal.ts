/**
 * What a node says when it does not take a transaction, as the name of an error. A node writes
 * `1010: Invalid Transaction: Custom error: 6`, other implementations write the runtime's answer as JSON:
 * `1010: {"invalid":{"custom":6}}`.
 */
import { POOL_CODES } from '../../domain/chain-errors.ts';
import type { RpcError } from './subtensor-node.ts';

/** `imported`: the node has the transaction, or had it: it may get into a block all the same. */
export type PoolRefusal =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'imported' };

const CUSTOM = /custom"?(?: error)?"?\s*:\s*(\d+)/i;

/** The texts are those of `InvalidTransaction` in sp_runtime, the numbers those of sc_rpc's author errors. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/badProof|bad signature/i, 'BadProof'],
  [/ancientBirthBlock|ancient birth block/i, 'AncientBirthBlock'],
  [/stale|outdated/i, 'StaleNonce'],
  [/"future"|valid in the future/i, 'FutureNonce'],
  [/\b1014\b|priority is too low/i, 'PriorityTooLow'],
  [/\b1016\b|immediately dropped/i, 'ImmediatelyDropped'],
];

const IMPORTED = /\b1012\b|temporarily banned|\b1013\b|already imported/i;

/** Reads the refusal of a submission. */
export function poolRefusal({ code, message }: Pick<RpcError, 'code' | 'message'>): PoolRefusal {
  const text = `${code}: ${message}`;
  if (IMPORTED.test(text)) return { kind: 'imported' };
  const custom = CUSTOM.exec(text)?.[1];
  const reason =
    custom === undefined
      ? TEXTS.find(([pattern]) => pattern.test(text))?.[1]
      : POOL_CODES.get(Number(custom));
  return { kind: 'refused', reason: reason ?? 'InvalidTransaction' };
}
