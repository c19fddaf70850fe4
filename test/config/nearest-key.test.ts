import { describe, expect, it } from 'vitest';
import { nearestKey } from '../../src/config/nearest-key.ts';

describe('the nearest key', () => {
  const known = ['server.listen', 'chain.netuid', 'chain.mecid'];

  it.each([
    ['server.lisen', 'server.listen'],
    ['chain.netudi', 'chain.netuid'],
    ['subnet.netuid', 'chain.netuid'],
    ['server.colour', undefined],
  ])('of %s is %s', (written, nearest) => {
    expect(nearestKey(written, known)).toBe(nearest);
  });

  it('is none for a key of a million letters', () => {
    expect(nearestKey('x'.repeat(1_000_000), known)).toBeUndefined();
  });

  it('is none among none', () => {
    expect(nearestKey('x', [])).toBeUndefined();
  });
});
