/** Dies at every call. */
export function allocate(): never {
  process.exit(3);
}
