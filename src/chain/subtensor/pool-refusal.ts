/**
 * What a node says when it does not take a transaction, as the name of an error. A node writes
 * `1010: Invalid Transaction: Custom error: 6`, other implementations write the runtime's answer as JSON:
 * `1010: {"invalid":{"custom":6}}`.
 */
import { POOL_CODES } from '../../domain/chain-errors.ts';
import type { RpcError } from './subtensor-node.ts';

/**
 * `imported`: the node has the transaction, or had it, or may have it: it can get into a block all the same. Only the pool
 * itself says that it does not take one; what stands before a node (a provider that limits requests, a proxy that waited
 * too long) cannot know.
 */
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

/** Those of the pool itself (sc_rpc's author errors), and requests that JSON-RPC says were never carried out. */
const KNOWING = /^(?:-?\d+: )?10[0-2]\d\b|^-3260[0-2]\b/;

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
  const isRefused = custom !== undefined || reason !== undefined || KNOWING.test(text);
  if (!isRefused) return { kind: 'imported' };
  return { kind: 'refused', reason: reason ?? 'InvalidTransaction' };
}
