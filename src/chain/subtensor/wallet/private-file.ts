/** Reads files that hold secrets: small, regular, and closed to everyone but their owner. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { walletError } from './wallet-error.ts';

export interface PrivateFile {
  /** For example `hotkey file`, for messages. */
  readonly what: string;
  readonly path: string;
  readonly bytesMax: number;
  /** What to do when there is no such file. */
  readonly missingRemedy: string;
  /** Told what is wrong with the mode instead of refusing the file. */
  readonly onLooseMode?: ((message: string) => void) | undefined;
}

/** What was read, and which file that was, whatever its name. */
export interface PrivateContent {
  readonly bytes: Uint8Array;
  readonly device: bigint;
  readonly inode: bigint;
}

const OTHERS_MODE = 0o077n;
const PERMISSION_BITS = 0o777n;

/** @throws AssayError `wallet_unusable` when the file is missing, unreadable, not regular, too large or open to others. */
export async function readPrivateFile(file: PrivateFile): Promise<PrivateContent> {
  const handle = await opened(file);
  try {
    const stats = await handle.stat({ bigint: true });
    if (!stats.isFile()) throw refused(file, 'is not a regular file', 'name the file itself');
    checkMode(file, stats.mode);
    const bytes = await boundedBytes(handle, file);
    return { bytes, device: stats.dev, inode: stats.ino };
  } finally {
    await handle.close();
  }
}

/** A named pipe would keep an ordinary `open` waiting for its other end. */
async function opened(file: PrivateFile): Promise<FileHandle> {
  try {
    return await open(file.path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unopened(file, error as NodeJS.ErrnoException);
  }
}

/** The mode and the size are those of the open file: what its name stands for may change at any time. */
function checkMode(file: PrivateFile, mode: bigint): void {
  if ((mode & OTHERS_MODE) === 0n) return;
  const shown = (mode & PERMISSION_BITS).toString(8).padStart(4, '0');
  const problem = `is open to others (mode ${shown})`;
  if (file.onLooseMode === undefined) throw refused(file, problem, `run chmod 600 ${file.path}`);
  file.onLooseMode(`${file.what} ${file.path} ${problem}`);
}

async function boundedBytes(handle: FileHandle, file: PrivateFile): Promise<Uint8Array> {
  const buffer = new Uint8Array(file.bytesMax + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  const bytes = buffer.slice(0, length);
  buffer.fill(0);
  if (length === 0) throw refused(file, 'is empty', file.missingRemedy);
  if (length <= file.bytesMax) return bytes;
  bytes.fill(0);
  const problem = `has more than ${file.bytesMax} bytes`;
  throw refused(file, problem, 'name another file, this one holds something else');
}

function unopened(file: PrivateFile, error: NodeJS.ErrnoException) {
  const { what, path } = file;
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return walletError({ what, path, problem: 'is missing', remedy: file.missingRemedy }, error);
  }
  const remedy = 'make it readable for the user that Assay runs as';
  return walletError({ what, path, problem: `cannot be read (${error.code})`, remedy }, error);
}

function refused({ what, path }: PrivateFile, problem: string, remedy: string) {
  return walletError({ what, path, problem, remedy });
}
