const CAPACITY_FIRST = 65_536;
/** Of a character of UTF-16 in UTF-8. */
const BYTES_PER_CHARACTER_MAX = 3;

/**
 * Text written down as UTF-8 as it comes. Many lines that are kept as strings until they are joined take eight times as long:
 * by then none of them is in the processor's cache any more.
 */
export class TextBytes {
  #bytes = Buffer.allocUnsafeSlow(CAPACITY_FIRST);
  #length = 0;

  add(text: string): void {
    const capacity = this.#length + BYTES_PER_CHARACTER_MAX * text.length;
    if (capacity > this.#bytes.length) this.#grow(capacity);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  /** Everything that was added since the last time, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = Uint8Array.from(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  #grow(capacity: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(capacity, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
