import { describe, expect, it } from 'vitest';
import { printable } from '../../src/lib/printable.ts';

describe('printable text', () => {
  it('shows what a terminal would obey, or could not show, by its code', () => {
    expect(printable('\u001b[2J\n\u202e\u2028\u{e0001}')).toBe(
      '\\u{1b}[2J\\u{a}\\u{202e}\\u{2028}\\u{e0001}',
    );
  });

  it('is any other text itself', () => {
    expect(printable('NVIDIA H100 “80 GB” 中 ü 😀')).toBe('NVIDIA H100 “80 GB” 中 ü 😀');
  });
});
