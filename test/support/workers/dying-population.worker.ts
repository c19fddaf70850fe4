/** Dies at every call. */
export function takePopulation(): never {
  process.exit(3);
}
