import { describe, expect, it } from 'vitest';
import { devMiners } from '../../src/chain/dev/dev-genesis.ts';
import type { GetProfileResponse__Output } from '../../src/grpc/generated/assay/v1/GetProfileResponse.ts';
import { expectedTally, Fleet } from '../../src/prover/fleet.ts';
import { type FinishedRound, simulateProvers } from '../../src/prover/simulation.ts';
import { answer } from '../support/grpc-client.ts';
import { RunningService, weightByUid } from '../support/running-service.ts';

const MINERS = 60;
const ROUNDS = 3;
const SEED = 11;

/** The whole way with the simulated provers: their streams, misbehaviour included, before the first weight set. */
async function reported() {
  const service = await RunningService.start({ chain: { miners: MINERS, seed: SEED } });
  const rounds: FinishedRound[] = [];
  await simulateProvers(
    {
      address: service.app.address,
      seed: SEED,
      miners: MINERS,
      rounds: ROUNDS,
      warmUpRounds: ROUNDS,
      intervalMs: 0,
      clock: service.clock,
      onRound: (round) => rounds.push(round),
    },
    new AbortController().signal,
  );
  return { service, rounds };
}

function newFleet(service: RunningService): Fleet {
  const miners = devMiners({ seed: SEED, miners: MINERS });
  return new Fleet({ seed: SEED, miners, clock: service.clock });
}

describe('a fleet of provers', () => {
  it('gets for each report the outcome that it deserves', async () => {
    const { service, rounds } = await reported();
    const expected = expectedTally(newFleet(service).reportsForRound(1));
    expect(expected.refused).toBeGreaterThan(0);
    expect(rounds.map(({ tally }) => tally)).toEqual([expected, expected, expected]);
    expect(service.app.tallies()).toEqual({
      APPLIED: 3 * expected.applied,
      DUPLICATE: 3 * expected.duplicate,
      STALE: 3 * expected.stale,
      REFUSED: 3 * expected.refused,
    });
  });

  it('gives every miner a profile whose score is the smoothed mean of what it sent', async () => {
    const { service } = await reported();
    const { profile } = service.client();
    const fleet = newFleet(service);
    const uid = 2;
    const samples = [1, 2, 3].map((round) => {
      const { reports } = fleet.reportsForRound(round)[0] ?? { reports: [] };
      const executors = reports.find(({ report }) => report.miner_uid === uid)?.report.executors;
      const scores = (executors ?? []).map(({ is_valid, attestation, hardware_score }) =>
        is_valid && attestation?.valid ? Number(hardware_score) : 0,
      );
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    });
    const [first = 0, ...later] = samples;
    const smoothed = later.reduce((score, sample) => 0.3 * sample + 0.7 * score, first);
    const response = await answer<GetProfileResponse__Output>((done) =>
      profile.GetProfile({ miner_uid: uid }, done),
    );
    expect(response.profile?.verification_count).toBe(ROUNDS);
    expect(response.profile?.total_score).toBeCloseTo(smoothed, 9);
    expect(service.rows('select count(*) as count from miner_gpu_profiles')).toEqual([
      { count: MINERS },
    ]);
  });

  it('decides the weights: a category’s pool goes to its miners by score and GPUs', async () => {
    const { service } = await reported();
    const set = await service.nextSet();
    expect(set.state).toBe('verified');
    const weights = weightByUid(set.vector);
    const parts = service.rows(
      `select miner_uid, gpu_category, basis, allocated_weight, gpu_count, miner_score
       from weight_allocation_history`,
    );
    for (const { category, totalBasis, weightPool } of set.categories) {
      const own = parts.filter(({ gpu_category }) => gpu_category === category);
      for (const part of own) {
        expect(part.basis).toBe(
          Math.round(Number(part.miner_score) * 1e6) * Number(part.gpu_count),
        );
        const exact = (Number(part.basis) / Number(totalBasis)) * weightPool;
        expect(Math.abs(Number(part.allocated_weight) - exact)).toBeLessThanOrEqual(1);
      }
    }
    for (const [uid, weight] of Object.entries(weights)) {
      const own = parts.filter(({ miner_uid }) => miner_uid === Number(uid));
      const sum = own.reduce((total, part) => total + Number(part.allocated_weight), 0);
      expect(sum + (Number(uid) === set.burn.uid ? set.burn.weight : 0)).toBe(weight);
    }
    expect(Object.values(weights).reduce((sum, weight) => sum + weight, 0)).toBe(set.totalWeight);
  });

  it('gives the same weights again from the same seed', async () => {
    const [one, other] = [await reported(), await reported()];
    const [first, second] = [await one.service.nextSet(), await other.service.nextSet()];
    expect(weightByUid(second.vector)).toEqual(weightByUid(first.vector));
  });
});
