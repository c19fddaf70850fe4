import { InvalidArgumentError } from 'commander';
import { type CategoryKey, nearestCategory, parseCategoryKey } from '../domain/gpu/catalogue.ts';
import { type Hotkey, hotkey, MINER_UID_MAX, type MinerUid } from '../domain/ids.ts';

/** What a list holds in memory before it is printed. */
const LISTED_MAX = 100_000;
/** Subnets are numbered with 16 bits; the root network, 0, has no miners. */
const NETUID_MAX = 65_535;

/** A whole number from 0. @throws InvalidArgumentError, which commander shows with the option's name. */
export function wholeNumber(text: string): number {
  return numberWithin(text, { min: 0 });
}

/** A whole number from 1. */
export function positiveNumber(text: string): number {
  return numberWithin(text, { min: 1 });
}

/** How many entries of a list are shown. */
export function limitValue(text: string): number {
  return numberWithin(text, { min: 1, max: LISTED_MAX });
}

/** A miner's UID. */
export function uidValue(text: string): MinerUid {
  return numberWithin(text, { min: 0, max: MINER_UID_MAX }) as MinerUid;
}

/** A subnet. */
export function netuidValue(text: string): number {
  return numberWithin(text, { min: 1, max: NETUID_MAX });
}

/** A hotkey's address. */
export function hotkeyValue(text: string): Hotkey {
  try {
    return hotkey(text);
  } catch {
    throw new InvalidArgumentError('it is an SS58 address.');
  }
}

/** A category in any spelling. */
export function categoryValue(text: string): CategoryKey {
  const category = parseCategoryKey(text);
  if (category !== undefined) return category;
  throw new InvalidArgumentError(
    `it is a known category, the nearest is ${nearestCategory(text)}.`,
  );
}

/** A number from 0 to 100; whether its digits are allowed is a matter of the configuration. */
export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100)) {
    throw new InvalidArgumentError('it is a number from 0 to 100.');
  }
  return value;
}

const HOST_PORT = /^(?:\[[\da-f:.]+\]|[^\s:[\]/@-][^\s:[\]/@]*):(\d{1,5})$/i;

/** An address to connect to; an IPv6 address stands in brackets. */
export function hostPort(text: string): string {
  const port = Number(HOST_PORT.exec(text)?.[1] ?? 0);
  if (port < 1 || port > 65_535) {
    throw new InvalidArgumentError('it is host:port, for example 127.0.0.1:50551.');
  }
  return text;
}

/** An address to connect to, for one to listen on: the wildcard addresses are reached over loopback. */
export function reachable(listen: string): string {
  return listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}

function numberWithin(
  text: string,
  { min, max = Number.MAX_SAFE_INTEGER }: { readonly min: number; readonly max?: number },
): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= min && value <= max) {
    return value;
  }
  const end = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
  throw new InvalidArgumentError(`it is a whole number from ${min}${end}.`);
}
