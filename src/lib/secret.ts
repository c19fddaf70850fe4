/** Stands for a value that nobody may see. */
export const HIDDEN = '***';

/** A text that must not be seen: everything that prints it prints `***` instead, and only `reveal` gives the text. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Hand it to what needs it at once, and keep it nowhere. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return HIDDEN;
  }
}

/**
 * Asks a person for a secret without showing what is typed; `undefined` when nothing was.
 *
 * @throws the signal's reason when it aborts first.
 */
export type AskPassword = (question: string, signal?: AbortSignal) => Promise<Secret | undefined>;
