import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { percentage, positiveNumber, reachable, wholeNumber } from '../../src/cli/option-values.ts';

describe('a whole number', () => {
  it.each([
    ['0', 0],
    ['42', 42],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('is read from %j', (text, value) => {
    expect(wholeNumber(text)).toBe(value);
  });

  it.each(['', ' ', '-1', '1.5', 'ten', 'Infinity', 'NaN', '9007199254740993'])(
    'is not %j',
    (text) => {
      expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
    },
  );
});

describe('a positive number', () => {
  it('is a whole number from 1', () => {
    expect(positiveNumber('1')).toBe(1);
    expect(() => positiveNumber('0')).toThrow('it is a whole number from 1.');
    expect(() => positiveNumber('-1')).toThrow(InvalidArgumentError);
  });
});

describe('a percentage', () => {
  it.each([
    ['0', 0],
    ['12.5', 12.5],
    ['100', 100],
  ])('is read from %j', (text, value) => {
    expect(percentage(text)).toBe(value);
  });

  it.each(['', '  ', '-0.1', '100.1', 'half', 'NaN', 'Infinity'])('is not %j', (text) => {
    expect(() => percentage(text)).toThrow('it is a number from 0 to 100.');
  });
});

describe('an address to connect to', () => {
  it.each([
    ['127.0.0.1:50551', '127.0.0.1:50551'],
    ['0.0.0.0:50551', '127.0.0.1:50551'],
    ['[::]:50551', '[::1]:50551'],
    ['10.0.0.0:50551', '10.0.0.0:50551'],
    ['assay.example:80', 'assay.example:80'],
  ])('for %s is %s', (listen, address) => {
    expect(reachable(listen)).toBe(address);
  });
});
