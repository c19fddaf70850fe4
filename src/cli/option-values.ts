import { InvalidArgumentError } from 'commander';

/** A whole number from 0. @throws InvalidArgumentError, which commander shows with the option's name. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('it is a whole number from 0.');
  }
  return value;
}

/** A whole number from 1. */
export function positiveNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('it is a whole number from 1.');
  return value;
}

/** A number from 0 to 100; whether its digits are allowed is a matter of the configuration. */
export function percentage(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100)) {
    throw new InvalidArgumentError('it is a number from 0 to 100.');
  }
  return value;
}

/** An address to connect to, for one to listen on: the wildcard addresses are reached over loopback. */
export function reachable(listen: string): string {
  return listen.replace(/^0\.0\.0\.0:/, '127.0.0.1:').replace(/^\[::\]:/, '[::1]:');
}
