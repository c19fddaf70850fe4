/**
 * How GPU names are spelled. Case does not matter, and a separator matters only between two digits: `A10 0` is not
 * `A100`, while `RTX A6000`, `RTX-A6000` and `rtx_a6000` are one name. So a name is read as symbols: letters, digits, a
 * `JOINT` between digits that a separator keeps apart, and a `GAP` for any other run of separators.
 */

/** One symbol of a name: `GAP`, a letter (1 to 26), a digit (27 to 36) or `JOINT`. */
export type NameSymbol = number;

/** A run of separators that does not stand between two digits. */
export const GAP: NameSymbol = 0;

/** A run of separators between two digits. */
export const JOINT: NameSymbol = 37;

/** How many different symbols there are. */
export const SYMBOL_COUNT = 38;

const LETTER_FIRST = 1;
const DIGIT_FIRST = 27;
const FOREIGN = 255;

const SYMBOL_BY_CODE: Uint8Array = symbolTable();

function symbolTable(): Uint8Array {
  const table = new Uint8Array(128).fill(FOREIGN);
  for (let letter = 0; letter < 26; letter += 1) {
    table[0x41 + letter] = LETTER_FIRST + letter;
    table[0x61 + letter] = LETTER_FIRST + letter;
  }
  for (let digit = 0; digit < 10; digit += 1) table[0x30 + digit] = DIGIT_FIRST + digit;
  for (const separator of ' -_./()') table[separator.charCodeAt(0)] = GAP;
  return table;
}

function symbolAt(text: string, index: number): NameSymbol {
  const code = text.charCodeAt(index);
  return code < SYMBOL_BY_CODE.length ? (SYMBOL_BY_CODE[code] as number) : FOREIGN;
}

/** Whether `symbol` is a digit. */
export function isDigit(symbol: NameSymbol): boolean {
  return symbol >= DIGIT_FIRST && symbol < JOINT;
}

/** Whether `symbol` separates. */
export function isSeparator(symbol: NameSymbol): boolean {
  return symbol === GAP || symbol === JOINT;
}

/**
 * The symbols of `name`, without separators at its ends; `undefined` when a character is no ASCII letter, digit or
 * separator, so that look-alike letters and control characters never make a known name.
 */
export function spell(name: string): readonly NameSymbol[] | undefined {
  const symbols: NameSymbol[] = [];
  let left = GAP;
  let isApart = false;
  for (let index = 0; index < name.length; index += 1) {
    const symbol = symbolAt(name, index);
    if (symbol === FOREIGN) return undefined;
    if (symbol === GAP) {
      isApart = symbols.length > 0;
      continue;
    }
    if (isApart) symbols.push(separatorBetween(left, symbol));
    symbols.push(symbol);
    left = symbol;
    isApart = false;
  }
  return symbols;
}

function separatorBetween(left: NameSymbol, right: NameSymbol): NameSymbol {
  return isDigit(left) && isDigit(right) ? JOINT : GAP;
}

/**
 * `text` in upper case without separators, with `-` where one stands between two digits. Two texts with one plain
 * spelling are one name. Characters that no GPU name has stay as they are.
 */
export function plainSpelling(text: string): string {
  let plain = '';
  let left = FOREIGN;
  let isApart = false;
  for (let index = 0; index < text.length; index += 1) {
    const symbol = symbolAt(text, index);
    if (symbol === GAP) {
      isApart = true;
      continue;
    }
    if (isApart && separatorBetween(left, symbol) === JOINT) plain += '-';
    plain += symbol === FOREIGN ? text[index] : text.charAt(index).toUpperCase();
    left = symbol;
    isApart = false;
  }
  return plain;
}
