import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  categoryValue,
  hostPort,
  hotkeyValue,
  limitValue,
  netuidValue,
  percentage,
  positiveNumber,
  reachable,
  uidValue,
  wholeNumber,
} from '../../src/cli/option-values.ts';
import { sampleHotkey } from '../support/profile-samples.ts';

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
    expect(() => positiveNumber('-1')).toThrow('it is a whole number from 1.');
  });
});

describe('a limit', () => {
  it('is a whole number from 1 to 100000', () => {
    expect([limitValue('1'), limitValue('100000')]).toEqual([1, 100_000]);
    for (const text of ['0', '-1', '100001', 'all', '']) {
      expect(() => limitValue(text)).toThrow('it is a whole number from 1 to 100000.');
    }
  });
});

describe('a subnet', () => {
  it('is a whole number from 1 to 65535', () => {
    expect([netuidValue('1'), netuidValue('65535')]).toEqual([1, 65_535]);
    for (const text of ['0', '65536', 'finney', '1.5', '']) {
      expect(() => netuidValue(text)).toThrow('it is a whole number from 1 to 65535.');
    }
  });
});

describe('a UID', () => {
  it('is a whole number from 0 to 65535', () => {
    expect([uidValue('0'), uidValue('65535')]).toEqual([0, 65_535]);
    for (const text of ['-1', '65536', 'abc', '1.5', '']) {
      expect(() => uidValue(text)).toThrow('it is a whole number from 0 to 65535.');
    }
  });
});

describe('a hotkey', () => {
  it('is an SS58 address', () => {
    expect(hotkeyValue(sampleHotkey(7))).toBe(sampleHotkey(7));
    expect(() => hotkeyValue('me')).toThrow('it is an SS58 address.');
  });
});

describe('a category', () => {
  it('is one of the catalogue in any spelling', () => {
    expect(categoryValue('a-100')).toBe('A100');
    expect(() => categoryValue('H10')).toThrow('it is a known category, the nearest is H100.');
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

describe('a host and port', () => {
  it.each(['127.0.0.1:50551', 'assay.example:1', '[::1]:65535', 'localhost:80', 'a-b:80'])(
    'are read from %j',
    (text) => {
      expect(hostPort(text)).toBe(text);
    },
  );

  it.each([
    '',
    'foo',
    '--json',
    '-x:1',
    ':50551',
    'foo:',
    'foo:0',
    'foo:65536',
    'foo:1x',
    '::1:50551',
    '[::1]',
    'a b:1',
    'dns:///foo:1',
    'me@foo:1',
  ])('are not %j', (text) => {
    expect(() => hostPort(text)).toThrow('it is host:port, for example 127.0.0.1:50551.');
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
