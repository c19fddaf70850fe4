import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../support/cli-run.ts';
import { emptyFile, FILLED_UIDS, filledFile, uidsIn } from '../support/database-files.ts';
import { RunningService } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const KEPT = /assay\.db\.replaced-\d{8}T\d{6}\.\d{3}Z$/;

describe('assay db restore', () => {
  it('says what it restored and where the replaced database is', async () => {
    const [copy, database] = [await filledFile(), await emptyFile()];
    const args = ['db', 'restore', copy, '--database', database];
    expect(await cli(args)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining('--replace puts it aside, nothing is deleted'),
    });
    const { exitCode, stdout, stderr } = await cli([...args, '--replace']);
    expect(exitCode).toBe(0);
    const [first, second, third] = stderr.split('\n');
    expect(first).toBe(`${database} is restored from ${copy}`);
    expect(second).toMatch(/^what was there before is .+/);
    expect(second).toMatch(KEPT);
    expect(third).toMatch(/^no state of the simulated chain is beside the copy/);
    expect(stdout).toContain('newest block               360\n');
    expect(uidsIn(database)).toEqual(FILLED_UIDS);
  });

  it('prints the same as one JSON object', async () => {
    const [copy, database] = [await filledFile(), await emptyFile()];
    const args = ['db', 'restore', copy, '--replace', '--json', '--database', database];
    const { stdout, stderr } = await cli(args);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      file: copy,
      database,
      schema: 'current',
      newest_block: 360,
      rows: { verification_reports: 3 },
      replaced: expect.stringMatching(KEPT),
      chain_state_file: null,
      replaced_chain_state_file: null,
    });
  });

  it('brings the state of the simulated chain back that belongs to the copy', async () => {
    const service = await RunningService.start();
    await service.prover().deliver(service.report(2));
    await service.nextSet();
    const env = { ASSAY_CHAIN__DEV__STATE_FILE: join(service.folder, 'chain.json') };
    const copy = join(temporaryFolder(), 'copy.db');
    await cli(['db', 'backup', copy, '--database', service.database], { env });
    const saved = readFileSync(`${copy}.dev-chain.json`, 'utf8');
    await service.nextSet();
    await service.stop();
    const later = readFileSync(join(service.folder, 'chain.json'), 'utf8');
    expect(later).not.toBe(saved);
    const args = ['db', 'restore', copy, '--replace', '--database', service.database];
    const { exitCode, stderr } = await cli(args, { env });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("the chain's state that was there before is ");
    expect(readFileSync(join(service.folder, 'chain.json'), 'utf8')).toBe(saved);
    const kept = readdirSync(service.folder).find((name) => name.startsWith('chain.json.replaced'));
    expect(readFileSync(join(service.folder, String(kept)), 'utf8')).toBe(later);
  });

  it('refuses a state that the simulated chain could not start with', async () => {
    const [copy, database] = [await filledFile(), await emptyFile()];
    for (const text of ['no JSON', '{"format":"other"}']) {
      writeFileSync(`${copy}.dev-chain.json`, text);
      const args = ['db', 'restore', copy, '--replace', '--database', database];
      expect(await cli(args)).toEqual({
        exitCode: 1,
        stdout: '',
        stderr: `invalid_argument: ${copy}.dev-chain.json is not the state of a simulated chain\n`,
      });
    }
    expect(readdirSync(dirname(database))).toEqual(['assay.db']);
    expect(uidsIn(database)).toEqual([]);
  });

  it('refuses while the service runs', async () => {
    const service = await RunningService.start();
    const copy = await filledFile();
    const args = ['db', 'restore', copy, '--replace', '--database', service.database];
    const { exitCode, stderr } = await cli(args);
    expect(exitCode).toBe(69);
    expect(stderr).toContain('is in use: stop the service');
    await service.prover().deliver(service.report(2));
    expect(service.rows('select miner_uid from miner_gpu_profiles')).toEqual([{ miner_uid: 2 }]);
  });
});
