import type { DispatchError } from '@polkadot/types/interfaces';
import type { BlockEvent } from './block-events.ts';

/** What the chain made of an extrinsic: `refused` by the name of an error. */
export type DispatchOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string };

/** The chain says so when it stored weights or took a commitment. */
const WEIGHT_EVENTS: ReadonlySet<string> = new Set([
  'WeightsSet',
  'TimelockedWeightsCommitted',
  'CRV3WeightsCommitted',
]);

/**
 * Judges by events, not by the absence of an error. Errors are told by their names in the metadata: their indices shift
 * from runtime to runtime.
 */
export function dispatchOutcome(
  events: readonly BlockEvent[],
  extrinsicIndex: number,
): DispatchOutcome {
  const own = events.filter((event) => event.extrinsicIndex === extrinsicIndex);
  const failed = own.find(({ pallet, name }) => pallet === 'system' && name === 'ExtrinsicFailed');
  if (failed !== undefined) {
    const [error] = failed.record.event.data;
    return { kind: 'refused', reason: errorName(error as unknown as DispatchError) };
  }
  const isTaken = own.some(
    ({ pallet, name }) => pallet === 'subtensorModule' && WEIGHT_EVENTS.has(name),
  );
  return isTaken ? { kind: 'done' } : { kind: 'refused', reason: 'WeightsEventMissing' };
}

/** By the metadata that the error was decoded with, which is that of its block. */
function errorName(error: DispatchError): string {
  if (!error.isModule) return error.type;
  try {
    const { section, name } = error.registry.findMetaError(error.asModule);
    return section === 'subtensorModule' || section === 'system' ? name : `${section}.${name}`;
  } catch {
    return `module error ${error.asModule.toString()}`;
  }
}
