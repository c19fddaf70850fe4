import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { devMiners } from '../../src/chain/dev/dev-genesis.ts';
import { connect, ProverStream } from '../support/grpc-client.ts';
import { TestProver } from '../support/running-service.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { temporaryFolder } from '../support/temporary-database.ts';
import { wireReport } from '../support/wire-reports.ts';

const MINERS = devMiners({ seed: 1, miners: 8 });

function reports(message: number) {
  return MINERS.map(({ uid, hotkey }) =>
    wireReport({ uid, hotkey, observedAtMs: Date.now(), id: `${message}-${uid}` }),
  );
}

function storedCount(folder: string): number {
  const reader = new BetterSqlite3(join(folder, 'assay.db'), { readonly: true });
  const row = reader
    .prepare<[], { count: number }>('select count(*) as count from verification_reports')
    .get();
  reader.close();
  return row?.count ?? 0;
}

describe('a service that is told to stop while streams are open', () => {
  it('acknowledges what it has stored, ends the streams with UNAVAILABLE and exits with 0', async () => {
    const folder = temporaryFolder();
    const service = await ServiceProcess.start(folder);
    const client = connect(service.address);
    const prover = new TestProver(
      new ProverStream(client.verification.StreamReports()),
      'prover-1',
    );
    const idle = new ProverStream(client.verification.StreamReports());
    for (let message = 1; message <= 300; message += 1) prover.send(reports(message));
    await prover.stream.acknowledgedUpTo(1);
    service.kill('SIGTERM');
    const ended = await prover.stream.ended;
    expect(ended).toMatchObject({ code: 'UNAVAILABLE', reason: 'SHUTTING_DOWN' });
    expect(ended.retryAfterMs).toBeGreaterThan(0);
    expect((await idle.ended).code).toBe('UNAVAILABLE');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    client.close();
    // Nothing is stored that was not acknowledged, and nothing acknowledged that was not stored.
    const acknowledged = prover.stream.acknowledged.at(-1) ?? 0;
    expect(prover.stream.outcomes.length).toBe(acknowledged * MINERS.length);
    expect(storedCount(folder)).toBe(acknowledged * MINERS.length);
    expect(service.log.map(({ msg }) => msg).at(-1)).toBe('stopped');
  });

  it('stops at SIGINT in the same way, with nothing to do', async () => {
    const service = await ServiceProcess.start(temporaryFolder());
    service.kill('SIGINT');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.log.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['serving', 'draining: no new streams, committing what was taken']),
    );
  });
});
