import { describe, expect, it } from 'vitest';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import type { ListProfilesResponse__Output } from '../../src/grpc/generated/assay/v1/ListProfilesResponse.ts';
import { answer } from '../support/grpc-client.ts';
import { A100, H100, RTX4090 } from '../support/report-samples.ts';
import { RunningService, scaled, weightByUid } from '../support/running-service.ts';
import { H200 } from '../support/wire-reports.ts';

const MINERS = 1_200;
const MODELS = [H100, H200, A100, RTX4090];
const PROVERS = 4;
const REPORTS_PER_MESSAGE = 50;

const TOML = `
[emission]
burn_percentage = 10
burn_uid = 0
gpu_allocations = { H200 = 40, H100 = 30, A100 = 20, RTX4090 = 10 }
`;

/** Scores and GPU counts of many sizes, the same for each run. */
function reportOf(service: RunningService, uid: number) {
  const model = MODELS[uid % MODELS.length] ?? H100;
  return service.report(uid, { score: ((uid * 37) % 100) / 100, gpus: [[model, 1 + (uid % 8)]] });
}

function poolsOf({ categories }: WeightSet): Readonly<Record<string, number>> {
  return Object.fromEntries(categories.map(({ category, weightPool }) => [category, weightPool]));
}

describe('1,200 miners of four categories', () => {
  it('are all taken from several streams at once, and every one with a score is paid', async () => {
    const service = await RunningService.start({ toml: TOML, chain: { miners: MINERS } });
    const uids = Array.from({ length: MINERS }, (_, index) => 2 + index);
    await Promise.all(
      Array.from({ length: PROVERS }, async (_, number) => {
        const prover = service.prover(`prover-${number}`);
        const own = uids.filter((uid) => uid % PROVERS === number);
        let last = 0;
        for (let first = 0; first < own.length; first += REPORTS_PER_MESSAGE) {
          const reports = own.slice(first, first + REPORTS_PER_MESSAGE);
          last = prover.send(reports.map((uid) => reportOf(service, uid)));
        }
        await prover.stream.acknowledgedUpTo(last);
      }),
    );
    expect(service.app.tallies().APPLIED).toBe(MINERS);
    const set = await service.nextSet();
    expect(set.state).toBe('verified');
    const weights = weightByUid(set.vector);
    const paid = uids.filter((uid) => (uid * 37) % 100 > 0);
    expect(paid.filter((uid) => !((weights[uid] ?? 0) > 0))).toEqual([]);
    expect(Object.keys(weights).length).toBe(paid.length + 1);
    expect(await service.onChain()).toEqual(scaled(weights));
    const { H200: h200, H100: h100, A100: a100, RTX4090: rtx4090 } = poolsOf(set);
    const rest = 0.9 * set.totalWeight;
    const exact = [0.1 * set.totalWeight, 0.4 * rest, 0.3 * rest, 0.2 * rest, 0.1 * rest];
    const given = [set.burn.weight, h200, h100, a100, rtx4090];
    const distances = given.map((pool = 0, index) => Math.abs(pool - (exact[index] ?? 0)));
    expect(Math.max(...distances)).toBeLessThan(1);
  });

  it('are listed page by page, each once', async () => {
    const service = await RunningService.start({ chain: { miners: MINERS } });
    const prover = service.prover();
    const uids = Array.from({ length: MINERS }, (_, index) => 2 + index);
    prover.send(uids.slice(0, 600).map((uid) => reportOf(service, uid)));
    await prover.stream.acknowledgedUpTo(
      prover.send(uids.slice(600).map((uid) => reportOf(service, uid))),
    );
    const { profile } = service.client();
    const seen: number[] = [];
    let page_token = '';
    do {
      const page = await answer<ListProfilesResponse__Output>((done) =>
        profile.ListProfiles({ page_size: 500, page_token }, done),
      );
      seen.push(...page.profiles.map(({ miner_uid }) => miner_uid));
      page_token = page.next_page_token;
    } while (page_token !== '');
    expect(seen).toEqual(uids);
  });
});
