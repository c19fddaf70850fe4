/** The filters of the RPCs that list: the same field is read in the same way and refused in the same words everywhere. */
import { AssayError } from '../domain/errors.ts';
import { type CategoryKey, nearestCategory, parseCategoryKey } from '../domain/gpu/catalogue.ts';
import { type Hotkey, hotkey, type MinerUid, minerUid } from '../domain/ids.ts';
import type { Timestamp__Output } from './generated/google/protobuf/Timestamp.ts';
import { fromTimestamp, timestampText } from './wire-values.ts';

/** A category in any spelling; everything when empty. */
export function categoryFilter({ gpu_model }: { readonly gpu_model: string }): {
  readonly category?: CategoryKey;
} {
  if (gpu_model === '') return {};
  const category = parseCategoryKey(gpu_model);
  if (category !== undefined) return { category };
  const rule = `is a known category, the nearest is ${nearestCategory(gpu_model)}`;
  throw AssayError.invalid({ field: 'gpu_model', value: gpu_model, rule });
}

export function minerFilter({ miner_uid }: { readonly miner_uid?: number }): {
  readonly minerUid?: MinerUid;
} {
  return miner_uid === undefined ? {} : { minerUid: minerUid(miner_uid) };
}

/** Who held a UID: it means nothing without the UID. */
export function hotkeyFilter(request: {
  readonly miner_uid?: number;
  readonly miner_hotkey: string;
}): { readonly hotkey?: Hotkey } {
  if (request.miner_hotkey === '') return {};
  requireMiner('miner_hotkey', request.miner_hotkey, request);
  return { hotkey: hotkey(request.miner_hotkey) };
}

/** @throws AssayError `invalid_argument` when a field that narrows down one miner is given without `miner_uid`. */
export function requireMiner(
  field: string,
  value: string,
  { miner_uid }: { readonly miner_uid?: number },
): void {
  if (value === '' || miner_uid !== undefined) return;
  throw AssayError.invalid({ field, value, rule: 'is given only together with miner_uid' });
}

export function blockRange({
  from_block,
  to_block,
}: {
  readonly from_block?: number;
  readonly to_block?: number;
}): { readonly fromBlock?: number; readonly toBlock?: number } {
  const from = blockNumber('from_block', from_block);
  const to = blockNumber('to_block', to_block);
  if (from !== undefined && to !== undefined && to < from) {
    throw AssayError.invalid({ field: 'to_block', value: to, rule: 'is not below from_block' });
  }
  return {
    ...(from === undefined ? {} : { fromBlock: from }),
    ...(to === undefined ? {} : { toBlock: to }),
  };
}

export function timeRange({
  start_time,
  end_time,
}: {
  readonly start_time: Timestamp__Output | null;
  readonly end_time: Timestamp__Output | null;
}): { readonly fromMs?: number; readonly beforeMs?: number } {
  const from = timeFilter('start_time', start_time);
  const before = timeFilter('end_time', end_time);
  if (from !== undefined && before !== undefined && end_time !== null && before <= from) {
    const rule = 'is a millisecond or more after start_time';
    throw AssayError.invalid({ field: 'end_time', value: timestampText(end_time), rule });
  }
  return {
    ...(from === undefined ? {} : { fromMs: from }),
    ...(before === undefined ? {} : { beforeMs: before }),
  };
}

/** Whole milliseconds since the epoch, as precise as the times that are stored. */
export function timeFilter(field: string, time: Timestamp__Output | null): number | undefined {
  if (time === null) return undefined;
  const ms = fromTimestamp(time);
  if (ms !== undefined && ms >= 0) return ms;
  const rule = 'is a time in the years 1970 to 9999';
  throw AssayError.invalid({ field, value: timestampText(time), rule });
}

/** A block that a request names, if it names one: no number that a double would change. */
export function blockNumber(field: string, block: number | undefined): number | undefined {
  if (block === undefined || Number.isSafeInteger(block)) return block;
  const rule = `is at most ${Number.MAX_SAFE_INTEGER}`;
  throw AssayError.invalid({ field, value: block, rule });
}
