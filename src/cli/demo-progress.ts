import type { App } from '../app.ts';
import type { CommandIo } from './command-io.ts';

const REFRESH_MS = 500;
const PLAIN_EVERY = 10;
const CLEAR_LINE = '\r\x1b[K';
/** A line that is too long for the terminal is cut off at its edge: a wrapped one could not be cleared. */
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';

/** What the demo tells on stderr: one line that says what happens now, rewritten on a terminal, printed now and then elsewhere. */
export class DemoProgress {
  readonly #io: CommandIo;
  readonly #app: App;
  readonly #isQuiet: boolean;
  readonly #timer: NodeJS.Timeout | undefined;
  #isReleased = false;
  #ticks = 0;
  #shown = 0;

  constructor(io: CommandIo, app: App, { isQuiet }: { readonly isQuiet: boolean }) {
    this.#io = io;
    this.#app = app;
    this.#isQuiet = isQuiet;
    if (!isQuiet) this.#timer = setInterval(() => this.#tick(), REFRESH_MS);
  }

  /** Says something in a line of its own, unless the demo is to be quiet. */
  say(line: string) {
    if (!this.#isQuiet) this.interrupt(`${line}\n`);
  }

  /** Prints text of whole lines in the place of the progress line, quiet or not. */
  interrupt(text: string) {
    this.#clear();
    this.#io.stderr(text);
  }

  /** The first reports are in: from now on there are blocks to tell about. */
  chainReleased() {
    this.#isReleased = true;
  }

  /** Makes room for a weight set, and counts it. */
  weightsShown() {
    this.#clear();
    this.#shown += 1;
  }

  /** Ends the progress line. */
  stop() {
    clearInterval(this.#timer);
    this.#clear();
  }

  /** What came of it all. */
  summary(): string {
    const sets = this.#shown === 1 ? '1 weight set' : `${this.#shown} weight sets`;
    return `stopped after ${sets}; reports: ${this.#reports()}`;
  }

  #tick() {
    this.#ticks += 1;
    if (this.#io.isStderrTty) this.#io.stderr(`${CLEAR_LINE}${WRAP_OFF}${this.#line()}${WRAP_ON}`);
    else if (this.#ticks % PLAIN_EVERY === 1) this.#io.stderr(`${this.#line()}\n`);
  }

  /** Removes the line from a terminal, so that something else can follow. */
  #clear() {
    if (!this.#isQuiet && this.#io.isStderrTty) this.#io.stderr(CLEAR_LINE);
  }

  #line(): string {
    if (!this.#isReleased) return `waiting for the first reports: ${this.#reports()}`;
    const { head, nextSetBlock } = this.#app.weightSetting.status();
    return `block ${head?.block ?? 0}, next weights at ${nextSetBlock} · ${this.#reports()}`;
  }

  #reports(): string {
    const { APPLIED, DUPLICATE, STALE, REFUSED } = this.#app.tallies();
    const counts = { applied: APPLIED, duplicate: DUPLICATE, stale: STALE, refused: REFUSED };
    return Object.entries(counts)
      .map(([outcome, count]) => `${count.toLocaleString('en-US')} ${outcome}`)
      .join(', ');
  }
}
