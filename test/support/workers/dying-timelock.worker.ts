/** Dies at every call. */
export function encrypt(): never {
  process.exit(3);
}
