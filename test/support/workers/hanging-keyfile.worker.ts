/** Never answers and never lets go of its thread. */
export function decryptKeyfile(): never {
  for (;;) Math.sqrt(2);
}
