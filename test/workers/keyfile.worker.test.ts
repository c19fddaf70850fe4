import { describe, expect, it } from 'vitest';
import { decryptKeyfile } from '../../workers/keyfile.worker.ts';
import { CHEAP, encryptedFile } from '../support/keyfiles.ts';

describe('the key file worker', () => {
  it('answers with the content, or with nothing when the password is wrong', async () => {
    const file = await encryptedFile('content', 'opensesame');
    const open = (text: string) =>
      decryptKeyfile({ file, password: Buffer.from(text), cost: CHEAP });
    expect(await open('opensesame')).toBeDefined();
    expect(await open('wrong')).toBeUndefined();
  });
});
