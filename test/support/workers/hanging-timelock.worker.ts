/** Never answers and never lets go of its thread. */
export function encrypt(): never {
  for (;;) Math.sqrt(2);
}
