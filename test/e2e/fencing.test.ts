import { describe, expect, it } from 'vitest';
import type { ExplainWeightResponse__Output } from '../../src/grpc/generated/assay/v1/ExplainWeightResponse.ts';
import type { ListWeightHistoryResponse__Output } from '../../src/grpc/generated/assay/v1/ListWeightHistoryResponse.ts';
import { present } from '../../src/lib/assert.ts';
import { cli } from '../support/cli-run.ts';
import { answer } from '../support/grpc-client.ts';
import { RunningService } from '../support/running-service.ts';
import { H200 } from '../support/wire-reports.ts';

const TOML = `
[emission]
resolution = "sum"
gpu_allocations = { H200 = 50, H100 = 50 }
`;

/** UID 2 is paid for H100, changes hands, is left out, and is paid for H200 under its new hotkey. */
async function handedOn() {
  const service = await RunningService.start({ toml: TOML });
  const prover = service.prover();
  const first = service.report(2, { score: 0.2 });
  await prover.deliver(first, service.report(3));
  const paid = await service.nextSet();
  await service.replace(2);
  const leftOut = await service.nextSet();
  await service.clock.advance(1_000);
  const second = service.report(2, { gpus: [[H200, 2]] });
  await prover.deliver(second);
  const paidAnew = await service.nextSet();
  const holders = { old: String(first.miner_hotkey), new: String(second.miner_hotkey) };
  return { service, holders, blocks: [paid.block, leftOut.block, paidAnew.block] as const };
}

async function history(service: RunningService, filter: object) {
  const { allocation } = service.client();
  const { entries } = await answer<ListWeightHistoryResponse__Output>((done) =>
    allocation.ListWeightHistory({ miner_uid: 2, ...filter }, done),
  );
  return entries.map(({ block, gpu_model, weight, exclusion_reason }) => ({
    ...{ block: Number(block), gpu_model, weight: Number(weight), exclusion_reason },
  }));
}

async function explained(service: RunningService, block: number) {
  const { allocation } = service.client();
  const { explanation } = await answer<ExplainWeightResponse__Output>((done) =>
    allocation.ExplainWeight({ miner_uid: 2, block }, done),
  );
  return present(explanation ?? undefined, 'an explanation');
}

describe('the past of a UID that changed hands', () => {
  it('stays in the ledger under the old hotkey, and none of it under the new one', async () => {
    const { service, holders, blocks } = await handedOn();
    const [paid, leftOut, paidAnew] = blocks;
    expect(await history(service, { miner_hotkey: holders.old })).toEqual([
      { block: leftOut, gpu_model: 'H100', weight: 0, exclusion_reason: 'HOTKEY_CHANGED' },
      { block: paid, gpu_model: 'H100', weight: 5_461, exclusion_reason: '' },
    ]);
    expect(await history(service, { miner_hotkey: holders.new })).toEqual([
      { block: paidAnew, gpu_model: 'H200', weight: 32_768, exclusion_reason: '' },
    ]);
    expect(await history(service, {})).toHaveLength(3);
  });

  it('is explained for the hotkey that held it then', async () => {
    const { service, holders, blocks } = await handedOn();
    const [paid, leftOut, paidAnew] = blocks;
    expect(await explained(service, paid)).toMatchObject({
      miner_hotkey: holders.old,
      weight: 5_461,
    });
    const between = await explained(service, leftOut);
    expect(between).toMatchObject({ miner_hotkey: holders.old, weight: 0 });
    expect(between.checks.at(-1)).toMatchObject({ rule: 'HOTKEY_CHANGED', passed: false });
    expect(between.summary).toContain(holders.new);
    expect(await explained(service, paidAnew)).toMatchObject({
      miner_hotkey: holders.new,
      weight: 32_768,
      pairs: [expect.objectContaining({ gpu_model: 'H200', score: 1 })],
    });
  });

  it('replays in another process after the change', async () => {
    const { service } = await handedOn();
    const { exitCode, stdout } = await cli([
      ...['weights', 'replay', '--all', '--json'],
      ...['--database', service.database],
    ]);
    expect({ exitCode, ...JSON.parse(stdout) }).toMatchObject({ exitCode: 0 });
  });
});
