import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../support/cli-run.ts';
import { sharedTemporaryFolder } from '../support/temporary-database.ts';

const config = join(sharedTemporaryFolder(), 'assay.toml');

beforeEach(() => writeFileSync(config, ''));

function run(...args: string[]) {
  return cli(['gpu', ...args, '--config', config]);
}

describe('assay gpu', () => {
  it('prints exactly name, category and kind of each name in order with --json', async () => {
    const names = ['NVIDIA H100 PCIe', 'GRID A100-40C', '', 'Н100', 'NVIDIA H100 PCIe'];
    const { exitCode, stdout, stderr } = await run(...names, '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(
      `${JSON.stringify([
        { name: 'NVIDIA H100 PCIe', category: 'H100', kind: 'full' },
        { name: 'GRID A100-40C', category: 'OTHER', kind: 'slice' },
        { name: '', category: 'OTHER', kind: 'nameless' },
        { name: 'Н100', category: 'OTHER', kind: 'unknown' },
        { name: 'NVIDIA H100 PCIe', category: 'H100', kind: 'full' },
      ])}\n`,
    );
  });

  it('prints a table otherwise', async () => {
    const { stdout } = await run('NVIDIA GeForce RTX 4090', 'NVIDIA T500');
    const cells = stdout
      .split('\n')
      .filter((line) => line.startsWith('│'))
      .map((line) =>
        line
          .split('│')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(cells).toEqual([
      ['name', 'category', 'kind'],
      ['NVIDIA GeForce RTX 4090', 'RTX4090', 'full'],
      ['NVIDIA T500', 'OTHER', 'laptop'],
    ]);
  });

  it('shows characters that could change the terminal by their code, and the start of a long name', async () => {
    const { stdout } = await run('\u001b[2JH100\u202e', 'X'.repeat(10_000));
    expect(stdout).toContain('\\u{1b}[2JH100\\u{202e}');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain(`${'X'.repeat(96)}…`);
    expect(stdout.length).toBeLessThan(2_000);
  });

  it('follows the aliases of the configuration', async () => {
    writeFileSync(config, '[gpu.aliases]\n"NVIDIA M403" = "h200"\n');
    const { stdout } = await run('nvidia-m403', '--json');
    expect(JSON.parse(stdout)).toEqual([{ name: 'nvidia-m403', category: 'H200', kind: 'full' }]);
  });

  it('ends with exit code 78 when the configuration is wrong', async () => {
    writeFileSync(config, '[gpu.aliases]\n"NVIDIA M403" = "H2000"\n');
    const { exitCode, stdout, stderr } = await run('NVIDIA M403', '--json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' });
    expect(stderr).toContain('H200');
  });

  it('ends with exit code 2 without a name', async () => {
    const { exitCode, stdout } = await run('--json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });
});
