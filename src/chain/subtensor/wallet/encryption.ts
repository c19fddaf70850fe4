/** How a key file is encrypted, by its first characters as btwallet tells them. */
export type Encryption = 'none' | 'nacl' | 'ansible-vault' | 'fernet';

const MARKS: readonly (readonly [mark: string, encryption: Encryption])[] = [
  ['$NACL', 'nacl'],
  ['$ANSIBLE_VAULT', 'ansible-vault'],
  ['gAAAAA', 'fernet'],
];

export function encryptionOf(file: Uint8Array): Encryption {
  const found = MARKS.find(([mark]) => startsWith(file, new TextEncoder().encode(mark)));
  return found?.[1] ?? 'none';
}

function startsWith(file: Uint8Array, mark: Uint8Array): boolean {
  return mark.every((byte, index) => file[index] === byte);
}
