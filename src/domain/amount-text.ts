/** Numbers as people read them. Where two are compared, both are spelled as finely as it takes to tell them apart. */
import { SCORE_MICROS } from './miner-facts.ts';

const SCORE_DIGITS = [3, 6] as const;

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;
/** How many neighbouring units a duration is spelled with: `3 h 24 min`, or more to tell two apart. */
const UNIT_COUNTS = [2, 3, 4, 5] as const;

/**
 * A whole number with its thousands apart: `73,728`. By hand, because the first call of `toLocaleString` takes as long as a
 * short command.
 */
export function countText(value: number | bigint): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 GPU`, `8 GPUs`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Weight units before rounding: `799.6`, `12.34`, `0.2`. */
export function exactText(units: number): string {
  if (units >= 100) return units.toLocaleString('en-US', { maximumFractionDigits: 1 });
  if (units >= 1) return units.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return units.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}

/** A percentage with three significant digits, four from 10 on: `12.35 %`, `0.0123 %`. */
export function percentText(percent: number): string {
  const digits = percent >= 10 ? 4 : 3;
  return `${percent.toLocaleString('en-US', { maximumSignificantDigits: digits })} %`;
}

/** A score given in millionths, 0 to 1: `0.412`. */
export function scoreText(scoreMicros: number, digits = 3): string {
  return (scoreMicros / SCORE_MICROS).toFixed(digits);
}

/** A score that is a limit, in three digits where they say all of it and in six otherwise. */
export function roundScoreText(scoreMicros: number): string {
  return scoreText(scoreMicros, scoreMicros % 1_000 === 0 ? 3 : 6);
}

/** Two scores, in six digits when three do not tell them apart. */
export function comparedScores(micros: number, otherMicros: number): Spelled {
  return compared([micros, otherMicros], SCORE_DIGITS, scoreText);
}

/** A span of time in milliseconds, 0 or more, in its largest units: `3 h 24 min`, `45 s`. */
export function durationText(ms: number, unitCount = 2): string {
  const first = Math.max(
    UNITS.findIndex(([, size]) => ms >= size),
    0,
  );
  const shown = ms === 0 ? UNITS.slice(3, 4) : UNITS.slice(first, first + unitCount);
  let rest = ms;
  const parts = shown.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { unit, count };
  });
  return parts
    .filter(({ unit, count }) => unit !== 'ms' || count > 0)
    .map(({ unit, count }) => `${count} ${unit}`)
    .join(' ');
}

/** Two spans of time, in as many units as it takes to tell them apart. */
export function comparedDurations(ms: number, otherMs: number): Spelled {
  return compared([ms, otherMs], UNIT_COUNTS, durationText);
}

/** A hotkey, or a text that begins with one, with the first and the last six characters of it: two do not fit a line. */
export function shortHotkey(text: string): string {
  return text.replace(/^(\w{6})\w{34,37}(\w{6})/, '$1…$2');
}

/** Texts as a list in a sentence: `a, b and c`. */
export function listText(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}

type Spelled = readonly [text: string, other: string];

function compared(
  [value, other]: readonly [number, number],
  [coarsest, ...finer]: readonly [number, ...number[]],
  spell: (value: number, fineness: number) => string,
): Spelled {
  const spelled = (fineness: number): Spelled => [spell(value, fineness), spell(other, fineness)];
  return finer.reduce(
    (so, fineness) => (value === other || so[0] !== so[1] ? so : spelled(fineness)),
    spelled(coarsest),
  );
}
