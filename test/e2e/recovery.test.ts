import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { WeightSetFailure } from '../../src/domain/weight-set.ts';
import type { Report } from '../../src/grpc/generated/assay/v1/Report.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { ProverClient } from '../../src/prover/prover-client.ts';
import { answer } from '../support/grpc-client.ts';
import { RunningService } from '../support/running-service.ts';
import { SeverableProxy } from '../support/severable-proxy.ts';

async function served(): Promise<RunningService> {
  const service = await RunningService.start();
  await service.prover().deliver(service.report(2));
  return service;
}

function setBlocks(service: RunningService) {
  return service.rows('select block, state from weight_submissions order by block');
}

/** Holds the write lock of the file as another process would, while `run` runs. */
async function whileLocked(service: RunningService, run: () => Promise<void>): Promise<void> {
  const other = new BetterSqlite3(service.database);
  try {
    other.exec('begin immediate');
    await run();
    other.exec('rollback');
  } finally {
    other.close();
  }
}

describe('a chain that does not answer', () => {
  it('costs the sets of its silence and nothing else: reports are taken, and weights are set after', async () => {
    const service = await served();
    const prover = service.prover('prover-2');
    service.chain.faults.isUnreachable = true;
    for (let block = 1; block <= 14; block += 1) {
      service.chain.produceBlock();
      await service.clock.advance(1_000);
    }
    expect(await prover.deliver(service.report(3))).toEqual(['APPLIED']);
    const { operations } = service.client();
    const status = await answer((done) => operations.GetStatus({}, done));
    expect(status).toMatchObject({ head_block: 0, profiles: 2, last_weight_set_block: 0 });
    service.chain.faults.isUnreachable = false;
    await service.clock.advance(1_000);
    expect(await service.endOfSet(14)).toMatchObject({
      block: 14,
      state: 'verified',
      minersServed: 2,
    });
  });

  it('in the middle of a set leaves it open, and the chain is asked later what became of it', async () => {
    const service = await served();
    await service.reach(10);
    await service.submitted();
    service.chain.faults.isUnreachable = true;
    service.chain.produceBlock();
    await service.clock.advance(1_000);
    expect(setBlocks(service)).toEqual([{ block: 10, state: 'submitted' }]);
    expect(service.app.weightSetting.status().isSetting).toBe(true);
    service.chain.faults.isUnreachable = false;
    await service.clock.advance(1_000);
    expect(await service.endOfSet(10)).toMatchObject({ block: 10, state: 'verified' });
    expect(setBlocks(service)).toEqual([{ block: 10, state: 'verified' }]);
  });

  it('that refuses a set says why, and the next one is set at the block that it names', async () => {
    const service = await served();
    const refusal: WeightSetFailure = {
      reason: 'SettingWeightsTooFast',
      message: 'the chain wants more time',
      action: { kind: 'retry_at_block', block: 14 },
    };
    service.chain.faults.refusal = refusal;
    expect(await service.nextSet()).toMatchObject({ block: 10, state: 'failed', failure: refusal });
    const { allocation } = service.client();
    expect(await answer((done) => allocation.GetWeights({ block: 10 }, done))).toMatchObject({
      weight_set: {
        state: 'WEIGHT_SET_STATE_FAILED',
        failure: {
          reason: 'SettingWeightsTooFast',
          action: 'RETRY_ACTION_RETRY_AT_BLOCK',
          retry_block: 14,
        },
      },
    });
    expect(service.app.weightSetting.status().nextSetBlock).toBe(14);
    expect(await service.nextSet()).toMatchObject({ block: 14, state: 'verified' });
  });
});

describe('a connection that is cut in the middle of a stream', () => {
  it('loses no report and counts none twice', async () => {
    const service = await RunningService.start();
    const proxy = await SeverableProxy.to(service.app.address);
    const breaks: string[] = [];
    const client = new ProverClient({
      address: proxy.address,
      proverId: 'prover-1',
      clock: systemClock,
      reportsPerMessage: 2,
      windowMessages: 4,
      onBreak: (reason) => breaks.push(reason),
    });
    const stop = new AbortController();
    const running = client.run(stop.signal);
    const reports = Array.from({ length: 400 }, (_, index) =>
      service.report(2 + (index % 8), { executorId: `executor-${index % 5}` }),
    );
    const sent = client.sendRound(reports);
    while (service.app.tallies().APPLIED < 100) await new Promise(setImmediate);
    proxy.cut();
    const tally = await sent;
    stop.abort();
    await running;
    expect(breaks.length).toBe(1);
    expect({ ...tally, sum: tally.applied + tally.duplicate }).toMatchObject({
      stale: 0,
      refused: 0,
      sum: 400,
    });
    expect(service.app.tallies().APPLIED).toBe(400);
    expect(service.rows('select sum(verification_count) as count from miner_gpu_profiles')).toEqual(
      [{ count: 400 }],
    );
    expect((await service.nextSet()).state).toBe('verified');
  });
});

describe('a database that another connection holds locked', () => {
  it('refuses what it cannot store, keeps what it acknowledged, and takes the rest afterwards', async () => {
    const service = await RunningService.start();
    const prover = service.prover();
    const first: Report = service.report(2);
    const second: Report = service.report(2, { score: 0.5 });
    expect(await prover.deliver(first)).toEqual(['APPLIED']);
    await whileLocked(service, async () => {
      prover.send([second]);
      expect(await prover.stream.ended).toMatchObject({ code: 'UNAVAILABLE' });
      expect(prover.stream.acknowledged).toEqual([1]);
      const { profile } = service.client();
      expect(await answer((done) => profile.GetProfile({ miner_uid: 2 }, done))).toMatchObject({
        profile: { total_score: 1, verification_count: 1 },
      });
    });
    expect(await service.prover().deliver(first, second)).toEqual(['DUPLICATE', 'APPLIED']);
    expect(service.rows('select verification_count from miner_gpu_profiles')).toEqual([
      { verification_count: 2 },
    ]);
  });

  it('delays the weight set whose decision it cannot store, and nothing is submitted without a record', async () => {
    const service = await served();
    await whileLocked(service, async () => {
      await service.reach(10);
      await service.comesTo(() => service.app.weightSetting.status().alarm !== undefined);
      expect(await service.onChain()).toEqual({});
    });
    expect(setBlocks(service)).toEqual([]);
    expect(service.app.weightSetting.status().alarm).toContain('could not be stored');
    await service.reach(20);
    expect(await service.endOfSet(11)).toMatchObject({ block: 20, state: 'verified' });
    expect(setBlocks(service)).toEqual([{ block: 20, state: 'verified' }]);
    expect(service.app.weightSetting.status().alarm).toBeUndefined();
  });
});

describe('everything going wrong in turn', () => {
  it('ends with weights on chain that every acknowledged report is part of', async () => {
    const service = await served();
    service.chain.faults.isUnreachable = true;
    const [three, four] = [service.report(3), service.report(4)];
    await service.prover('prover-2').deliver(three);
    service.chain.produceBlock();
    await service.clock.advance(1_000);
    const cut = service.prover('prover-3');
    await cut.deliver(four);
    cut.stream.call.cancel();
    service.chain.faults.isUnreachable = false;
    await service.clock.advance(1_000);
    service.chain.faults.willDropNext = true;
    await service.reach(10);
    await service.submitted();
    await whileLocked(service, async () => {
      const prover = service.prover('prover-4');
      prover.send([service.report(5)]);
      await prover.stream.ended;
    });
    // The dropped extrinsic can no longer be included 64 blocks on; then the weights are set anew.
    await service.reach(80);
    expect(await service.endOfSet(10)).toMatchObject({ block: 10, state: 'failed' });
    await service.comesTo(() => {
      const { isSetting, alarm } = service.app.weightSetting.status();
      return !isSetting && alarm !== undefined;
    });
    // Following the set may have made a block already.
    const next = service.chain.head.block + 1;
    await service.reach(next);
    const last = await service.endOfSet(next);
    expect(last).toMatchObject({ state: 'verified', minersServed: 3 });
    expect(Object.keys(await service.onChain())).toEqual(expect.arrayContaining(['2', '3', '4']));
  });
});
