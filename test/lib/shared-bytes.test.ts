import { describe, expect, it } from 'vitest';
import { sharedBytes } from '../../src/lib/shared-bytes.ts';

describe('shared bytes', () => {
  it('are the parts one after the other, in shared memory', () => {
    const bytes = sharedBytes([Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)]);
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(sharedBytes([])).toHaveLength(0);
  });
});
