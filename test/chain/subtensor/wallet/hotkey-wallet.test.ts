import { inspect } from 'node:util';
import { ed25519Verify, sr25519Verify } from '@polkadot/util-crypto';
import { describe, expect, it } from 'vitest';
import {
  openHotkeyWallet,
  type WalletChoice,
  type WalletSources,
} from '../../../../src/chain/subtensor/wallet/hotkey-wallet.ts';
import { AssayError } from '../../../../src/domain/errors.ts';
import { btcliPasswordVariable } from '../../../../src/lib/btcli-password.ts';
import { Secret } from '../../../../src/lib/secret.ts';
import {
  btcliFields,
  CHEAP,
  encryptedFile,
  PHRASE,
  sampleSeed,
  sealedFile,
  WalletFolder,
} from '../../../support/keyfiles.ts';

const FIELDS = btcliFields(sampleSeed(7));
const MESSAGE = new TextEncoder().encode('weights');
const PASSWORD = 'opensesame';
const MIB = 1024 * 1024;

describe('a wallet', () => {
  it('signs as the hotkey of its file', async () => {
    const { open, wallets } = rig();
    wallets.write(FIELDS);
    const wallet = await open();
    expect(wallet).toMatchObject({
      address: FIELDS.ss58Address,
      cryptoType: 'sr25519',
      description: 'hotkey default of wallet validator (sr25519)',
    });
    const signature = wallet.sign(MESSAGE);
    expect(signature).toHaveLength(65);
    expect(signature[0]).toBe(1);
    expect(sr25519Verify(MESSAGE, signature.slice(1), wallet.publicKey)).toBe(true);
  });

  it('signs with an ed25519 key', async () => {
    const { open, wallets } = rig();
    wallets.write({ secretSeed: FIELDS.secretSeed, cryptoType: 0 });
    const wallet = await open();
    expect(wallet.description).toBe('hotkey default of wallet validator (ed25519)');
    const signature = wallet.sign(MESSAGE);
    expect(signature[0]).toBe(0);
    expect(ed25519Verify(MESSAGE, signature.slice(1), wallet.publicKey)).toBe(true);
  });

  it('signs nothing when it is closed', async () => {
    const { open, wallets } = rig();
    wallets.write(FIELDS);
    const wallet = await open();
    wallet.close();
    expect(() => wallet.sign(MESSAGE)).toThrow('a closed wallet signs nothing');
    expect(wallet.address).toBe(FIELDS.ss58Address);
  });

  it('shows nothing of its secret', async () => {
    const { open, wallets } = rig();
    wallets.write({ ...FIELDS, secretPhrase: null });
    const wallet = await open();
    const shown = inspect(wallet, { showHidden: true, depth: 9 }) + JSON.stringify(wallet);
    expect(shown).toContain(FIELDS.ss58Address);
    expect(shown).not.toMatch(/secret|pair/i);
  });

  it('says what is wrong with a file, and repeats nothing of it', async () => {
    const { open, wallets } = rig();
    const path = wallets.write(`{"secretPhrase": "${PHRASE}", "secretSeed": 0x77}`);
    const error = await refusal(open());
    expect(error.message).toBe(
      `hotkey file ${path} is neither JSON nor a bare key or phrase as btcli writes them: restore it with btcli wallet regen-hotkey`,
    );
    expect(inspect(error, { showHidden: true, depth: 9 })).not.toMatch(/abandon|0x77/);
  });

  it.each([
    ['$ANSIBLE_VAULT;1.1;AES256\n3132', 'ansible-vault'],
    ['gAAAAABkabcd', 'fernet'],
  ])('is refused with the old encryption of %s', async (content, encryption) => {
    const { open, wallets } = rig();
    const path = wallets.write(content);
    expect((await refusal(open())).message).toBe(
      `hotkey file ${path} has an old encryption (${encryption}): run btcli wallet update, which writes it anew`,
    );
  });

  it('is opened in spite of a loose mode when that is the choice, with a warning', async () => {
    const { open, wallets, warnings, sources } = rig();
    const path = wallets.write(FIELDS, { mode: 0o644 });
    expect((await refusal(open())).message).toContain('is open to others (mode 0644)');
    expect(await open({ allowLooseMode: true })).toMatchObject({ address: FIELDS.ss58Address });
    expect(warnings).toEqual([`hotkey file ${path} is open to others (mode 0644)`]);
    const choice = { ...wallets.choice(), allowLooseMode: true };
    const { home, freeMemoryBytes } = sources;
    const quiet = await openHotkeyWallet(choice, { home, freeMemoryBytes });
    expect(quiet.address).toBe(FIELDS.ss58Address);
  });

  it('is not opened after an abort', async () => {
    const { wallets, sources } = rig();
    wallets.write(FIELDS);
    const reason = new Error('stop');
    const opening = openHotkeyWallet(wallets.choice(), sources, AbortSignal.abort(reason));
    await expect(opening).rejects.toBe(reason);
  });
});

describe('an encrypted wallet', () => {
  it("opens with the password from btcli's variable before that of a file", async () => {
    const { open, wallets } = await encryptedRig();
    const passwordFile = wallets.writeBeside('word', 'another');
    const wallet = await open({ password: new Secret(PASSWORD), passwordFile });
    expect(wallet.address).toBe(FIELDS.ss58Address);
  });

  it.each(['', '\n', '\r\n'])('opens with the password of a file that ends in %j', async (end) => {
    const { open, wallets } = await encryptedRig();
    const wallet = await open({ passwordFile: wallets.writeBeside('word', PASSWORD + end) });
    expect(wallet.address).toBe(FIELDS.ss58Address);
  });

  it('opens with the password that is typed, the third one too', async () => {
    const { open, asked, answers } = await encryptedRig();
    answers.push('wrong', '', ` ${PASSWORD} `);
    expect(await open()).toMatchObject({ address: FIELDS.ss58Address });
    const question = 'Password of hotkey default of wallet validator: ';
    const again = `That password does not open the file. ${question}`;
    expect(asked).toEqual([question, again, again]);
  });

  it('stays shut after three wrong passwords', async () => {
    const { open, path, asked, answers } = await encryptedRig();
    answers.push('', '', 'wrong', PASSWORD);
    const error = await refusal(open());
    expect(error.message).toBe(
      `hotkey file ${path} does not open with the password from the terminal: correct the password; if it is right, the file is damaged`,
    );
    expect(asked).toHaveLength(3);
  });

  it('stays shut when nothing is typed', async () => {
    const { open } = await encryptedRig();
    expect((await refusal(open())).message).toBe(
      'no password was given for hotkey default of wallet validator: start again and type it, or set wallet.password_file',
    );
  });

  it('says where a wrong password came from, and not the password', async () => {
    const { open, path, wallets, asked } = await encryptedRig();
    const passwordFile = wallets.writeBeside('word', 'wrong-one\n');
    const fromVariable = await refusal(open({ password: new Secret('wrong-one') }));
    expect(fromVariable.message).toContain(
      `password from the variable ${btcliPasswordVariable(path)}`,
    );
    const fromFile = await refusal(open({ passwordFile }));
    expect(fromFile.message).toContain(`password from the password file ${passwordFile}`);
    for (const error of [fromVariable, fromFile]) {
      expect(inspect(error, { showHidden: true, depth: 9 })).not.toContain('wrong-one');
    }
    expect(asked).toEqual([]);
  });

  it('names the three ways to a password when there is none', async () => {
    const { wallets, path, sources } = await encryptedRig();
    const { askPassword: _, ...withoutTerminal } = sources;
    const error = await refusal(openHotkeyWallet(wallets.choice(), withoutTerminal));
    expect(error.message).toBe(
      `hotkey file ${path} is encrypted, and there is no password: set wallet.password_file, or btcli's variable ${btcliPasswordVariable(path)}, or start Assay at a terminal, where it asks`,
    );
  });

  it.each([
    ['is missing', undefined, 0o600],
    ['is empty', '', 0o600],
    ['is open to others (mode 0640)', PASSWORD, 0o640],
    ['has more than 4096 bytes', 'x'.repeat(4_097), 0o600],
    ['is not UTF-8 text', Uint8Array.of(0xff), 0o600],
  ])('stays shut when the password file %s', async (problem, content, mode) => {
    const { open, wallets } = await encryptedRig();
    const passwordFile =
      content === undefined ? `${wallets.path}/none` : wallets.writeBeside('word', content, mode);
    const error = await refusal(open({ passwordFile }));
    expect(error.message).toContain(`password file ${passwordFile} ${problem}: `);
  });

  it('is not tried with too little memory, nor is anyone asked for the password', async () => {
    const { wallets, sources, path, asked } = await encryptedRig();
    const scarce = { ...sources, freeMemoryBytes: () => 600 * MIB - 1 };
    const error = await refusal(openHotkeyWallet(wallets.choice(), scarce));
    expect(error.message).toBe(
      `hotkey file ${path} is encrypted, and opening it takes 600 MiB of memory of which 599 MiB are free: free some, or give Assay a hotkey file without a password`,
    );
    expect(asked).toEqual([]);
    const choice = { ...wallets.choice(), password: new Secret(PASSWORD) };
    const enough = { ...sources, freeMemoryBytes: () => 600 * MIB };
    expect(await openHotkeyWallet(choice, enough)).toMatchObject({ address: FIELDS.ss58Address });
  });

  it('stays shut when the password was right but the key is not that of its address', async () => {
    const { open, wallets } = rig();
    const { ss58Address } = btcliFields(sampleSeed(8));
    wallets.write(await encryptedFile({ ...FIELDS, ss58Address }, PASSWORD));
    const error = await refusal(open({ password: new Secret(PASSWORD) }));
    expect(error.message).toContain(`states ${ss58Address} as ss58Address, but its secretSeed`);
    expect(error.message).toContain(FIELDS.ss58Address);
  });

  it('is not opened when the abort comes while the password is asked for', async () => {
    const { wallets, sources } = await encryptedRig();
    const stop = new AbortController();
    const reason = new Error('stop');
    const askPassword = async (_question: string, signal?: AbortSignal) => {
      expect(signal).toBe(stop.signal);
      stop.abort(reason);
      return new Secret(PASSWORD);
    };
    const opening = openHotkeyWallet(wallets.choice(), { ...sources, askPassword }, stop.signal);
    await expect(opening).rejects.toBe(reason);
  });

  it("opens at btcli's own cost of a guess", async () => {
    const { wallets, sources } = rig();
    // What libsodium's argon2i makes of the password with OPSLIMIT_SENSITIVE and MEMLIMIT_SENSITIVE.
    const key = '972b3c3c540fbae64e4d465e6b88b13d2138457757904ad5522229ebabfb2c57';
    wallets.write(sealedFile(FIELDS, Uint8Array.from(Buffer.from(key, 'hex'))));
    const choice = { ...wallets.choice(), password: new Secret('correct horse — Batterie') };
    const { home, freeMemoryBytes } = sources;
    const wallet = await openHotkeyWallet(choice, { home, freeMemoryBytes });
    expect(wallet.address).toBe(FIELDS.ss58Address);
  }, 120_000);
});

function rig() {
  const wallets = new WalletFolder();
  const warnings: string[] = [];
  const asked: string[] = [];
  const answers: string[] = [];
  const sources = {
    home: '/',
    freeMemoryBytes: () => 2 ** 40,
    onWarning: (message: string) => warnings.push(message),
    askPassword: async (question: string) => {
      asked.push(question);
      const answer = answers.shift();
      return answer === undefined ? undefined : new Secret(answer);
    },
    thread: { cost: CHEAP },
  } satisfies WalletSources;
  const open = (choice: Partial<WalletChoice> = {}) =>
    openHotkeyWallet({ ...wallets.choice(), ...choice }, sources);
  return { wallets, warnings, asked, answers, sources, open };
}

async function encryptedRig() {
  const made = rig();
  return { ...made, path: made.wallets.write(await encryptedFile(FIELDS, PASSWORD)) };
}

async function refusal(opening: Promise<unknown>): Promise<AssayError> {
  const error: unknown = await opening.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof AssayError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.code).toBe('wallet_unusable');
  return error;
}
