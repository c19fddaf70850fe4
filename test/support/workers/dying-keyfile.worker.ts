/** Dies at every call. */
export function decryptKeyfile(): never {
  process.exit(3);
}
