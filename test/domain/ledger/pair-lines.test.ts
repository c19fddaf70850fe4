import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_CATEGORY, type PairColumns } from '../../../src/domain/allocation.ts';
import {
  CATALOGUE as ALL_CATEGORIES,
  type CategoryKey,
} from '../../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../../src/domain/ids.ts';
import type { LedgerPair } from '../../../src/domain/ledger/ledger-entry.ts';
import {
  pairAt,
  pairLine,
  pairLinesText,
  pairOfLine,
  weightLine,
} from '../../../src/domain/ledger/pair-lines.ts';
import { EXCLUSION_REASONS, exclusionCode } from '../../../src/domain/population.ts';
import { AssertionError } from '../../../src/lib/assert.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const CATALOGUE = ['H200', 'H100'] as CategoryKey[];

const COLUMNS: PairColumns = {
  uid: Int32Array.of(7, 8, 9, 10, 11),
  category: Uint16Array.of(1, 0, NO_CATEGORY, 2, 0),
  reason: Uint8Array.of(0, exclusionCode('STALE'), exclusionCode('NO_VALID_GPU'), 0, 99),
  gpuCount: Int32Array.of(8, 4, 0, 1, 1),
  scoreMicros: Int32Array.of(1_000_000, 500_000, 0, 1, 1),
  basis: Float64Array.of(2_147_483_647_000_000, 0, 0, 1, 1),
  weight: Float64Array.of(65_535, 0, 0, 1, 1),
};

const anyPair: fc.Arbitrary<LedgerPair> = fc.record({
  uid: fc.integer({ min: 0, max: 65_535 }).map((uid) => minerUid(uid)),
  category: fc.option(fc.constantFrom(...ALL_CATEGORIES), { nil: undefined }),
  reason: fc.option(fc.constantFrom(...EXCLUSION_REASONS), { nil: undefined }),
  gpuCount: fc.maxSafeNat(),
  scoreMicros: fc.nat({ max: 1_000_000 }),
  basis: fc.maxSafeNat(),
  weight: fc.maxSafeNat(),
});

describe('the lines of pairs and weights', () => {
  it('have the documented form', () => {
    const lines = [0, 1, 2].map((row) => pairLine(pairAt(COLUMNS, row, CATALOGUE)));
    expect(lines).toEqual([
      '[7,"H100",null,8,1000000,2147483647000000,65535]',
      '[8,"H200","STALE",4,500000,0,0]',
      '[9,null,"NO_VALID_GPU",0,0,0,0]',
    ]);
    const weight = { uid: 7, weight: 65_535, hotkey: sampleHotkey(7) };
    expect(weightLine(weight)).toBe(`[7,65535,"${sampleHotkey(7)}"]`);
  });

  it('are the same in one text', () => {
    const row = fc.record({
      uid: fc.nat({ max: 65_535 }),
      category: fc.constantFrom(0, 1, NO_CATEGORY),
      reason: fc.nat({ max: EXCLUSION_REASONS.length }),
      gpuCount: fc.nat(),
      scoreMicros: fc.nat({ max: 1_000_000 }),
      basis: fc.maxSafeNat(),
      weight: fc.maxSafeNat(),
    });
    const property = fc.property(fc.array(row), fc.nat({ max: 3 }), (rows, from) => {
      const columns: PairColumns = {
        uid: Int32Array.from(rows, ({ uid }) => uid),
        category: Uint16Array.from(rows, ({ category }) => category),
        reason: Uint8Array.from(rows, ({ reason }) => reason),
        gpuCount: Int32Array.from(rows, ({ gpuCount }) => gpuCount),
        scoreMicros: Int32Array.from(rows, ({ scoreMicros }) => scoreMicros),
        basis: Float64Array.from(rows, ({ basis }) => basis),
        weight: Float64Array.from(rows, ({ weight }) => weight),
      };
      const places = rows.map((_, index) => index).slice(from);
      const lines = places.map((place) => `${pairLine(pairAt(columns, place, CATALOGUE))}\n`);
      expect(pairLinesText(columns, { from, to: rows.length }, CATALOGUE)).toBe(lines.join(''));
    });
    fc.assert(property);
    for (const from of [3, 4]) {
      const broken = () => pairLinesText(COLUMNS, { from, to: from + 1 }, CATALOGUE);
      expect(broken).toThrow(AssertionError);
    }
  });

  it('name every reason', () => {
    const columns = { ...COLUMNS, reason: Uint8Array.from(EXCLUSION_REASONS, exclusionCode) };
    const row = EXCLUSION_REASONS.map((_, index) => index);
    const pairs = row.map((index) =>
      pairAt({ ...columns, category: new Uint16Array(row.length) }, index, CATALOGUE),
    );
    expect(pairs.map(({ reason }) => reason)).toEqual(EXCLUSION_REASONS);
  });

  it('are never made of a category or a reason without a name', () => {
    expect(() => pairAt(COLUMNS, 3, CATALOGUE)).toThrow(AssertionError);
    expect(() => pairAt(COLUMNS, 4, CATALOGUE)).toThrow(AssertionError);
  });

  it('give the pair back, to the byte', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const line = pairLine(pair);
        expect(pairOfLine(line)).toEqual(pair);
        expect(line).toMatch(/^[\x20-\x7e]+$/);
      }),
    );
  });

  it('tell pairs apart in every field', () => {
    const pair = pairAt(COLUMNS, 0, CATALOGUE);
    const others = [
      { ...pair, uid: minerUid(1) },
      { ...pair, category: undefined },
      { ...pair, reason: 'STALE' as const },
      { ...pair, gpuCount: 1 },
      { ...pair, scoreMicros: 1 },
      { ...pair, basis: 1 },
      { ...pair, weight: 1 },
    ];
    expect(new Set([pair, ...others].map(pairLine)).size).toBe(8);
  });
});

describe('the line of a pair', () => {
  const line = '[7,"H100",null,8,1000000,2147483647000000,65535]';
  const leftOut = '[8,null,"STALE",4,500000,0,0]';

  it('gives what it was made of', () => {
    expect(pairOfLine(line)).toEqual({
      uid: 7,
      category: 'H100',
      reason: undefined,
      ...{ gpuCount: 8, scoreMicros: 1_000_000, basis: 2_147_483_647_000_000, weight: 65_535 },
    });
    expect(pairOfLine(leftOut)).toMatchObject({ category: undefined, reason: 'STALE', weight: 0 });
  });

  it.each([
    ['the line is not JSON', line.slice(0, -1), '', `${line}${line}`],
    ['a pair is not a list', '{}', 'null', '7', '"[]"'],
    ['is an integer from 0 to 65535', line.replace('[7,', '[65536,')],
    [
      'the UID is not an integer from 0 to 2⁵³ − 1',
      line.replace('[7,', '[-1,'),
      line.replace('[7,', '["7",'),
      line.replace('[7,', '[7.5,'),
      '[]',
    ],
    ['the category is not a text', line.replace('"H100"', '1'), line.replace('"H100"', '["H100"]')],
    [
      'the reason is not a known one',
      leftOut.replace('STALE', 'stale'),
      leftOut.replace('"STALE"', '0'),
      '[7,"H100"]',
    ],
    ['the number of GPUs is not an integer', line.replace(',8,', ',null,')],
    ['the score is not an integer', line.replace('1000000,', '0.5,')],
    ['the basis is not an integer', line.replace('2147483647000000', '9007199254740992')],
    ['the weight is not an integer', line.replace('65535]', '-1]'), line.replace(',65535]', ']')],
    [
      'more than a pair or another form',
      line.replace('null', ' null'),
      line.replace('1000000,', '1e6,'),
      line.replace('65535]', '65535,0]'),
      line.replace('"H100"', '"H\\u003100"'),
      line.replace('8,1000000', '-0,1000000'),
      ` ${line}`,
      `${line}\n`,
    ],
  ])('is refused when it is damaged: %s', (reason, ...damaged) => {
    for (const text of damaged) expect(() => pairOfLine(text), text).toThrow(reason);
  });

  it('is refused when one character of it is lost or another one', () => {
    fc.assert(
      fc.property(anyPair, fc.nat(), fc.constantFrom('', ' ', ']', '0', 'A'), (pair, at, put) => {
        const whole = pairLine(pair);
        const place = at % whole.length;
        const damaged = whole.slice(0, place) + put + whole.slice(place + 1);
        fc.pre(damaged !== whole);
        const read = readOrUndefined(damaged);
        // What still is a pair's line is another pair's.
        if (read !== undefined) expect(read).not.toEqual(pair);
      }),
    );
  });
});

function readOrUndefined(line: string): LedgerPair | undefined {
  try {
    return pairOfLine(line);
  } catch {
    return undefined;
  }
}
