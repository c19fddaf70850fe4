import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { toEmissionConfigMessage } from '../../src/grpc/emission-config/emission-config-message.ts';
import type { GetEmissionConfigResponse__Output } from '../../src/grpc/generated/assay/v1/GetEmissionConfigResponse.ts';
import { cli } from '../support/cli-run.ts';
import { answer } from '../support/grpc-client.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const TOML = '[emission]\nburn_uid = 0\n';

/** A service whose configuration was changed once for each burn percentage. */
async function serviceWith(...burns: readonly number[]): Promise<RunningService> {
  const service = await RunningService.start({ toml: TOML });
  for (const burn of burns) await changeBurn(service, burn);
  return service;
}

async function changeBurn(service: RunningService, burnPercentage: number) {
  const { emissionConfig } = service.client();
  const { version } = await answer<GetEmissionConfigResponse__Output>((done) =>
    emissionConfig.GetEmissionConfig({}, done),
  );
  const config = { ...defaultEmissionConfig(), weightSetIntervalBlocks: 10, burnTarget: 0 };
  const request = {
    emission_config: toEmissionConfigMessage({ ...config, burnPercentage }),
    etag: version?.etag ?? '',
  };
  await answer((done) => emissionConfig.UpdateEmissionConfig(request, done));
}

const versions = ({ database }: RunningService, ...more: readonly string[]) =>
  cli(['config', 'versions', '--database', database, ...more]);

const restore = ({ app }: RunningService, version: number | string, ...more: readonly string[]) =>
  cli(['config', 'restore', String(version), '--address', app.address, ...more]);

/** The cells of each row that has them. */
function rowsOf(stdout: string): readonly (readonly string[])[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) => line.split('│').slice(1, -1))
    .map((row) => row.map((cell) => cell.trim()));
}

describe('assay config versions', () => {
  it('lists every version with source, time and what changed, the newest first', async () => {
    const service = await serviceWith(10, 20);
    await restore(service, 2);
    const { exitCode, stdout, stderr } = await versions(service);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const rows = rowsOf(stdout).slice(1);
    const time = new Date(service.clock.now()).toISOString();
    const digest = expect.stringMatching(/^[0-9a-f]{12}$/);
    expect(rows).toEqual([
      ['4', time, 'api', digest, 'version 2 again'],
      ['', '', '', '', 'burn_percentage: 20 to 10'],
      ['3', time, 'api', digest, 'burn_percentage: 10 to 20'],
      ['2', time, 'api', digest, 'burn_percentage: 0 to 10'],
      ['1', time, 'file', digest, ''],
    ]);
    expect(rows[0]?.[3]).toBe(rows[3]?.[3]);
  });

  it('prints whole configurations as JSON, from a database that no service holds', async () => {
    const service = await serviceWith(10);
    await restore(service, 1);
    await service.stop();
    const { exitCode, stdout } = await versions(service, '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject([
      { version: 3, source: 'api', restored_from_version: 1, emission: { burn_percentage: 0 } },
      { version: 2, source: 'api', restored_from_version: null, emission: { burn_percentage: 10 } },
      {
        version: 1,
        source: 'file',
        etag: expect.stringMatching(/^[0-9a-f]{64}$/),
        create_time: new Date(service.clock.now()).toISOString(),
        restored_from_version: null,
        emission: { burn_target: 0, gpu_allocations: { H100: { weight: 30 } } },
      },
    ]);
  });

  it('shows as many as asked for, and says that there are more', async () => {
    const service = await serviceWith(10, 20);
    const { stdout, stderr } = await versions(service, '--limit', '1');
    expect(rowsOf(stdout).slice(1)).toEqual([
      ['3', expect.any(String), 'api', expect.any(String), 'burn_percentage: 10 to 20'],
    ]);
    expect(stderr).toContain('--limit');
  });

  it('names three changes and counts the others', async () => {
    const service = await serviceWith(10);
    const changed = await service.restart({ toml: '[emission]\ngpu_allocations = { T4 = 100 }\n' });
    const { stdout } = await versions(changed, '--limit', '1');
    expect(
      rowsOf(stdout)
        .slice(1)
        .map((row) => row[4]),
    ).toEqual([
      'burn_percentage: 10 to 0',
      'burn_target: 0 to owner',
      'gpu_allocations.A100.min_gpu_count: 0 to -',
      'and 17 more',
    ]);
  });

  it('makes no database where there is none', async () => {
    const file = join(temporaryFolder(), 'none.db');
    const { exitCode, stderr } = await cli(['config', 'versions', '--database', file]);
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`store_unusable: there is no database ${file}\n`);
  });
});

describe('assay config restore', () => {
  it('makes an old version current again and shows the difference', async () => {
    const service = await serviceWith(10);
    const { exitCode, stdout, stderr } = await restore(service, 1);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('version 3 is in force now: version 1 is back\n');
    expect(rowsOf(stdout)).toContainEqual(['burn_percentage', '10', '0']);
    expect(
      service.rows('select version, restored_from from emission_configs order by version desc'),
    ).toEqual([
      { version: 3, restored_from: 1 },
      { version: 2, restored_from: null },
      { version: 1, restored_from: null },
    ]);
  });

  it('changes nothing with --dry-run', async () => {
    const service = await serviceWith(10);
    const { exitCode, stdout } = await restore(service, 1, '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('version 1 would come back instead of version 2');
    expect(rowsOf(stdout)).toContainEqual(['burn_percentage', '10', '0']);
    expect(service.rows('select count(*) as count from emission_configs')).toEqual([{ count: 2 }]);
  });

  it('says plainly that the version is in force already', async () => {
    const service = await serviceWith(10);
    expect(await restore(service, 2)).toEqual({
      exitCode: 0,
      stdout: 'nothing changes: version 2, which is in force, is the same as version 2\n',
      stderr: '',
    });
  });

  it('prints the same as JSON', async () => {
    const service = await serviceWith(10);
    const { stdout } = await restore(service, 1, '--dry-run', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      emission_config_version: 2,
      dry_run: true,
      changes: [{ field: 'burn_percentage', old_value: '10', new_value: '0' }],
    });
  });

  it('says why the impact is not known, and restores all the same', async () => {
    const service = await RunningService.start({ toml: '[emission]\nburn_uid = 5\n' });
    await changeBurn(service, 10);
    const { exitCode, stdout } = await restore(service, 1);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('version 3 is in force now');
    expect(stdout).toContain(
      'is not known: under the new configuration: the burn target UID 5 belongs to',
    );
  });

  it.each([
    ['99', 1, 'emission_config_not_found: the emission configuration never had a version 99'],
    ['0', 2, 'it is a whole number from 1'],
    ['last', 2, 'it is a whole number from 1'],
  ])('refuses version %s', async (version, code, text) => {
    const service = await serviceWith();
    const { exitCode, stdout, stderr } = await restore(service, version);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(text);
  });

  it('ends with code 69 when nobody answers', async () => {
    const { exitCode } = await cli(['config', 'restore', '1', '--address', '127.0.0.1:1']);
    expect(exitCode).toBe(69);
  });
});
