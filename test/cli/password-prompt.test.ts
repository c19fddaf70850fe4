import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askPassword } from '../../src/cli/password-prompt.ts';

class Keyboard extends EventEmitter {
  readonly modes: boolean[] = [];
  isFlowing = false;

  setRawMode(isRaw: boolean): void {
    this.modes.push(isRaw);
  }

  resume(): void {
    this.isFlowing = true;
  }

  pause(): void {
    this.isFlowing = false;
  }

  type(...chunks: readonly (string | Uint8Array)[]): void {
    for (const chunk of chunks) this.emit('data', Buffer.from(chunk));
  }
}

class Prompt {
  readonly keyboard = new Keyboard();
  readonly stop = new AbortController();
  shown = '';

  ask() {
    return askPassword(
      {
        keyboard: this.keyboard,
        write: (text) => {
          this.shown += text;
        },
        interrupt: () => this.stop.abort(new Error('stopped by Ctrl-C')),
      },
      'Password: ',
      this.stop.signal,
    );
  }

  /** Whether the terminal is as it was, and nothing listens any more. */
  get isClean(): boolean {
    const { modes, isFlowing } = this.keyboard;
    const listeners = ['data', 'end', 'close'].map((name) => this.keyboard.listenerCount(name));
    return modes.join() === 'true,false' && !isFlowing && listeners.every((count) => count === 0);
  }
}

describe('a password prompt', () => {
  it('gives what was typed and shows the question only', async () => {
    const prompt = new Prompt();
    const asked = prompt.ask();
    expect(prompt.keyboard).toMatchObject({ modes: [true], isFlowing: true });
    prompt.keyboard.type('hun', 'ter2', '\r');
    expect((await asked)?.reveal()).toBe('hunter2');
    expect(prompt.shown).toBe('Password: \n');
    expect(prompt.isClean).toBe(true);
  });

  it.each([
    ['Backspace', ['hunterx\u007f2\n'], 'hunter2'],
    ['the other Backspace, by whole characters', ['hu😀\b\bunter2\r'], 'hunter2'],
    ['Backspace at the start', ['\u007fhunter2\r'], 'hunter2'],
    ['Ctrl-U', ['wrong\u0015hunter2\r'], 'hunter2'],
    ['arrow and function keys', ['\u001b[Dhun\u001b[3~\u001bOPter2\r'], 'hunter2'],
    ['keys without a character', ['\u0001hun\tter2\u0000\r'], 'hunter2'],
    ['what follows Enter', ['hunter2\rmore\r'], 'hunter2'],
    ['Ctrl-D as Enter', ['hunter2\u0004'], 'hunter2'],
    ['a character in two pieces', [[0xc3], [0xa9, 0x0d]], 'é'],
    ['spaces', [' a b \r'], ' a b '],
  ])('understands %s', async (_what, chunks, password) => {
    const prompt = new Prompt();
    const asked = prompt.ask();
    for (const chunk of chunks) {
      prompt.keyboard.type(typeof chunk === 'string' ? chunk : Uint8Array.from(chunk));
    }
    expect((await asked)?.reveal()).toBe(password);
  });

  it.each([
    ['Enter alone', (keyboard: Keyboard) => keyboard.type('\r')],
    ['Ctrl-D alone', (keyboard: Keyboard) => keyboard.type('\u0004')],
    ['the end of the input', (keyboard: Keyboard) => keyboard.emit('end')],
    ['a terminal that is gone', (keyboard: Keyboard) => keyboard.emit('close')],
  ])('takes %s as no password', async (_what, act) => {
    const prompt = new Prompt();
    const asked = prompt.ask();
    act(prompt.keyboard);
    expect(await asked).toBeUndefined();
    expect(prompt.isClean).toBe(true);
  });

  it('ends with Ctrl-C and gives the terminal back', async () => {
    const prompt = new Prompt();
    const asked = prompt.ask();
    prompt.keyboard.type('hunt\u0003er2\r');
    await expect(asked).rejects.toThrow('stopped by Ctrl-C');
    expect(prompt.isClean).toBe(true);
    expect(prompt.shown).toBe('Password: \n');
  });

  it('does not ask where it was stopped before', async () => {
    const prompt = new Prompt();
    prompt.stop.abort(new Error('stopped before'));
    await expect(prompt.ask()).rejects.toThrow('stopped before');
    expect({ shown: prompt.shown, modes: prompt.keyboard.modes }).toEqual({ shown: '', modes: [] });
  });

  it('refuses what is too long for a password', async () => {
    const longest = new Prompt();
    const asked = longest.ask();
    longest.keyboard.type('x'.repeat(1_024), '\r');
    expect((await asked)?.reveal()).toHaveLength(1_024);
    const prompt = new Prompt();
    const refused = prompt.ask();
    prompt.keyboard.type('x'.repeat(1_025));
    await expect(refused).rejects.toMatchObject({ code: 'wallet_unusable' });
    expect(prompt.isClean).toBe(true);
  });
});
