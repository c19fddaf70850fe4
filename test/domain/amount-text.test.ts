import { describe, expect, it } from 'vitest';
import {
  comparedDurations,
  comparedScores,
  counted,
  countText,
  durationText,
  exactText,
  listText,
  percentText,
  roundScoreText,
  shortHotkey,
} from '../../src/domain/amount-text.ts';
import { sampleHotkey } from '../support/profile-samples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('amounts as text', () => {
  it('sets thousands apart and counts nouns', () => {
    expect(countText(73_728)).toBe('73,728');
    expect(countText(9_007_199_254_740_993n)).toBe('9,007,199,254,740,993');
    expect([counted(1, 'GPU'), counted(1_200, 'GPU')]).toEqual(['1 GPU', '1,200 GPUs']);
  });

  it.each([
    [0, '0 %'],
    [100, '100 %'],
    [12.3456, '12.35 %'],
    [9.87654, '9.88 %'],
    [0.0015259, '0.00153 %'],
    [2.3e-8, '0.000000023 %'],
  ])('spells %d percent as %s', (percent, text) => {
    expect(percentText(percent)).toBe(text);
  });

  it.each([
    [8_048.93, '8,048.9'],
    [12.346, '12.35'],
    [0.2, '0.2'],
    [0.08199, '0.082'],
  ])('spells %d exact units as %s', (units, text) => {
    expect(exactText(units)).toBe(text);
  });

  it.each([
    [0, '0 s'],
    [400, '400 ms'],
    [45_000, '45 s'],
    [1_500, '1 s 500 ms'],
    [90_000, '1 min 30 s'],
    [3 * HOUR, '3 h 0 min'],
    [3 * HOUR + 24 * MINUTE + 59_999, '3 h 24 min'],
    [500 * HOUR, '20 d 20 h'],
  ])('spells %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('spells what is compared as finely as it takes to tell it apart', () => {
    expect(comparedScores(412_000, 500_000)).toEqual(['0.412', '0.500']);
    expect(comparedScores(499_999, 500_000)).toEqual(['0.499999', '0.500000']);
    expect(comparedScores(123_456, 123_456)).toEqual(['0.123', '0.123']);
    expect(comparedDurations(3 * HOUR + 24 * MINUTE, 3 * HOUR)).toEqual([
      '3 h 24 min',
      '3 h 0 min',
    ]);
    expect(comparedDurations(3 * HOUR + 2_000, 3 * HOUR)).toEqual([
      '3 h 0 min 2 s',
      '3 h 0 min 0 s',
    ]);
    expect(comparedDurations(3 * HOUR + 1, 3 * HOUR)).toEqual([
      '3 h 0 min 0 s 1 ms',
      '3 h 0 min 0 s',
    ]);
  });

  it('spells a limit in as many digits as it has', () => {
    expect([roundScoreText(500_000), roundScoreText(500_400)]).toEqual(['0.500', '0.500400']);
  });

  it('shortens a hotkey, also where more follows, and nothing else', () => {
    const short = `${sampleHotkey(7).slice(0, 6)}…${sampleHotkey(7).slice(-6)}`;
    expect(shortHotkey(sampleHotkey(7))).toBe(short);
    expect(shortHotkey(`${sampleHotkey(7)} since block 100`)).toBe(`${short} since block 100`);
    expect(shortHotkey('8 valid GPUs')).toBe('8 valid GPUs');
  });

  it('makes a list of a sentence', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listText)).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });
});
