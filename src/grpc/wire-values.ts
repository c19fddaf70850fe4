import type { Duration } from './generated/google/protobuf/Duration.ts';
import type { Timestamp, Timestamp__Output } from './generated/google/protobuf/Timestamp.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what a `google.protobuf.Timestamp` may hold. */
const SECONDS_MIN = -62_135_596_800;
const SECONDS_MAX = 253_402_300_799;
const NANOS_MAX = 999_999_999;
const NANOS_PER_MS = 1_000_000;
const NANOS_PER_SECOND = 1_000_000_000;

/** The last millisecond that a `google.protobuf.Timestamp` may hold. */
export const TIMESTAMP_MS_MAX = SECONDS_MAX * 1_000 + 999;

export function toTimestamp(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: Math.floor(ms - seconds * 1_000) * NANOS_PER_MS };
}

/** Milliseconds since the epoch, rounded down; undefined when the timestamp is outside of what it may hold. */
export function fromTimestamp({ seconds, nanos }: Timestamp__Output): number | undefined {
  const isValid =
    seconds >= SECONDS_MIN && seconds <= SECONDS_MAX && nanos >= 0 && nanos <= NANOS_MAX;
  return isValid ? seconds * 1_000 + Math.floor(nanos / NANOS_PER_MS) : undefined;
}

/** A timestamp as it arrived, for a message about it. */
export function timestampText({ seconds, nanos }: Timestamp__Output): string {
  return `${seconds} s ${nanos} ns`;
}

/** A span of time, 0 or more. */
export function toDuration(ms: number): Duration {
  const nanos = Math.round(ms * NANOS_PER_MS);
  const seconds = Math.floor(nanos / NANOS_PER_SECOND);
  return { seconds, nanos: nanos - seconds * NANOS_PER_SECOND };
}

/** At most `charactersMax` characters, without half surrogate pairs: those can be neither encoded as UTF-8 nor as a header. */
export function shownText(text: string, charactersMax: number): string {
  const shown = text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
  return shown.replace(/\p{Surrogate}/gu, '\uFFFD');
}
