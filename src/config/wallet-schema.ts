/** The shape of `[wallet]`: which hotkey signs, in the folders of btcli. */
import * as z from 'zod';
import { boolean, text } from './field-types.ts';

/** Names are one folder or file each: a name with `..` in it could lead to a coldkey. */
const FILE_NAME = /^(?!\.{1,2}$)[^/\\\0]{1,255}$/;

function fileName(rule: string) {
  return z.string(rule).regex(FILE_NAME, rule);
}

/** The keys of `[wallet]`. */
export const walletSection = z.strictObject({
  path: text('is the path of a folder'),
  name: fileName('is the name of a folder in wallet.path'),
  hotkey: fileName("is the name of a file in the wallet's hotkeys folder"),
  password_file: text('is the path of a file').optional(),
  allow_loose_mode: boolean(),
});
