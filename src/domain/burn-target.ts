import type { EmissionConfig } from './emission.ts';
import type { Metagraph } from './metagraph.ts';
import type { WithheldReason } from './weight-set.ts';

/** The UID that receives the burn, or why there is none. */
export type BurnTargetResolution =
  | { readonly uid: number }
  | { readonly uid: null; readonly reason: BurnTargetProblem; readonly message: string };

/** Why nothing can be burned. */
type BurnTargetProblem = Exclude<WithheldReason, 'NOTHING_TO_PAY'>;

/**
 * Looks the burn target up in the metagraph. `owner` is the UID of the subnet owner's hotkey; a fixed UID must still be
 * registered and belong to that hotkey, because the chain burns only what the owner would get and pays everyone else
 * (design §6: withhold, never pay a stranger).
 */
export function resolveBurnTarget(
  target: EmissionConfig['burnTarget'],
  { neurons, ownerHotkey }: Pick<Metagraph, 'neurons' | 'ownerHotkey'>,
): BurnTargetResolution {
  if (target === 'owner') {
    const owner = neurons.find(({ hotkey }) => hotkey === ownerHotkey);
    if (owner !== undefined) return { uid: owner.uid };
    const message = `the subnet owner's hotkey ${ownerHotkey} has no UID, so nothing can be burned`;
    return { uid: null, reason: 'OWNER_NOT_REGISTERED', message };
  }
  const holder = neurons.find(({ uid }) => uid === target);
  if (holder === undefined) {
    const message = `the burn target UID ${target} is not registered`;
    return { uid: null, reason: 'BURN_TARGET_NOT_REGISTERED', message };
  }
  if (holder.hotkey !== ownerHotkey) {
    const message = `the burn target UID ${target} belongs to ${holder.hotkey}, not to the subnet owner's hotkey ${ownerHotkey}`;
    return { uid: null, reason: 'BURN_TARGET_NOT_OWNER', message };
  }
  return { uid: holder.uid };
}
