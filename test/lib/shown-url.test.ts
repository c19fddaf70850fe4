import { describe, expect, it } from 'vitest';
import { shownUrl } from '../../src/lib/shown-url.ts';

describe('what is shown of a URL', () => {
  it.each([
    ['wss://node.example:443/key-1234?token=5678', 'wss://node.example:443'],
    ['wss://user:secret@node.example:443/key-1234', 'wss://node.example:443'],
    ['ws://[::1]:9944#key', 'ws://[::1]:9944'],
    ['ws://node.example\\key-1234', 'ws://node.example'],
    ['node.example/key-1234', 'node.example'],
    ['wss://user:se/cret@node.example', 'wss://***'],
    ['', ''],
  ])('of %s is %s', (url, shown) => {
    expect(shownUrl(url)).toBe(shown);
  });
});
