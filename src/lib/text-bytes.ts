const CAPACITY_FIRST = 65_536;
/** Of a character of UTF-16 in UTF-8. */
const BYTES_PER_CHARACTER_MAX = 3;
/** Characters from which they are written down: each writing costs as much as a line of a hundred of them. */
const CHARACTERS_PER_WRITE = 4_096;

/**
 * Text written down as UTF-8 as it comes, some lines at a time. Many lines that are kept as strings until they are joined
 * take eight times as long: by then none of them is in the processor's cache any more. No text ends within a character.
 */
export class TextBytes {
  #bytes = Buffer.allocUnsafeSlow(CAPACITY_FIRST);
  #length = 0;
  #waiting = '';

  add(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= CHARACTERS_PER_WRITE) this.#write();
  }

  /** Everything that was added since the last time, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    this.#write();
    const taken = Uint8Array.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #write(): void {
    const capacity = this.#length + BYTES_PER_CHARACTER_MAX * this.#waiting.length;
    if (capacity > this.#bytes.length) this.#grow(capacity);
    this.#length += this.#bytes.write(this.#waiting, this.#length, 'utf8');
    this.#waiting = '';
  }

  #grow(capacity: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(capacity, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
