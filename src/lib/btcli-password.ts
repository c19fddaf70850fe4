/**
 * Where btcli keeps a hotkey, and the environment variable with which it opens an encrypted one. The rules are those of
 * btwallet: `Wallet::create_hotkey_file`, `Keyfile::env_var_name` and `get_password_from_environment`.
 */
import { base64 } from '@scure/base';
import { assert } from './assert.ts';
import { Secret } from './secret.ts';

/** The three words that btcli knows a hotkey by. */
export interface BtcliHotkey {
  /** The folder of wallets; `~` at its start is the home folder. */
  readonly path: string;
  readonly name: string;
  readonly hotkey: string;
}

const PREFIX = 'BT_PW_';
/** base64 of a password of 48 KiB; an environment variable with more is a mistake. */
const VALUE_CHARACTERS_MAX = 65_536;

/** `<path>/<name>/hotkeys/<hotkey>` with `~` expanded, letter for letter as btcli spells it. */
export function btcliHotkeyFile({ path, name, hotkey }: BtcliHotkey, home: string): string {
  const folder = /^~(?=\/|$)/.test(path) ? `${home}${path.slice(1)}` : path;
  return `${folder}${folder.endsWith('/') ? '' : '/'}${name}/hotkeys/${hotkey}`;
}

/** The variable with the password of a key file: its path in upper case, `/` and `.` replaced by `_`, after `BT_PW_`. */
export function btcliPasswordVariable(keyfilePath: string): string {
  return `${PREFIX}${keyfilePath.replaceAll(/[/.]/g, '_').toUpperCase()}`;
}

/**
 * The password in the value of such a variable, which is base64 of the password's UTF-8 bytes XORed with those of the
 * variable's name, over and over; `undefined` when the value is not that.
 *
 * @throws AssertionError when the name is empty.
 */
export function decodedBtcliPassword(variable: string, value: string): Secret | undefined {
  assert(variable !== '', 'the variable has a name');
  const key = new TextEncoder().encode(variable);
  const masked = decodedBase64(value.trim());
  if (masked === undefined) return undefined;
  const bytes = masked.map((byte, index) => byte ^ Number(key[index % key.length]));
  try {
    return new Secret(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  } finally {
    bytes.fill(0);
  }
}

function decodedBase64(text: string): Uint8Array | undefined {
  if (text.length > VALUE_CHARACTERS_MAX) return undefined;
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
}
