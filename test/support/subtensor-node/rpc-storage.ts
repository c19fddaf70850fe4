/** Storage as the node's RPC gives it: keys and values in SCALE, hexadecimal. */
import { Encoded, type StorageView, storedItem } from './stored-items.ts';

/** The value at a key, or `null` where nothing is stored. */
export function storageAt(view: StorageView, key: string): string | null {
  const { runtime } = view.block;
  const address = runtime.addressOf(key);
  if (address === undefined) return null;
  const value = storedItem(`${address.pallet}.${address.item}`)?.value(view, address.keys);
  if (value === undefined) return null;
  return value instanceof Encoded ? value.scale : runtime.storageValue(address, value);
}

interface KeysPage {
  readonly prefix: string;
  readonly count: number;
  /** The last key of the page before. */
  readonly startKey: string | undefined;
}

/** Keys that hold something, in their order. */
export function keysPaged(view: StorageView, page: KeysPage): readonly string[] {
  const { runtime } = view.block;
  const keys = runtime.itemsUnder(page.prefix).flatMap(({ pallet, item }) => {
    const stored = storedItem(`${pallet}.${item}`);
    const arguments_ = stored?.keys?.(view) ?? [];
    return arguments_.map((each) => runtime.keyOf({ pallet, item, keys: each }));
  });
  const { prefix, startKey = '', count } = page;
  return keys
    .filter((key) => key.startsWith(prefix) && key > startKey)
    .sort()
    .slice(0, count);
}
