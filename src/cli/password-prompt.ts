/**
 * Reads a password from a terminal. In raw mode nothing is echoed, and the terminal edits nothing and sends no signals
 * either, so the few keys that matter are handled here.
 */
import { StringDecoder } from 'node:string_decoder';
import { AssayError } from '../domain/errors.ts';
import { Secret } from '../lib/secret.ts';

/** What comes from the keyboard; `process.stdin` where it is a terminal. */
export interface Keyboard {
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  once(event: 'end' | 'close', listener: () => void): unknown;
  off(event: 'data' | 'end' | 'close', listener: (chunk: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

interface PromptTerminal {
  readonly keyboard: Keyboard;
  /** Shows text to the person at the keyboard. */
  write(text: string): void;
  /** Does what Ctrl-C does in the terminal's other mode. */
  interrupt(): void;
}

/** A pasted file is no password; what is longer is refused. */
const CHARACTERS_MAX = 1_024;

const ESCAPE = '\u001b';
/** The sequences of arrow and function keys. */
const ESCAPE_SEQUENCES = new RegExp(`${ESCAPE}(?:\\[[0-9;?]*[ -/]*[@-~]|O.)`, 'g');

/** What was typed before Enter, or `undefined` for nothing. @throws the signal's reason; AssayError `wallet_unusable`. */
export async function askPassword(
  terminal: PromptTerminal,
  question: string,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  signal.throwIfAborted();
  const { keyboard } = terminal;
  terminal.write(question);
  keyboard.setRawMode(true);
  try {
    const typed = await typedLine(terminal, signal);
    return typed === '' ? undefined : new Secret(typed);
  } finally {
    keyboard.setRawMode(false);
    keyboard.pause();
    terminal.write('\n');
  }
}

function typedLine({ keyboard, interrupt }: PromptTerminal, signal: AbortSignal): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const line = new TypedLine();
    const decoder = new StringDecoder('utf8');
    const onAbort = () => end(() => reject(signal.reason));
    const onEnd = () => end(() => resolve(''));
    const onKeys = (chunk: Uint8Array) => {
      const key = line.type(decoder.write(Buffer.from(chunk)));
      if (key === 'enter') end(() => resolve(line.text));
      else if (key === 'too_long') end(() => reject(tooLong()));
      else if (key === 'interrupt') interrupt();
    };
    function end(settle: () => void) {
      keyboard.off('data', onKeys);
      keyboard.off('end', onEnd);
      keyboard.off('close', onEnd);
      signal.removeEventListener('abort', onAbort);
      settle();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    keyboard.on('data', onKeys);
    keyboard.once('end', onEnd);
    keyboard.once('close', onEnd);
    keyboard.resume();
  });
}

function tooLong(): AssayError {
  return new AssayError(
    'wallet_unusable',
    `what was typed has more than ${CHARACTERS_MAX} characters; type the password of the hotkey`,
  );
}

/** A line as it grows and shrinks under the keys. */
class TypedLine {
  #characters: string[] = [];

  get text(): string {
    return this.#characters.join('');
  }

  /** Takes keys up to the one that ends the line, and says which one did. */
  type(keys: string): 'enter' | 'interrupt' | 'too_long' | undefined {
    for (const key of keys.replace(ESCAPE_SEQUENCES, '')) {
      if (key === '\r' || key === '\n' || key === CTRL_D) return 'enter';
      if (key === CTRL_C) return 'interrupt';
      if (key === BACKSPACE || key === DELETE) this.#characters.pop();
      else if (key === CTRL_U) this.#characters = [];
      else if (key >= ' ') this.#characters.push(key);
      if (this.#characters.length > CHARACTERS_MAX) return 'too_long';
    }
    return undefined;
  }
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACE = '\b';
const DELETE = '\u007f';
