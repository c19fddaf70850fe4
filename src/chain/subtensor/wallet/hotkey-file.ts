/**
 * Which file is read, and that it is a hotkey: only `<path>/<name>/hotkeys/<hotkey>`, wherever links lead, and never the
 * coldkey, under whatever name. Whoever can make Assay read a file must not make it read the key to the funds.
 */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { AssayError, violation } from '../../../domain/errors.ts';
import { type BtcliHotkey, btcliHotkeyFile } from '../../../lib/btcli-password.ts';
import { type PrivateContent, type PrivateFile, readPrivateFile } from './private-file.ts';
import { walletError } from './wallet-error.ts';

/** A key file has 600 bytes; encrypted ones 45 more. */
const FILE_BYTES_MAX = 65_536;

const COLDKEY = 'coldkey';

export interface HotkeyFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface HotkeyFileSources {
  readonly home: string;
  readonly onLooseMode: ((message: string) => void) | undefined;
}

/** @throws AssayError `wallet_unusable` that says what is wrong with the names or with the file. */
export async function readHotkeyFile(
  choice: BtcliHotkey,
  { home, onLooseMode }: HotkeyFileSources,
): Promise<HotkeyFile> {
  checkName('wallet.name', choice.name);
  checkName('wallet.hotkey', choice.hotkey);
  const path = btcliHotkeyFile(choice, home);
  if (choice.hotkey === COLDKEY) throw notHotkey(path, 'has the name of a coldkey');
  const file: PrivateFile = {
    what: 'hotkey file',
    path,
    bytesMax: FILE_BYTES_MAX,
    missingRemedy: `make it with btcli wallet new-hotkey --wallet.name ${choice.name} --wallet.hotkey ${choice.hotkey}, or correct wallet.path, wallet.name and wallet.hotkey`,
    onLooseMode,
  };
  const content = await readPrivateFile(file);
  try {
    await checkPlace(path, content);
  } catch (error) {
    content.bytes.fill(0);
    throw error;
  }
  return { path, bytes: content.bytes };
}

function checkName(field: string, value: string): void {
  const isName = value !== '' && value !== '.' && value !== '..' && !/[/\\\0]/.test(value);
  if (isName) return;
  const rule = 'is a name without / and \\ that is neither empty nor . nor ..';
  const broken = violation({ field, value, rule });
  const shown = broken.value === '' ? '(empty)' : broken.value;
  throw new AssayError('wallet_unusable', `${field}: ${shown} is refused, the rule is: ${rule}`, {
    violations: [broken],
  });
}

async function checkPlace(path: string, content: PrivateContent): Promise<void> {
  const [target, folder] = await Promise.all([realpath(path), realpath(dirname(path))]);
  if (await isColdkey(path, content)) throw notHotkey(path, 'is the coldkey of the wallet');
  if (basename(target) === COLDKEY) throw notHotkey(path, 'leads to a coldkey');
  if (!target.startsWith(`${folder}${sep}`)) throw notHotkey(path, 'leads out of hotkeys/');
}

/** The same file under another name, which a hard link is too. */
async function isColdkey(path: string, { device, inode }: PrivateContent): Promise<boolean> {
  const coldkey = `${dirname(dirname(path))}${sep}${COLDKEY}`;
  const stats = await stat(coldkey, { bigint: true }).catch(() => undefined);
  return stats?.ino === inode && stats.dev === device;
}

function notHotkey(path: string, problem: string): AssayError {
  const remedy = 'Assay never reads a coldkey, name a hotkey file that stands in hotkeys/ itself';
  return walletError({ what: 'hotkey file', path, problem, remedy });
}
