import { describe, expect, it } from 'vitest';
import { endpointText, failureText } from '../../../src/chain/subtensor/endpoint-text.ts';

describe('endpointText', () => {
  it('leaves out whatever may be a key', () => {
    expect(endpointText('wss://user:secret@node.example:443/key-1234?token=5678')).toBe(
      'wss://node.example:443',
    );
    expect(endpointText('ws://127.0.0.1:9944')).toBe('ws://127.0.0.1:9944');
  });

  it('shows nothing of what is no URL', () => {
    expect(endpointText('secret without a scheme')).toBe('an endpoint that is no URL');
  });
});

describe('failureText', () => {
  const endpoint = `wss://node.example/${'key-'.repeat(20)}`;

  it('hides the endpoint in a text of its transport', () => {
    expect(failureText(new Error(`cannot open ${endpoint}: refused`), endpoint)).toBe(
      'cannot open wss://node.example: refused',
    );
  });

  it('hides an endpoint of which a line has no room for the whole', () => {
    const text = failureText(`${'x'.repeat(150)} ${endpoint} ${'y'.repeat(100)}`, endpoint);
    expect(text).not.toContain('key-');
    expect(text).toHaveLength(200);
  });
});
