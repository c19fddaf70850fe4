import stringWidth from 'string-width';

/** Most texts, whose characters take one column each; the others are measured character by character. */
const PLAIN = /^[ -~…]*$/;

/** How many columns of a terminal a line of printable text takes. */
export function displayWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}
