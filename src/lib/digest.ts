import { createHash, hash } from 'node:crypto';

/** SHA-256 of the text's UTF-8 bytes, as 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Takes the SHA-256 of many lines, each with its line break, without holding them. */
export class LinesDigest {
  readonly #hash = createHash('sha256');

  add(lines: readonly string[]): void {
    if (lines.length > 0) this.#hash.update(`${lines.join('\n')}\n`, 'utf8');
  }

  /** Takes lines that are in UTF-8 already, each with its line break. */
  addBytes(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** 64 lower-case hexadecimal digits; nothing may be added afterwards. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}
