/**
 * Text of unknown origin for people: what could move the cursor, rewrite what a terminal shows or cannot be seen is shown
 * by its code, for example `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
