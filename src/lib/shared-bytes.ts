/** The parts one after the other, in memory that every thread can read: handing it over copies nothing. */
export function sharedBytes(parts: readonly Uint8Array[]): Uint8Array<SharedArrayBuffer> {
  const byteCount = parts.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(new SharedArrayBuffer(byteCount));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
