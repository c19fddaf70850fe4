import { expect, it } from 'vitest';
import { errorText } from '../../src/lib/error-text.ts';

it('an error is told by its message, anything else as text', () => {
  expect([new Error('why'), 'text', 7, undefined].map(errorText)).toEqual([
    'why',
    'text',
    '7',
    'undefined',
  ]);
});
