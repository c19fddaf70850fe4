import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';
import { cli } from '../support/cli-run.ts';
import { dumpOf, readRows } from '../support/database-files.ts';
import { answer } from '../support/grpc-client.ts';
import { cliProcess } from '../support/node-process.ts';
import { A100 } from '../support/report-samples.ts';
import { RunningService, type TestProver, weightByUid } from '../support/running-service.ts';
import { temporaryFolder } from '../support/temporary-database.ts';

const TOML = `
[emission]
burn_uid = 0
gpu_allocations = { H100 = 60, A100 = 40 }
`;
const PROVERS = ['prover-0', 'prover-1', 'prover-2'] as const;
const UIDS = [2, 3, 4, 5, 6, 7, 8, 9];
const MACHINES = 2;
/** Messages that wait for their acknowledgement at a prover. */
const WINDOW = 1;
/** Four commands run as processes of their own, on a machine that may be busy. */
const TIME_LIMIT_MS = 120_000;

/** What one prover has sent; each prover has miners of its own, so that their reports have one order. */
class Sending {
  readonly sent: (readonly Report[])[] = [];
  readonly #service: RunningService;
  readonly #prover: TestProver;
  readonly #number: number;
  #isEnding = false;

  constructor(service: RunningService, number: number) {
    this.#service = service;
    this.#number = number;
    this.#prover = service.prover(PROVERS[number]);
  }

  /** Identifiers of the reports that were acknowledged. */
  get acknowledged(): readonly string[] {
    const count = this.#prover.stream.acknowledged.at(-1) ?? 0;
    return this.sent.slice(0, count).flatMap(idsOf);
  }

  async untilEnd(): Promise<void> {
    while (!this.#isEnding) {
      const reports = this.#next();
      this.sent.push(reports);
      const sequence = this.#prover.send(reports);
      await this.#prover.stream.acknowledgedUpTo(sequence - WINDOW);
    }
    await this.#prover.stream.acknowledgedUpTo(this.sent.length);
  }

  end(): void {
    this.#isEnding = true;
  }

  #next(): readonly Report[] {
    const message = this.sent.length;
    const miners = UIDS.filter((uid) => uid % PROVERS.length === this.#number);
    return miners.map((uid) => {
      const report = this.#service.report(uid, {
        id: `${uid}-${message}`,
        observedAtMs: this.#service.clock.now() - 3_600_000 + message,
        score: ((message * 7 + uid) % 100) / 100,
        ...(uid % 2 === 0 ? {} : { gpus: [[A100, uid]] }),
      });
      return onTwoMachines(report);
    });
  }
}

function onTwoMachines(report: Report): Report {
  const [machine] = report.executors ?? [];
  return { ...report, executors: [{ ...machine }, { ...machine, executor_id: 'second' }] };
}

function idsOf(reports: readonly Report[]): readonly string[] {
  return reports.map(({ report_id }) => String(report_id));
}

/** Configuration of the commands for a service's folder. */
function commandConfig(folder: string): readonly string[] {
  const file = join(folder, 'commands.toml');
  const state = JSON.stringify(join(folder, 'chain.json'));
  writeFileSync(file, `${TOML}[chain.dev]\nstate_file = ${state}\n`);
  return ['--config', file, '--database', join(folder, 'assay.db'), '--json'];
}

async function command(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await cliProcess(['db', ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function changeBurn(service: RunningService): Promise<void> {
  const client = service.client().emissionConfig;
  const { version } = await answer<{ version: { etag: string; emission_config: object } }>((done) =>
    client.GetEmissionConfig({}, done as never),
  );
  const emission_config = { ...version.emission_config, burn_percentage: 25 };
  await answer((done) =>
    client.UpdateEmissionConfig({ emission_config, etag: version.etag }, done),
  );
}

/** What holds for the rows of a copy if no report is there by half. */
function expectWhole(copy: string): void {
  const halves = `select r.id from verification_reports r
    left join miner_prover_results m on m.verification_report_id = r.id
    group by r.id having count(m.id) <> ${MACHINES}`;
  expect(readRows(copy, halves)).toEqual([]);
  const uncounted = `select p.miner_uid from miner_gpu_profiles p where p.verification_count <>
    (select count(*) from verification_reports r where r.miner_uid = p.miner_uid)`;
  expect(readRows(copy, uncounted)).toEqual([]);
}

function reportsIn(file: string): ReadonlySet<string> {
  const rows = readRows(file, 'select report_id from verification_reports');
  return new Set(rows.map(({ report_id }) => String(report_id)));
}

const LEDGER = 'select block, digest, previous_digest, entry_json from ledger_entries order by 1';

describe('backups of a service that provers stream to', () => {
  it('are sound, have what was acknowledged, and a restored one continues exactly', {
    timeout: TIME_LIMIT_MS,
  }, async () => {
    const service = await RunningService.start({ toml: TOML });
    const observedAtMs = service.clock.now() - 7_200_000;
    const first = onTwoMachines(service.report(2, { id: 'first', score: 0.5, observedAtMs }));
    await service.prover('first').deliver(first);
    await changeBurn(service);
    expect(await service.nextSet()).toMatchObject({ block: 10, state: 'verified' });

    const sendings = PROVERS.map((_, number) => new Sending(service, number));
    const streaming = Promise.all(sendings.map((sending) => sending.untilEnd()));
    const copies: string[] = [];
    for (const number of [1, 2, 3]) {
      const copy = join(temporaryFolder(), 'copy.db');
      const before = sendings.flatMap(({ acknowledged }) => acknowledged);
      const backup = command('backup', copy, ...commandConfig(service.folder));
      // Weights are set in the middle of the second backup.
      if (number === 2) expect((await service.nextSet()).state).toBe('verified');
      expect(await backup).toMatchObject({ file: copy, schema: 'current' });
      const found = reportsIn(copy);
      expect(before.filter((id) => !found.has(id))).toEqual([]);
      expectWhole(copy);
      copies.push(copy);
    }
    const sizes = copies.map((each) => reportsIn(each).size);
    expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
    for (const sending of sendings) sending.end();
    await streaming;
    const copy = String(copies.at(-1));
    const sent = sendings.flatMap((sending) => sending.sent.flatMap(idsOf));
    const found = reportsIn(copy);
    expect(found.size).toBeGreaterThan(1);
    expect(found.size).toBeLessThan(sent.length);

    const folder = temporaryFolder();
    await command('restore', copy, ...commandConfig(folder));
    expect(dumpOf(join(folder, 'assay.db'))).toEqual(dumpOf(copy));
    const restored = await RunningService.start({ toml: TOML, folder, clock: service.clock });
    expect(restored.app.weightSetting.status()).toMatchObject({ nextSetBlock: 30 });
    for (const [number, sending] of sendings.entries()) {
      const prover = restored.prover(PROVERS[number]);
      for (const reports of sending.sent) prover.send(reports);
      await prover.stream.acknowledgedUpTo(sending.sent.length);
      expect(prover.stream.outcomes).toEqual(
        sending.sent.flatMap(idsOf).map((id) => `${id} ${found.has(id) ? 'DUPLICATE' : 'APPLIED'}`),
      );
    }
    const [expected, set] = [await service.nextSet(), await restored.nextSet()];
    expect(set).toMatchObject({ block: 30, state: 'verified', emissionConfigVersion: 2 });
    expect(weightByUid(set.vector)).toEqual(weightByUid(expected.vector));
    expect(await restored.onChain()).toEqual(await service.onChain());
    // The whole record, from the lines of the miners to the digests, is that of the service that went on.
    expect(restored.rows(LEDGER)).toEqual(service.rows(LEDGER));
    expect(restored.rows(LEDGER).map(({ block }) => block)).toEqual([10, 20, 30]);
    for (const file of [...copies, restored.database]) {
      const { exitCode, stdout } = await cli(['db', 'check', '--replay', '--database', file]);
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: expect.stringContaining('same'),
      });
    }
  });
});
