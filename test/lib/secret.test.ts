import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/lib/secret.ts';

describe('a secret', () => {
  const secret = new Secret('opensesame');

  it('gives its text only to who asks for it', () => {
    expect(secret.reveal()).toBe('opensesame');
    expect(Object.keys(secret)).toEqual([]);
  });

  it.each([
    ['toString', secret.toString()],
    ['String()', String(secret)],
    ['a template', `${secret}`],
    ['concatenation', `${['a', secret].join()}`],
    ['a number', `${Number(secret)} ***`],
    ['JSON', JSON.stringify({ secret })],
    ['inspection', inspect({ nested: { secret } }, { showHidden: true, depth: 9 })],
    ['formatting', inspect(secret)],
    ['a shown error', inspect(new Error('x', { cause: secret }))],
    ['a copy', inspect({ ...secret, shown: '***' })],
  ])('shows *** in %s', (_, shown) => {
    expect(shown).toContain('***');
    expect(shown).not.toContain('opensesame');
  });
});
