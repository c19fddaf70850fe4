const DAY_MS = 86_400_000;
const DAYS_PER_ERA = 146_097;
const DAYS_TO_EPOCH = 719_468;

/**
 * A time as RFC 3339 text in UTC with milliseconds, for years 0 to 9999: `2026-01-31T23:59:59.999Z`.
 *
 * Source of the calendar arithmetic: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`;
 * its eras of 400 years begin on 1 March, so that a leap day ends a year.
 */
export function instantText(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const rest = Math.floor(ms - days * DAY_MS);
  const clock = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const seconds = `${padded(Math.floor(rest / 1_000) % 60, 2)}.${padded(rest % 1_000, 3)}`;
  return `${dateText(days)}T${clock.map((part) => padded(part, 2)).join(':')}:${seconds}Z`;
}

function dateText(daysSinceEpoch: number): string {
  const days = daysSinceEpoch + DAYS_TO_EPOCH;
  const era = Math.floor(days / DAYS_PER_ERA);
  const dayOfEra = days - era * DAYS_PER_ERA;
  const leapless =
    dayOfEra -
    Math.floor(dayOfEra / 1_460) +
    Math.floor(dayOfEra / 36_524) -
    Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor(leapless / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = ((marchMonth + 2) % 12) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
