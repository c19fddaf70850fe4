import { assert } from '../../lib/assert.ts';
import { GAP, isDigit, isSeparator, type NameSymbol, SYMBOL_COUNT, spell } from './spelling.ts';

/** A word that was found and where the name goes on after it. */
export interface WordMatch<T> {
  readonly meaning: T;
  readonly end: number;
}

interface Entry<T> {
  readonly meaning: T;
  readonly isPrefix: boolean;
}

/**
 * Words and what they mean, to be found at a place in a name. Gaps inside a word are skipped (`RTX PRO 6000` is
 * `RTXPRO6000`), but a word ends only where a run of letters or digits ends, so no word is found inside another. Finding
 * takes at most as many steps as the longest word has symbols, and gaps between them.
 */
export class WordTrie<T> {
  /** Row by row, the node that follows a node for each symbol; 0, the root, where none does. */
  readonly #next: number[] = new Array(SYMBOL_COUNT).fill(0);
  readonly #entries: (Entry<T> | undefined)[] = [undefined];

  /** Adds a word, written in its plain spelling. A prefix may be glued to what follows it: `NVIDIAH100`. */
  add(word: string, meaning: T, { isPrefix = false } = {}): this {
    const symbols = spell(word);
    assert(symbols !== undefined && symbols.length > 0, `"${word}" can be spelled`);
    let node = 0;
    for (const symbol of symbols) node = this.#follow(node, symbol) || this.#grow(node, symbol);
    assert(this.#entries[node] === undefined, `"${word}" is in the vocabulary once`);
    this.#entries[node] = { meaning, isPrefix };
    return this;
  }

  /** The longest word that starts at `start`. */
  longestAt(symbols: readonly NameSymbol[], start: number): WordMatch<T> | undefined {
    let found: WordMatch<T> | undefined;
    let node = 0;
    for (let index = start; index < symbols.length; index += 1) {
      const symbol = symbols[index] as number;
      if (symbol === GAP) continue;
      node = this.#follow(node, symbol);
      if (node === 0) break;
      const entry = this.#entries[node];
      if (entry === undefined) continue;
      const end = index + 1;
      if (entry.isPrefix || isRunEnd(symbols, end)) found = { meaning: entry.meaning, end };
    }
    return found;
  }

  #follow(node: number, symbol: number): number {
    return this.#next[node * SYMBOL_COUNT + symbol] as number;
  }

  #grow(node: number, symbol: number): number {
    const grown = this.#entries.push(undefined) - 1;
    this.#next[node * SYMBOL_COUNT + symbol] = grown;
    for (let index = 0; index < SYMBOL_COUNT; index += 1) this.#next.push(0);
    return grown;
  }
}

/** Where the run of letters or of digits that holds `start` ends. */
export function runEnd(symbols: readonly NameSymbol[], start: number): number {
  let end = start + 1;
  while (!isRunEnd(symbols, end)) end += 1;
  return end;
}

function isRunEnd(symbols: readonly NameSymbol[], end: number): boolean {
  if (end >= symbols.length) return true;
  const right = symbols[end] as number;
  return isSeparator(right) || isDigit(right) !== isDigit(symbols[end - 1] as number);
}
