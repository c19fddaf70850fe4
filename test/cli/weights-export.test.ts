import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documentOf } from '../../src/store/ledger-document.ts';
import { cli } from '../support/cli-run.ts';
import { sharedLedger, tampered, weightsCli } from '../support/recorded-ledger.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const ledgerOf = sharedLedger();

async function exported(block: number, out: string, ...more: readonly string[]) {
  const args = ['export', '--block', String(block), '--out', out, ...more];
  return weightsCli(await ledgerOf(), args);
}

describe('assay weights export', () => {
  it('writes a document that says what was decided and what became of it', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'set.json');
    expect(await exported(20, out)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `${out} is written; check it with: assay weights verify ${out}\n`,
    });
    const { sealed, submission, weights } = documentOf(readFileSync(out, 'utf8'));
    const [, set] = (await ledgerOf()).sets;
    expect(sealed.entry).toMatchObject({ block: 20, totalWeight: set?.totalWeight });
    expect(weights.map(({ weight }) => weight)).toEqual([...(set?.vector.weights ?? [])]);
    expect(submission).toMatchObject({ state: 'verified', extrinsic_hash: set?.extrinsicHash });
    expect(readdirSync(folder)).toEqual(['set.json']);
  });

  it('says which file it wrote as JSON', async () => {
    const out = join(temporaryFolder(), 'set.json');
    const { stdout, stderr } = await exported(20, out, '--json');
    const text = readFileSync(out, 'utf8');
    expect(JSON.parse(stdout)).toEqual({
      file: out,
      block: 20,
      digest: documentOf(text).sealed.digest,
      bytes: Buffer.byteLength(text),
    });
    expect(stderr).toBe('');
  });

  it('says how a set failed, and what had been signed', async () => {
    const { stdout } = await exported(30, '-');
    expect(documentOf(stdout).submission).toMatchObject({
      state: 'failed',
      extrinsic_hash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      extrinsic: { clipped: false, commitment: null, weights: expect.any(Array) },
      failure_reason: 'NotEnoughStakeToSetWeights',
      failure_action: 'retry_now',
    });
  });

  it('writes the same bytes to stdout as to a file, and a fresh process verifies them from a pipe', async () => {
    const out = join(temporaryFolder(), 'set.json');
    await exported(10, out);
    const { stdout, stderr } = await exported(10, '-');
    expect(stdout).toBe(readFileSync(out, 'utf8'));
    expect(stderr).toBe('');
    const args = ['--import', 'tsx', MAIN, 'weights', 'verify', '-'];
    const env = { PATH: process.env.PATH };
    const run = spawnSync(process.execPath, args, { env, input: stdout, encoding: 'utf8' });
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(run.stdout).toContain('the weight set of block 10 on subnet 1, mechanism 0 holds');
  });

  it('writes over a file only when it is told to', async () => {
    const out = join(temporaryFolder(), 'set.json');
    writeFileSync(out, 'mine');
    expect(await exported(20, out)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `invalid_argument: ${out} is there already and stays as it is; --replace overwrites it\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
    expect((await exported(20, out, '--replace')).exitCode).toBe(0);
    expect(documentOf(readFileSync(out, 'utf8')).sealed.entry.block).toBe(20);
  });

  it('never writes over the database or what belongs to it, under whatever name', async () => {
    const ledger = await ledgerOf();
    const copy = tampered(ledger, () => undefined);
    const link = join(dirname(copy), 'link.json');
    symlinkSync(`${copy}.dev-chain.json`, link);
    writeFileSync(`${copy}.dev-chain.json`, 'state');
    const before = readFileSync(copy);
    const files = ['', '-wal', '-shm', '-journal', '.dev-chain.json'].map((end) => `${copy}${end}`);
    for (const out of [...files, link]) {
      const args = ['export', '--block', '20', '--out', out, '--replace'];
      const { exitCode, stderr } = await weightsCli(ledger, args, copy);
      expect([out, exitCode]).toEqual([out, 1]);
      expect(stderr).toContain('is a file of the database itself');
    }
    expect(readFileSync(copy).equals(before)).toBe(true);
    expect(readFileSync(`${copy}.dev-chain.json`, 'utf8')).toBe('state');
  });

  it('never writes over the state of the simulated chain, wherever it is', async () => {
    const { database, config } = await ledgerOf();
    const state = join(temporaryFolder(), 'chain.json');
    writeFileSync(state, 'state');
    const args = ['--block', '20', '--out', state, '--replace', '--config', config];
    const env = { ASSAY_CHAIN__DEV__STATE_FILE: state };
    const run = await cli(['weights', 'export', ...args, '--database', database], { env });
    expect(run.stderr).toContain('is a file of the database itself');
    expect(readFileSync(state, 'utf8')).toBe('state');
  });

  it('writes over the file that a link leads to, as a backup does', async () => {
    const folder = temporaryFolder();
    const [file, link] = [join(folder, 'file.json'), join(folder, 'link.json')];
    writeFileSync(file, 'mine');
    symlinkSync(file, link);
    expect((await exported(20, link)).exitCode).toBe(1);
    expect((await exported(20, link, '--replace')).exitCode).toBe(0);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(documentOf(readFileSync(file, 'utf8')).sealed.entry.block).toBe(20);
  });

  it('replaces nothing that is no file', async () => {
    const folder = temporaryFolder();
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    expect(await exported(20, pipe, '--replace')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `invalid_argument: ${pipe} could not be written: it is something else than a file\n`,
    });
    expect(lstatSync(pipe).isFIFO()).toBe(true);
    expect(readdirSync(folder)).toEqual(['pipe']);
  });

  it.each([
    ['miners', 'input_digest', 'delete from ledger_inputs where emission_metrics_id = 2'],
    [
      'pairs',
      'pairs_digest',
      'update weight_allocation_history set basis = basis + 1 where weight_set_block = 20',
    ],
    [
      'weights',
      'weights_digest',
      "update weight_submissions set weights_json = '[]' where block = 20",
    ],
    [
      'entry',
      'digest',
      `update ledger_entries set entry_json = replace(entry_json, '"version_key":', '"version_key":1') where block = 20`,
    ],
  ])('refuses to write %s that somebody changed', async (_, where, sql) => {
    const ledger = await ledgerOf();
    const copy = tampered(ledger, (handle) => handle.exec(sql));
    const out = join(temporaryFolder(), 'set.json');
    for (const place of [out, '-']) {
      const args = ['export', '--block', '20', '--out', place];
      const { exitCode, stdout, stderr } = await weightsCli(ledger, args, copy);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toContain(
        `the weight set of block 20 is not exported, because it does not hold:\n  ${where}: the entry`,
      );
    }
    expect(existsSync(out)).toBe(false);
  });

  it('leaves nothing behind when it cannot write', async () => {
    const folder = temporaryFolder();
    const occupied = join(folder, 'folder');
    mkdirSync(occupied);
    const intoFolder = await exported(20, occupied, '--replace');
    expect(intoFolder.exitCode).toBe(1);
    expect(intoFolder.stderr).toContain(`${occupied} could not be written: it is a folder`);
    expect(readdirSync(folder)).toEqual(['folder']);
    const nowhere = await exported(20, join(folder, 'missing', 'set.json'));
    expect(nowhere.exitCode).toBe(1);
    expect(nowhere.stderr).toContain('could not be written: its folder does not exist');
    writeFileSync(join(folder, 'file'), '');
    const behindFile = await exported(20, join(folder, 'file', 'set.json'));
    expect(behindFile.stderr).toContain('could not be written: a part of its path is not a folder');
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  it('writes nothing for a block without an entry', async () => {
    const out = join(temporaryFolder(), 'set.json');
    expect(await exported(21, out)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'ledger_entry_not_found: there is no entry of block 21: no weights were set there\n',
    });
    expect(existsSync(out)).toBe(false);
    const ledger = await ledgerOf();
    const older = tampered(ledger, (handle) => handle.exec('delete from ledger_entries'));
    const args = ['export', '--block', '20', '--out', out];
    expect((await weightsCli(ledger, args, older)).stderr).toContain(
      'there is no entry of block 20: its weight set is older than the ledger',
    );
    const lost = tampered(ledger, (handle) =>
      handle.exec('delete from ledger_entries where block = 20'),
    );
    expect((await weightsCli(ledger, args, lost)).stderr).toContain('its weight set has lost it');
  });

  it('asks for a block and a file', async () => {
    const ledger = await ledgerOf();
    expect((await weightsCli(ledger, ['export', '--out', '-'])).exitCode).toBe(2);
    expect((await weightsCli(ledger, ['export', '--block', '20'])).exitCode).toBe(2);
    expect((await exported(1.5, '-')).exitCode).toBe(2);
    expect(await exported(20, '')).toMatchObject({
      exitCode: 2,
      stderr: 'the name of the file is empty\n',
    });
  });
});
