import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_BYTES_MAX, documentText } from '../../src/store/ledger-document.ts';
import { cli } from '../support/cli-run.ts';
import { mixedContent } from '../support/ledger-samples.ts';
import { SAMPLE_TIME_MS } from '../support/profile-samples.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const CONTENT = mixedContent();
const TEXT = documentText(CONTENT, {
  state: 'verified',
  updatedAtMs: SAMPLE_TIME_MS,
  extrinsicHash: '0x12',
});
const DIGEST = CONTENT.sealed.digest;

function verify(text: string | Uint8Array, ...more: readonly string[]) {
  return cli(['weights', 'verify', '-', ...more], { input: [Buffer.from(text)] });
}

describe('assay weights verify', () => {
  it('says that a document holds, from a file and from stdin', async () => {
    const file = join(temporaryFolder(), 'set.json');
    writeFileSync(file, TEXT);
    const fromFile = await cli(['weights', 'verify', file]);
    expect(fromFile).toEqual({
      exitCode: 0,
      stdout: [
        'the weight set of block 360 on subnet 39, mechanism 0 holds: 10 miners, 11 pairs, 4 weights',
        `digest          ${DIGEST}`,
        `previous digest ${'0'.repeat(64)}`,
        'when it was exported it was verified, extrinsic 0x12; no digest covers that',
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(await verify(TEXT)).toEqual(fromFile);
  });

  it('prints one JSON object, whether it holds or not', async () => {
    const whole = await verify(TEXT, '--json');
    expect(JSON.parse(whole.stdout)).toMatchObject({
      holds: true,
      netuid: 39,
      mecid: 0,
      block: 360,
      digest: DIGEST,
      findings: [],
      submission: { state: 'verified' },
    });
    const changed = await verify(TEXT.replace('"version_key":3', '"version_key":4'), '--json');
    expect(changed).toMatchObject({ exitCode: 1, stderr: '- does not hold\n' });
    expect(JSON.parse(changed.stdout)).toMatchObject({
      holds: false,
      block: 360,
      findings: [{ where: 'digest' }],
    });
    const other = await verify('{}', '--json');
    expect(other.exitCode).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({ holds: false, block: null, submission: null });
  });

  it('names what is wrong', async () => {
    const paid = await verify(TEXT.replace('"total_weight":', '"total_weight":1'));
    expect(paid.stdout).toContain('the weight set of block 360 on subnet 39, mechanism 0 does not');
    expect(paid.stdout).toContain('  total_weight: expected ');
    const refused = await verify(TEXT.replace('"mecid":0', '"mecid":-1'));
    expect(refused.stdout).toBe(
      'it is not a ledger document:\n' +
        '  entry.mecid: -1 is refused, the rule is: is an integer from 0 to 65535\n',
    );
    const noJson = await verify('not JSON');
    expect(noJson.stdout).toContain('  the document: the document is no JSON');
  });

  it('finds any value that somebody changed', async () => {
    const document: unknown = JSON.parse(TEXT);
    const paths = scalarPaths(document).filter(([first]) => first !== 'submission');
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.integer({ min: 1, max: 9 }),
        async (path, by) => {
          const changed = structuredClone(document);
          const parent = Object(
            path.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], changed),
          );
          const last = path.at(-1) ?? '';
          parent[last] = another(parent[last], by);
          expect((await verify(JSON.stringify(changed))).exitCode).toBe(1);
        },
      ),
      { seed: 20_260_101, numRuns: 400 },
    );
  });

  it('finds a row that is missing, doubled or in another place', async () => {
    for (const list of ['miners', 'pairs', 'weights'] as const) {
      const change = (edit: (rows: unknown[]) => void) => {
        const document = JSON.parse(TEXT) as Record<typeof list, unknown[]>;
        edit(document[list]);
        return verify(JSON.stringify(document));
      };
      const codes = [
        await change((rows) => rows.pop()),
        await change((rows) => rows.push(rows.at(-1))),
        await change((rows) => rows.reverse()),
      ].map(({ exitCode }) => exitCode);
      expect([list, codes]).toEqual([list, [1, 1, 1]]);
    }
  });

  it('takes a document in another layout', async () => {
    const laidOut = JSON.stringify(JSON.parse(TEXT), null, 2).replaceAll('\n', '\r\n');
    expect((await verify(`\uFEFF${laidOut}`)).exitCode).toBe(0);
  });

  it('stops reading what is too large', async () => {
    let pieces = 0;
    const piece = Buffer.alloc(16 * 1_024 * 1_024, ' ');
    const endless = (function* () {
      for (;;) {
        pieces += 1;
        yield piece;
      }
    })();
    const { exitCode, stderr } = await cli(['weights', 'verify', '-'], { input: endless });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `- has more than ${DOCUMENT_BYTES_MAX} bytes\n`,
    });
    expect(pieces * piece.length).toBeLessThan(2 * DOCUMENT_BYTES_MAX);
  });

  it('refuses what is no text, and a file that cannot be read', async () => {
    const binary = await verify(Uint8Array.of(0xff, 0xfe, 0xfd));
    expect(binary).toMatchObject({ exitCode: 1, stderr: '- is not a text in UTF-8\n' });
    const folder = temporaryFolder();
    const missing = join(folder, 'missing.json');
    expect(await cli(['weights', 'verify', missing])).toMatchObject({
      exitCode: 1,
      stderr: `${missing} cannot be read: it does not exist (ENOENT)\n`,
    });
    expect(await cli(['weights', 'verify', folder])).toMatchObject({
      exitCode: 1,
      stderr: `${folder} cannot be read: it is a folder (EISDIR)\n`,
    });
  });

  it('says what a small JSON text lacks, not how many brackets it has', async () => {
    expect((await verify('{}')).stdout).toContain('  format: (missing) is refused');
    expect((await verify('[1]')).stdout).toBe(
      'it is not a ledger document:\n' +
        '  the document: a list of 1 is refused, the rule is: is an object\n',
    );
  });

  it('needs neither a configuration nor a database, and offers none', async () => {
    const { stdout } = await cli(['weights', 'verify', '--help']);
    expect(stdout).toContain('--json');
    expect(stdout).not.toMatch(/--config|--database/);
    expect((await verify(TEXT, '--config', 'none.toml', '--database', 'none.db')).exitCode).toBe(0);
  });

  it('prints no control characters that a document brings', async () => {
    const document = JSON.parse(TEXT) as { submission: Record<string, unknown> };
    document.submission.extrinsic_hash = '\u001b[2J\u001b[31m';
    const { exitCode, stdout } = await verify(JSON.stringify(document));
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect((await verify('\u001b[2J')).stdout).not.toContain('\u001b');
  });
});

type Path = readonly (string | number)[];

function scalarPaths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([key, part]) => scalarPaths(part, [...at, key]));
}

/** Another value of the same kind. */
function another(value: unknown, by: number): unknown {
  if (typeof value === 'number') return value + by;
  if (typeof value === 'boolean') return !value;
  if (value === null) return by;
  const text = String(value);
  const place = by % text.length;
  const character = text[place] === '7' ? '8' : '7';
  return `${text.slice(0, place)}${character}${text.slice(place + 1)}`;
}
