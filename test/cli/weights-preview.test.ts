import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli } from '../support/cli-run.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const IN_FORCE = `
[emission]
burn_uid = 0
weight_set_interval_blocks = 10
resolution = "sum"
gpu_allocations = { H100 = 60, A100 = 40 }
`;
const CANDIDATE = IN_FORCE.replace('60', '25').replace('40', '75');

/** UID 2 has H100, UID 3 A100. */
async function twoMiners(toml = IN_FORCE) {
  const service = await RunningService.start({ toml });
  await service.prover().deliver(service.report(2), service.report(3, { gpus: [[A100, 8]] }));
  return service;
}

function fileOf(text: string): string {
  const file = join(temporaryFolder(), 'new.toml');
  writeFileSync(file, text);
  return file;
}

const preview = ({ app }: RunningService, toml: string, ...more: readonly string[]) =>
  cli(['weights', 'preview', '--config', fileOf(toml), '--address', app.address, ...more]);

/** Works in a folder of its own until the test ends. */
function inFolderWith(text: string | undefined) {
  const folder = process.cwd();
  process.chdir(temporaryFolder());
  onTestFinished(() => process.chdir(folder));
  if (text !== undefined) writeFileSync('assay.toml', text);
}

/** The cells of each row of a table. */
function cells(line: string | undefined): readonly string[] {
  return (line ?? '')
    .split('│')
    .map((cell) => cell.trim())
    .filter((cell) => cell !== '');
}

describe('assay weights preview', () => {
  it('shows the changed fields, every category and the miners that it concerns most', async () => {
    const service = await twoMiners();
    const { exitCode, stdout, stderr } = await preview(service, CANDIDATE);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const rows = stdout.split('\n').map(cells);
    expect(rows).toContainEqual(['gpu_allocations.H100.weight', '60', '25']);
    expect(rows).toContainEqual(['gpu_allocations.A100.weight', '40', '75']);
    // 25 % of 65535 units is 16383.75 of them, so 16384.
    expect(rows).toContainEqual(['H100', '1', '1', '60.0000 %', '25.0004 %', '-35']);
    expect(rows).toContainEqual(['A100', '1', '1', '40.0000 %', '74.9996 %', '+35']);
    expect(rows).toContainEqual(['burn', '0.0000 %', '0.0000 %']);
    const uids = rows.filter(([first]) => /^\d+$/.test(first ?? '')).map(([uid]) => uid);
    expect(uids).toEqual(['2', '3']);
    expect(stdout).toContain('instead of version 1');
    expect(service.rows('select count(*) as count from emission_configs')).toEqual([{ count: 1 }]);
  });

  it('prints the same as JSON', async () => {
    const service = await twoMiners();
    const { exitCode, stdout } = await preview(service, CANDIDATE, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      emission_config_version: 1,
      changes: [
        { field: 'gpu_allocations.A100.weight', old_value: '40', new_value: '75' },
        { field: 'gpu_allocations.H100.weight', old_value: '60', new_value: '25' },
      ],
      impact: {
        categories: [
          { gpu_model: 'H100', old_percentage: 60 },
          { gpu_model: 'A100', old_percentage: 40 },
        ],
        miners: [{ miner_uid: 2 }, { miner_uid: 3 }],
      },
      impact_unavailable: '',
    });
  });

  it('says plainly that nothing would change', async () => {
    const service = await twoMiners();
    expect(await preview(service, IN_FORCE)).toEqual({
      exitCode: 0,
      stdout: 'nothing would change: this is what version 1 says, which is in force\n',
      stderr: '',
    });
  });

  it('says when no miner gets another part, though a field differs', async () => {
    const service = await twoMiners();
    const { stdout } = await preview(service, IN_FORCE.replace('blocks = 10', 'blocks = 20'));
    expect(stdout.split('\n').map(cells)).toContainEqual([
      'weight_set_interval_blocks',
      '10',
      '20',
    ]);
    expect(stdout).toContain('no miner gets another part of the total\n');
  });

  it('says why nothing is known of the impact when what is in force pays nobody', async () => {
    const service = await twoMiners(
      IN_FORCE.replace('H100 = 60, A100 = 40', 'T4 = 100').replace(
        'burn_uid = 0',
        'burn_uid = 5\nunallocated = "redistribute"',
      ),
    );
    const { exitCode, stdout } = await preview(service, CANDIDATE);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /what that changes for categories and miners is not known: under the configuration in force: the burn target UID 5 /,
    );
    expect(stdout.split('\n').map(cells)).toContainEqual(['gpu_allocations.T4.weight', '100', '-']);
  });

  it('names every problem of the file as assay config check does', async () => {
    const file = fileOf('[emission]\nburn_percentage = 101\nburn_percentagge = 1\n');
    const checked = await cli(['config', 'check', '--config', file]);
    expect(checked.exitCode).toBe(78);
    expect(checked.stderr).toContain('emission.burn_percentage = 101');
    expect(await cli(['weights', 'preview', '--config', file])).toEqual(checked);
  });

  it('asks the service of the configuration, and ends with code 69 when nobody answers', async () => {
    const file = fileOf(`[server]\nlisten = "127.0.0.1:1"\n${CANDIDATE}`);
    const { exitCode, stdout, stderr } = await cli(['weights', 'preview', '--config', file]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 69, stdout: '' });
    expect(stderr).toBe('nobody answers at 127.0.0.1:1 (ECONNREFUSED)\n');
  });

  it('reads ./assay.toml when no file is named', async () => {
    const service = await twoMiners();
    inFolderWith(CANDIDATE);
    const args = ['weights', 'preview', '--address', service.app.address];
    const { exitCode, stdout } = await cli(args);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map(cells)).toContainEqual([
      'gpu_allocations.H100.weight',
      '60',
      '25',
    ]);
  });

  it('compares nothing when no file is there, instead of the built-in defaults', async () => {
    inFolderWith(undefined);
    expect(await cli(['weights', 'preview', '--address', '127.0.0.1:1'])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'there is no ./assay.toml with an emission section: give a file that has one with --config FILE\n',
    });
  });

  it('compares nothing when the file says nothing of emission', async () => {
    const file = fileOf('[server]\nlisten = "127.0.0.1:1"\n');
    const refused = await cli(['weights', 'preview', '--config', file]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toBe(
      `${file} has no emission section: give a file that has one with --config FILE\n`,
    );
  });

  it.each(['foo', '--json'])('does not take %s for an address', async (address) => {
    const refused = await cli(['weights', 'preview', '--address', address]);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('it is host:port, for example 127.0.0.1:50551.');
  });

  it('ends with code 1 when weights of the candidate would be withheld', async () => {
    const service = await twoMiners();
    const burning = CANDIDATE.replace('burn_uid = 0', 'burn_uid = 5\nburn_percentage = 10');
    const { exitCode, stderr } = await preview(service, burning);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^weight_set_withheld: the burn target UID 5 belongs to /);
  });
});
