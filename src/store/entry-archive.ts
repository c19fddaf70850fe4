/**
 * A folder with the documents of deleted ledger entries. A document is there whole or not at all, and on disk before its
 * entry is deleted; writing it again is no mistake, because a crash may come between the two.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedEntry } from '../actors/record-ports.ts';
import { AssayError } from '../domain/errors.ts';
import { fileError, systemCode } from './file-errors.ts';
import { writeWhole } from './pending-file.ts';

/** See the top of this file. */
export class EntryArchive {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Writes `<netuid>-<mecid>-<block>.json`, part by part; between two of them whatever else waits has its turn.
   *
   * @throws AssayError `store_unusable` when there is such a file with other content, `invalid_argument` when there is
   * something else than a file, `store_unavailable` when the folder cannot be written.
   */
  async write({ netuid, mecid, block, parts }: ArchivedEntry): Promise<void> {
    const file = join(this.#folder, `${netuid}-${mecid}-${block}.json`);
    try {
      await mkdir(this.#folder, { recursive: true });
      const found = await openThere(file);
      if (found === undefined) await writeWhole(file, parts);
      else await requireSame(found, { file, parts });
    } catch (error) {
      throw fileError(error, `${file} could not be written`);
    }
  }
}

async function openThere(file: string): Promise<FileHandle | undefined> {
  try {
    // A pipe that nobody writes would be waited for.
    return await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function requireSame(
  found: FileHandle,
  { file, parts }: { readonly file: string; readonly parts: Iterable<string> },
): Promise<void> {
  try {
    for (const part of parts) {
      if (!(await holdsNext(found, Buffer.from(part)))) throw otherContent(file);
    }
    if (!(await isAtEnd(found))) throw otherContent(file);
  } finally {
    await found.close();
  }
}

async function holdsNext(found: FileHandle, part: Buffer): Promise<boolean> {
  const content = Buffer.alloc(part.length);
  let length = 0;
  while (length < part.length) {
    const { bytesRead } = await found.read(content, length);
    if (bytesRead === 0) return false;
    length += bytesRead;
  }
  return content.equals(part);
}

async function isAtEnd(found: FileHandle): Promise<boolean> {
  const { bytesRead } = await found.read(Buffer.alloc(1));
  return bytesRead === 0;
}

function otherContent(file: string): AssayError {
  const message = `${file} exists and holds another document: move it away`;
  return new AssayError('store_unusable', message, { metadata: { file } });
}
