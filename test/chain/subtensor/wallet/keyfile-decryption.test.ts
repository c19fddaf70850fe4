import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { decryptedKeyfile } from '../../../../src/chain/subtensor/wallet/keyfile-decryption.ts';
import { CHEAP, encryptedFile } from '../../../support/keyfiles.ts';

const CONTENT = { secretSeed: '0x01' };
/** Debian's own: another Python does not have Debian's packages. */
const PYTHON = '/usr/bin/python3';
const hasPyNacl = spawnSync(PYTHON, ['-c', 'import nacl.pwhash, nacl.secret']).status === 0;

describe('an encrypted key file', () => {
  it('opens with its password, whose bytes are zero afterwards', async () => {
    const file = await encryptedFile(CONTENT, 'opensesame');
    const password = Buffer.from('opensesame');
    const content = await decryptedKeyfile({ file, password, cost: CHEAP });
    expect(JSON.parse(String(Buffer.from(content ?? [])))).toEqual(CONTENT);
    expect(password).toEqual(Buffer.alloc(10));
  });

  it('stays shut for another password, another cost and a changed byte', async () => {
    const file = await encryptedFile(CONTENT, 'opensesame');
    const changed = Uint8Array.from(file, (byte, index) => (index === 40 ? byte ^ 1 : byte));
    const open = (bytes: Uint8Array, text: string, cost = CHEAP) =>
      decryptedKeyfile({ file: bytes, password: Buffer.from(text), cost });
    expect(await open(file, 'opensesamE')).toBeUndefined();
    expect(await open(file, 'opensesame', { ...CHEAP, iterations: 4 })).toBeUndefined();
    expect(await open(changed, 'opensesame')).toBeUndefined();
  });

  it('stays shut when it ends within the nonce or the box', async () => {
    const file = await encryptedFile(CONTENT, 'opensesame');
    for (const length of [5, 6, 28, 29, 30, 44, 45, file.length - 1]) {
      const password = Buffer.from('opensesame');
      const cut = { file: file.slice(0, length), password, cost: CHEAP };
      expect(await decryptedKeyfile(cut)).toBeUndefined();
      expect(password).toEqual(Buffer.alloc(10));
    }
  });

  it.skipIf(!hasPyNacl)('opens when libsodium made it (needs Debian’s python3-nacl)', async () => {
    const script = `
import sys, nacl.pwhash, nacl.secret
salt = bytes.fromhex('137183dff15a09bc9c90b5518739e9b1')
key = nacl.pwhash.argon2i.kdf(32, 'päss'.encode(), salt, opslimit=3, memlimit=${1024 * 1024})
sys.stdout.write((b'$NACL' + nacl.secret.SecretBox(key).encrypt(b'from libsodium')).hex())`;
    const { stdout } = spawnSync(PYTHON, ['-c', script], { encoding: 'utf8' });
    const content = await decryptedKeyfile({
      file: Uint8Array.from(Buffer.from(stdout, 'hex')),
      password: Buffer.from('päss'),
      cost: { iterations: 3, memoryKib: 1_024 },
    });
    expect(String(Buffer.from(content ?? []))).toBe('from libsodium');
  });
});
