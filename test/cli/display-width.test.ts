import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';

describe('the width of a text in a terminal', () => {
  it.each([
    ['', 0],
    ['NVIDIA H100', 11],
    ['5Grwva…utQY', 11],
    ['Н100 – é', 8],
    ['漢字', 4],
    ['한국', 4],
    ['ＡＢ', 4],
    ['ｶﾅ', 2],
    ['〈', 2],
    ['𠀀', 2],
    ['🎉', 2],
    ['e\u0301', 1],
  ])('of %j is %d', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});
