import * as z from 'zod';

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const HOUR_MS = 3_600_000;

/** An integer within bounds. */
export function integer(min: number, max: number) {
  const rule = `is an integer from ${min} to ${max}`;
  return z
    .number(rule)
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, rule);
}

/** A number within bounds. */
export function number(min: number, max: number) {
  const rule = `is a number from ${min} to ${max}`;
  return z.number(rule).refine((value) => value >= min && value <= max, rule);
}

export function boolean() {
  return z.boolean('is true or false');
}

/** `"auto"` or what `type` accepts. */
export function orAuto<T extends z.ZodType>(type: T, rule: string) {
  return z.custom<'auto' | z.output<T>>(
    (value) => value === 'auto' || type.safeParse(value).success,
    `is "auto" or ${rule}`,
  );
}

/** One of several words. */
export function word<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, `is one of ${words.map((each) => `"${each}"`).join(', ')}`);
}

/** A table's own entries, unlike a record type, which would lose a key such as `__proto__`. */
export function table(rule: string) {
  return z.custom<Readonly<Record<string, unknown>>>(isTable, rule);
}

/** Whether a parsed value is a table, and neither a list nor a date. */
export function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Text of at least one character. */
export function text(rule: string) {
  return z.string(rule).refine((value) => value.trim() !== '' && !value.includes('\0'), rule);
}

/** A duration, given as `"30s"`, `"5m"` or `{ secs = 30 }`; milliseconds come out. */
export function duration(minMs: number, maxMs: number) {
  const rule = `is a duration from ${durationText(minMs)} to ${durationText(maxMs)} such as "30s", "5m" or { secs = 30 }`;
  return z.unknown().transform((value, context) => {
    const ms = durationMs(value);
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms;
    context.addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });
}

/** Hours as a plain number, whole or not; milliseconds come out. */
export function hours(min: number, max: number) {
  return number(min, max).transform((value) => Math.round(value * HOUR_MS));
}

/** The duration in the largest unit that divides it. */
export function durationText(ms: number): string {
  const fitting = Object.entries(UNITS_MS).filter(([, size]) => ms >= size && ms % size === 0);
  const [unit, size] = fitting.at(-1) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}

function durationMs(value: unknown): number | undefined {
  if (typeof value === 'string') {
    const [, amount, unit = ''] = /^(\d{1,12})\s*(ms|s|m|h|d)$/.exec(value) ?? [];
    const size = UNITS_MS[unit];
    return size === undefined ? undefined : Number(amount) * size;
  }
  const parts = secondsAndNanos.safeParse(value);
  return parts.success ? parts.data.secs * 1_000 + parts.data.nanos / 1_000_000 : undefined;
}

const secondsAndNanos = z.strictObject({
  secs: z.int().min(0),
  nanos: z.int().min(0).max(999_999_999).multipleOf(1_000_000).default(0),
});
