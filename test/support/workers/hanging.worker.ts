/** Never answers and never lets go of its thread. */
export function allocate(): never {
  for (;;) Math.sqrt(2);
}
