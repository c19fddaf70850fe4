import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readHotkeyFile } from '../../../../src/chain/subtensor/wallet/hotkey-file.ts';
import { WalletFolder } from '../../../support/keyfiles.ts';

const NEVER = 'Assay never reads a coldkey, name a hotkey file that stands in hotkeys/ itself';

describe('the hotkey file', () => {
  it('is found below the folder of wallets, also below ~', async () => {
    const wallets = new WalletFolder();
    const path = wallets.write('the key');
    expect(await read(wallets)).toEqual({ path, bytes: new TextEncoder().encode('the key') });
    const choice = { ...wallets.choice(), path: `~/${basename(wallets.path)}` };
    const sources = { home: dirname(wallets.path), onLooseMode: undefined };
    expect(await readHotkeyFile(choice, sources)).toMatchObject({ path });
  });

  it.each([
    ['', '(empty)'],
    ['.', '.'],
    ['..', '..'],
    ['../coldkey', '../coldkey'],
    ['a/b', 'a/b'],
    ['a\\b', 'a\\b'],
    ['a\0b', 'a\0b'],
  ])('is refused by the name %j, whichever it is the name of', async (value, shown) => {
    const wallets = new WalletFolder();
    for (const field of ['name', 'hotkey']) {
      const choice = { ...wallets.choice(), [field]: value };
      await expect(
        readHotkeyFile(choice, { home: '/', onLooseMode: undefined }),
      ).rejects.toMatchObject({
        code: 'wallet_unusable',
        message: `wallet.${field}: ${shown} is refused, the rule is: is a name without / and \\ that is neither empty nor . nor ..`,
      });
    }
  });

  it('tells how to make one when it is missing', async () => {
    const wallets = new WalletFolder();
    await expect(read(wallets)).rejects.toMatchObject({
      code: 'wallet_unusable',
      message: `hotkey file ${wallets.file('hotkeys', 'default')} is missing: make it with btcli wallet new-hotkey --wallet.name validator --wallet.hotkey default, or correct wallet.path, wallet.name and wallet.hotkey`,
    });
  });

  it('is refused when it is large, empty or open to others', async () => {
    const wallets = new WalletFolder();
    wallets.write('x'.repeat(65_536), { hotkey: 'largest' });
    wallets.write('x'.repeat(65_537), { hotkey: 'large' });
    wallets.write('', { hotkey: 'empty' });
    wallets.write('x', { hotkey: 'loose', mode: 0o644 });
    expect((await read(wallets, 'largest')).bytes).toHaveLength(65_536);
    await expect(read(wallets, 'large')).rejects.toThrow('has more than 65536 bytes');
    await expect(read(wallets, 'empty')).rejects.toThrow('is empty: make it with btcli');
    await expect(read(wallets, 'loose')).rejects.toThrow('is open to others (mode 0644)');
  });

  it('is refused by the name of a coldkey', async () => {
    const wallets = new WalletFolder();
    const path = wallets.write('a key', { hotkey: 'coldkey' });
    await expect(read(wallets, 'coldkey')).rejects.toThrow(
      `hotkey file ${path} has the name of a coldkey: ${NEVER}`,
    );
  });

  it('is refused when it is the coldkey by another name', async () => {
    const wallets = walletsWithColdkey();
    const path = wallets.file('hotkeys', 'default');
    symlinkSync('../coldkey', path);
    linkSync(wallets.file('coldkey'), wallets.file('hotkeys', 'hard'));
    const message = `hotkey file ${path} is the coldkey of the wallet: ${NEVER}`;
    await expect(read(wallets)).rejects.toMatchObject({ code: 'wallet_unusable', message });
    await expect(read(wallets, 'hard')).rejects.toThrow('is the coldkey of the wallet');
  });

  it("is refused when it leads to another wallet's coldkey, or anywhere out of hotkeys/", async () => {
    const wallets = walletsWithColdkey();
    renameSync(wallets.file(), `${wallets.path}/other`);
    mkdirSync(wallets.file('hotkeys'), { recursive: true });
    symlinkSync('../../other/coldkey', wallets.file('hotkeys', 'default'));
    await expect(read(wallets)).rejects.toThrow(`leads to a coldkey: ${NEVER}`);
    symlinkSync(wallets.writeBeside('elsewhere', 'key'), wallets.file('hotkeys', 'out'));
    await expect(read(wallets, 'out')).rejects.toThrow(`leads out of hotkeys/: ${NEVER}`);
  });

  it('may be a link within hotkeys/, which may be a link itself', async () => {
    const wallets = new WalletFolder();
    wallets.write('the key', { hotkey: '..v1' });
    symlinkSync('..v1', wallets.file('hotkeys', 'default'));
    renameSync(wallets.file('hotkeys'), `${wallets.path}/mounted`);
    symlinkSync('../mounted', wallets.file('hotkeys'));
    expect((await read(wallets)).bytes).toEqual(new TextEncoder().encode('the key'));
  });
});

function walletsWithColdkey(): WalletFolder {
  const wallets = new WalletFolder();
  mkdirSync(wallets.file('hotkeys'), { recursive: true });
  writeFileSync(wallets.file('coldkey'), 'the coldkey', { mode: 0o600 });
  return wallets;
}

function read(wallets: WalletFolder, hotkey?: string) {
  return readHotkeyFile(wallets.choice(hotkey), { home: '/', onLooseMode: undefined });
}
