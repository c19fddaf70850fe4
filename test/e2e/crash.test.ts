import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { devMiners } from '../../src/chain/dev/dev-genesis.ts';
import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';
import { connect, ProverStream } from '../support/grpc-client.ts';
import { TestProver } from '../support/running-service.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-database.ts';
import { wireReport } from '../support/wire-reports.ts';

const MESSAGES = 600;
const REPORTS_PER_MESSAGE = 4;
/** The process is killed when so many messages are acknowledged: somewhere in the middle of the stream. */
const KILLED_AFTER = 60;

/** One report per miner and message, each observed a millisecond after the one before. */
function messages(): readonly (readonly Report[])[] {
  const miners = devMiners({ seed: 1, miners: REPORTS_PER_MESSAGE });
  const startMs = Date.now() - 60_000;
  return Array.from({ length: MESSAGES }, (_, message) =>
    miners.map(({ uid, hotkey }) =>
      wireReport({ uid, hotkey, observedAtMs: startMs + message, id: `${message}-${uid}` }),
    ),
  );
}

function stored(folder: string): ReadonlySet<string> {
  const reader = new BetterSqlite3(join(folder, 'assay.db'), { readonly: true });
  const rows = reader
    .prepare<[], { report_id: string }>('select * from verification_reports')
    .all();
  reader.close();
  return new Set(rows.map(({ report_id }) => report_id));
}

function profiles(folder: string): readonly unknown[] {
  const reader = new BetterSqlite3(join(folder, 'assay.db'), { readonly: true });
  const rows = reader
    .prepare(
      'select miner_uid, revision >= 1 as stored, verification_count from miner_gpu_profiles',
    )
    .all();
  reader.close();
  return rows;
}

function streamTo(service: ServiceProcess): { prover: TestProver; leave: () => void } {
  const client = connect(service.address);
  const prover = new TestProver(new ProverStream(client.verification.StreamReports()), 'prover-1');
  return { prover, leave: () => client.close() };
}

describe('a service that is killed while a prover streams', () => {
  it('has every acknowledged report when it starts again, and takes the others once', async () => {
    const folder = temporaryFolder();
    const sent = messages();
    const killed = await ServiceProcess.start(folder);
    const first = streamTo(killed);
    for (const reports of sent) first.prover.send(reports);
    await first.prover.stream.acknowledgedUpTo(KILLED_AFTER);
    killed.kill('SIGKILL');
    await first.prover.stream.ended;
    first.leave();
    expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const acknowledged = first.prover.stream.acknowledged.at(-1) ?? 0;
    expect(acknowledged).toBeLessThan(MESSAGES);

    const again = await ServiceProcess.start(folder);
    const found = stored(folder);
    const promised = sent.slice(0, acknowledged).flat();
    expect(promised.filter(({ report_id }) => !found.has(report_id ?? ''))).toEqual([]);

    const second = streamTo(again);
    for (const reports of sent) second.prover.send(reports);
    await second.prover.stream.acknowledgedUpTo(MESSAGES);
    const expected = sent
      .flat()
      .map(
        ({ report_id = '' }) => `${report_id} ${found.has(report_id) ? 'DUPLICATE' : 'APPLIED'}`,
      );
    expect(second.prover.stream.outcomes).toEqual(expected);
    second.leave();
    again.kill('SIGTERM');
    expect(await again.exited).toEqual({ code: 0, signal: null });
    expect(stored(folder).size).toBe(MESSAGES * REPORTS_PER_MESSAGE);
    expect(profiles(folder)).toEqual(
      [2, 3, 4, 5].map((miner_uid) => ({ miner_uid, stored: 1, verification_count: MESSAGES })),
    );
  });
});
