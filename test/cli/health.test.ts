import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../support/cli-run.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

/** Nothing listens there: the port is reserved. */
const NOBODY = '127.0.0.1:1';

describe('assay health', () => {
  it('ends with code 0 for a service that serves', async () => {
    const { app } = await RunningService.start();
    expect(await cli(['health', '--address', app.address])).toEqual({
      exitCode: 0,
      stdout: `${app.address}: SERVING\n`,
      stderr: '',
    });
  });

  it('ends with code 69 when nobody answers', async () => {
    const answered = await cli(['health', '--address', NOBODY, '--json']);
    expect(answered.exitCode).toBe(69);
    expect(JSON.parse(answered.stdout)).toEqual({ address: NOBODY, status: 'UNREACHABLE' });
    expect(answered.stderr).toBe(`${NOBODY} does not serve\n`);
  });

  it('asks the service of the configuration, over loopback when that listens everywhere', async () => {
    const { app } = await RunningService.start();
    const port = app.address.split(':')[1];
    const config = join(temporaryFolder(), 'assay.toml');
    writeFileSync(config, `[server]\nlisten = "0.0.0.0:${port}"\n`);
    const answered = await cli(['health', '--config', config, '--json']);
    expect(answered.exitCode).toBe(0);
    expect(JSON.parse(answered.stdout)).toEqual({
      address: `127.0.0.1:${port}`,
      status: 'SERVING',
    });
  });
});
