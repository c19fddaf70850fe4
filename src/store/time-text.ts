import { assert } from '../lib/assert.ts';

const TIME_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

let lastMs = 0;
let lastText = new Date(0).toISOString();

/** RFC 3339 in UTC with milliseconds: sorts as it compares. The rows of a report mostly share one time. */
export function timeText(ms: number): string {
  if (ms === lastMs) return lastText;
  assert(ms >= 0 && ms <= TIME_MS_MAX, `a time is outside 1970 to 9999: ${ms}`);
  lastText = new Date(ms).toISOString();
  lastMs = ms;
  return lastText;
}

let readText = lastText;
let readMs = 0;

/** @throws Error when the text of the column is not a time. */
export function storedTimeMs(column: string, text: string): number {
  if (text === readText) return readMs;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`${column} is not a time`);
  readText = text;
  readMs = ms;
  return ms;
}

/** Before and after every time as it is stored. */
const TEXT_MIN = '';
const TEXT_MAX = '~';

/** The bounds of a range of times, the second one outside of it; a side that is not given is open. */
export function timeRangeTexts({
  fromMs,
  beforeMs,
}: {
  readonly fromMs?: number;
  readonly beforeMs?: number;
}): [fromTime: string, beforeTime: string] {
  return [
    fromMs === undefined ? TEXT_MIN : timeText(fromMs),
    beforeMs === undefined ? TEXT_MAX : timeText(beforeMs),
  ];
}
