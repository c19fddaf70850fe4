import { describe, expect, it } from 'vitest';
import { endpointText, withoutEndpoint } from '../../../src/chain/subtensor/endpoint-text.ts';

describe('endpointText', () => {
  it('leaves out whatever may be a key', () => {
    expect(endpointText('wss://user:secret@node.example:443/key-1234?token=5678')).toBe(
      'wss://node.example',
    );
    expect(endpointText('ws://127.0.0.1:9944')).toBe('ws://127.0.0.1:9944');
  });

  it('shows nothing of what is no URL', () => {
    expect(endpointText('secret without a scheme')).toBe('an endpoint that is no URL');
  });
});

describe('withoutEndpoint', () => {
  it('hides the endpoint in a text of its transport', () => {
    const endpoint = 'wss://node.example/key-1234';
    expect(withoutEndpoint(`cannot open ${endpoint}: refused`, endpoint)).toBe(
      'cannot open wss://node.example: refused',
    );
  });
});
