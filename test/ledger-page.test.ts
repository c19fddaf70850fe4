import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entryDocument } from '../src/domain/ledger/ledger-entry.ts';
import { documentText } from '../src/store/ledger-document.ts';
import { mixedContent } from './support/ledger-samples.ts';
import { SAMPLE_TIME_MS } from './support/profile-samples.ts';
import { sharedLedger, weightsCli } from './support/recorded-ledger.ts';
import { sharedTemporaryFolder } from './support/temporary-database.ts';
import { sampleCommitment, sampleExtrinsic } from './support/weight-set-samples.ts';

const page = readFileSync(new URL('../docs/ledger.md', import.meta.url), 'utf8');
const hasPython = spawnSync('python3', ['--version']).status === 0;
const ledgerOf = sharedLedger();
const folder = sharedTemporaryFolder();

function sample(): Record<string, unknown> {
  const extrinsic = sampleExtrinsic({ commitment: sampleCommitment() });
  const outcome = { state: 'verified', updatedAtMs: SAMPLE_TIME_MS, extrinsic } as const;
  return JSON.parse(documentText(mixedContent(), outcome));
}

/** Runs the page's script over a document. */
function check(text: string) {
  const [, script = ''] = /```python\n([\s\S]*?)```/.exec(page) ?? [];
  const [program, file] = [join(folder, 'check.py'), join(folder, 'document.json')];
  writeFileSync(program, script);
  writeFileSync(file, text);
  const { status, stdout, stderr } = spawnSync('python3', [program, file], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [key, ...keysOf(part)]);
}

describe('docs/ledger.md', () => {
  it('explains every field of a document', () => {
    const names = new Set(keysOf(sample()));
    expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('names every field of the entry in its own table, and no other', () => {
    const section = page.slice(page.indexOf('### The entry'), page.indexOf('## Without Assay'));
    const cells = [...section.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => String(cell));
    const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(Object.keys(entryDocument(mixedContent().sealed.entry)).sort());
  });

  it('links to files that exist', () => {
    const links = [...page.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, path]) => String(path));
    expect(links.length).toBeGreaterThan(5);
    for (const path of links) {
      expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
    }
  });
});

// Python is no part of what Assay needs; where it is missing, the reporter shows these as skipped.
describe.skipIf(!hasPython)('the script of docs/ledger.md (needs python3)', () => {
  it('accepts every set that was exported', async () => {
    const ledger = await ledgerOf();
    for (const { block } of ledger.sets) {
      const args = ['export', '--block', String(block), '--out', '-'];
      const { stdout } = await weightsCli(ledger, args);
      const { digest } = JSON.parse(stdout) as { digest: string };
      expect(check(stdout)).toEqual({ status: 0, stdout: `holds: ${digest}\n`, stderr: '' });
    }
  });

  it.each([
    ['digest', ['digest'], '1'.repeat(64)],
    ['digest', ['entry', 'block'], 361],
    ['input_digest', ['miners', 0, 4], 5],
    ['pairs_digest', ['pairs', 0, 5], 5],
    ['weights_digest', ['weights', 1, 2], 'other'],
    ['weights', ['weights', 1, 1], 1],
    ['miner_count', ['entry', 'miner_count'], 3],
    ['pair_count', ['entry', 'pair_count'], 3],
    ['burn.weight', ['entry', 'burn', 'rounding_weight'], 30],
    ['total_weight', ['entry', 'total_weight'], 3],
    ['H100 weight_pool', ['entry', 'categories', 1, 'weight_pool'], 3],
    ['H100 total_basis', ['entry', 'categories', 1, 'total_basis'], '3'],
    ['H100 miner_count', ['entry', 'categories', 1, 'miner_count'], 9],
    ['H100 gpu_count', ['entry', 'categories', 1, 'gpu_count'], 9],
  ] as const)('finds another %s at %j', (name, path, value) => {
    const document = sample();
    const parent = path.slice(0, -1).reduce<unknown>((at, key) => Object(at)[key], document);
    Object(parent)[path.at(-1) ?? ''] = value;
    const { status, stdout, stderr } = check(JSON.stringify(document));
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain(`${name}: expected`);
  });
});
