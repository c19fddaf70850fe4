import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  btcliHotkeyFile,
  btcliPasswordVariable,
  decodedBtcliPassword,
} from '../../src/lib/btcli-password.ts';

describe('the file of a hotkey', () => {
  it.each([
    ['~/.bittensor/wallets', '/home/ann/.bittensor/wallets/validator/hotkeys/default'],
    ['~/.bittensor/wallets/', '/home/ann/.bittensor/wallets/validator/hotkeys/default'],
    ['~', '/home/ann/validator/hotkeys/default'],
    ['~bob/wallets', '~bob/wallets/validator/hotkeys/default'],
    ['/srv/~/wallets', '/srv/~/wallets/validator/hotkeys/default'],
    ['wallets', 'wallets/validator/hotkeys/default'],
  ])('is below %s, spelled as btcli spells it', (path, file) => {
    const place = { path, name: 'validator', hotkey: 'default' };
    expect(btcliHotkeyFile(place, '/home/ann')).toBe(file);
  });
});

describe("btcli's variable", () => {
  it('is named after the whole path of the key file', () => {
    expect(btcliPasswordVariable('/home/ann/.bittensor/wallets/my-val/hotkeys/h.1')).toBe(
      'BT_PW__HOME_ANN__BITTENSOR_WALLETS_MY-VAL_HOTKEYS_H_1',
    );
  });

  it('holds base64 of the password under its own name', () => {
    expect(masked('BT_PW_X', 'pässword')).toBe('Mpf7IyQoNzAw');
    expect(decodedBtcliPassword('BT_PW_X', 'Mpf7IyQoNzAw')?.reveal()).toBe('pässword');
    expect(decodedBtcliPassword('BT_PW_X', ' Mpf7IyQoNzAw\n')?.reveal()).toBe('pässword');
  });

  it('gives back every password, also one longer than the name', () => {
    const names = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `BT_PW_${text}`);
    const passwords = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(names, passwords, (name, password) => {
        expect(decodedBtcliPassword(name, masked(name, password))?.reveal()).toBe(password);
      }),
    );
  });

  it('is refused when it is not base64, not UTF-8 or too long', () => {
    expect(decodedBtcliPassword('BT_PW_X', 'not base64!')).toBeUndefined();
    expect(decodedBtcliPassword('A', Buffer.from([0xff]).toString('base64'))).toBeUndefined();
    expect(decodedBtcliPassword('A', 'AAAA'.repeat(16_384))).toBeDefined();
    expect(decodedBtcliPassword('A', 'AAAA'.repeat(16_385))).toBeUndefined();
    expect(() => decodedBtcliPassword('', 'AAAA')).toThrow('the variable has a name');
  });
});

function masked(name: string, password: string): string {
  const key = Buffer.from(name);
  const bytes = Buffer.from(password).map((byte, index) => byte ^ Number(key[index % key.length]));
  return Buffer.from(bytes).toString('base64');
}
