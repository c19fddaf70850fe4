import { assert } from '../lib/assert.ts';

const TIME_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const DAY_LENGTH = 'YYYY-MM-DDT'.length;
const TIME_LENGTH = 'HH:MM:SS.sssZ'.length;
const [ZERO, COLON, POINT, UTC] = [...'0:.Z'].map((each) => each.charCodeAt(0));

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
/** The day of a time that was read, up to and with the `T`: most of those that are read together share it. */
let readDay = readText.slice(0, DAY_LENGTH);
let readDayMs = 0;

/** @throws Error when the text of the column is not a time. */
export function storedTimeMs(column: string, text: string): number {
  if (text === readText) return readMs;
  const inDayMs = text.startsWith(readDay) ? timeOfDayMs(text) : undefined;
  const ms = inDayMs === undefined ? parsedMs(column, text) : readDayMs + inDayMs;
  readText = text;
  readMs = ms;
  return ms;
}

/** Any text that is a time; remembers the day of one that `timeText` made. */
function parsedMs(column: string, text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`${column} is not a time`);
  const inDayMs = timeOfDayMs(text);
  if (inDayMs !== undefined) {
    readDay = text.slice(0, DAY_LENGTH);
    readDayMs = ms - inDayMs;
  }
  return ms;
}

/** Milliseconds since midnight of a text that `timeText` made; undefined for one of another form. */
function timeOfDayMs(text: string): number | undefined {
  const hasForm =
    text.length === DAY_LENGTH + TIME_LENGTH &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === POINT &&
    text.charCodeAt(23) === UTC;
  if (!hasForm) return undefined;
  const hours = 10 * digit(text, 11) + digit(text, 12);
  const minutes = 10 * digit(text, 14) + digit(text, 15);
  const seconds = 10 * digit(text, 17) + digit(text, 18);
  const thousandths = 100 * digit(text, 20) + 10 * digit(text, 21) + digit(text, 22);
  if (!(hours < 24 && minutes < 60 && seconds < 60 && thousandths < 1_000)) return undefined;
  return ((hours * 60 + minutes) * 60 + seconds) * 1_000 + thousandths;
}

/** Far too large where the character is none. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - Number(ZERO);
  return value >= 0 && value <= 9 ? value : 1_000;
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
