import { describe, expect, it } from 'vitest';
import { devMiners } from '../../src/chain/dev/dev-genesis.ts';
import { createGpuNormaliser } from '../../src/domain/gpu/normalise.ts';
import { proverId } from '../../src/domain/ids.ts';
import type { Report__Output } from '../../src/grpc/generated/assay/v1/Report.ts';
import { packages } from '../../src/grpc/proto.ts';
import { readReport } from '../../src/grpc/verification/report-message.ts';
import { WHOLE_CARDS } from '../../src/prover/driver-names.ts';
import { expectedTally, Fleet, MISBEHAVIOURS } from '../../src/prover/fleet.ts';
import { ManualClock } from '../support/manual-clock.ts';

const miners = devMiners({ seed: 1, miners: 40 });

function fleet({ seed = 1, provers = 8, clock = new ManualClock() } = {}) {
  return new Fleet({ seed, miners, clock, provers });
}

describe('a fleet of simulated provers', () => {
  it('reports every miner once a round, by one prover, in good form', () => {
    const rounds = fleet().reportsForRound(1);
    const applied = rounds.flatMap(({ reports }) =>
      reports.filter(({ expected }) => expected === 'applied').map(({ report }) => report),
    );
    expect(applied.map((report) => report.miner_uid).sort((a = 0, b = 0) => a - b)).toEqual(
      miners.map(({ uid }) => uid),
    );
    for (const report of applied) {
      expect(readReport(proverId('prover-1'), received(report)).kind).toBe('report');
    }
  });

  it('sends the same for the same seed, round and time, and something else otherwise', () => {
    expect(fleet().reportsForRound(3)).toEqual(fleet().reportsForRound(3));
    expect(fleet({ seed: 2 }).reportsForRound(3)).not.toEqual(fleet().reportsForRound(3));
    expect(fleet().reportsForRound(4)).not.toEqual(fleet().reportsForRound(3));
  });

  it('observes each round later than the one before, even when the clock stands still', () => {
    const provers = fleet();
    const times = [1, 2].map((round) => {
      const time = provers.reportsForRound(round)[0]?.reports[0]?.report.observed_time;
      return Number(time?.seconds) * 1_000 + Number(time?.nanos) / 1_000_000;
    });
    expect(Number(times[1])).toBeGreaterThan(Number(times[0]));
  });

  it('names reports differently in every run and round', () => {
    const clock = new ManualClock();
    const first = ids(fleet({ clock }).reportsForRound(1));
    const second = ids(fleet({ clock: new ManualClock(clock.now() + 1) }).reportsForRound(1));
    expect(first.filter((id) => second.includes(id))).toEqual([]);
  });

  it('has three honest provers and one of each kind that misbehaves, about three miners each', () => {
    const rounds = fleet().reportsForRound(1);
    const extra = rounds.map(({ reports }) =>
      reports.filter(({ expected }) => expected !== 'applied').map(({ expected }) => expected),
    );
    expect(extra.slice(0, 3)).toEqual([[], [], []]);
    expect(extra.slice(3)).toEqual([
      Array(3).fill('duplicate'),
      Array(3).fill('stale'),
      Array(9).fill('refused'),
      Array(3).fill('refused'),
      Array(3).fill('refused'),
    ]);
    expect(MISBEHAVIOURS).toHaveLength(5);
    expect(expectedTally(rounds)).toEqual({ applied: 40, duplicate: 3, stale: 3, refused: 15 });
  });

  it('misbehaves in the ways that it says', () => {
    const rounds = fleet().reportsForRound(1);
    const [again, old, , wrong, reused] = rounds.slice(3).map(({ reports }) => ({
      good: reports[0]?.report,
      bad: reports.find(({ expected }) => expected !== 'applied')?.report,
    }));
    expect(again?.bad).toEqual(again?.good);
    expect(Number(old?.bad?.observed_time?.seconds)).toBe(
      Number(old?.good?.observed_time?.seconds) - 600,
    );
    expect(wrong?.bad?.miner_hotkey).not.toBe(wrong?.good?.miner_hotkey);
    expect(readReport(proverId('p'), received(wrong?.bad)).kind).toBe('report');
    expect(reused?.bad?.report_id).toBe(reused?.good?.report_id);
    expect(reused?.bad?.executors).not.toEqual(reused?.good?.executors);
    const malformed = (rounds[5]?.reports ?? [])
      .filter(({ expected }) => expected === 'refused')
      .map(({ report }) => readReport(proverId('p'), received(report)).kind);
    expect(malformed.filter((kind) => kind === 'refused')).toHaveLength(6);
  });

  it('keeps its first prover honest when there are few', () => {
    const [only] = fleet({ provers: 1 }).reportsForRound(1);
    expect(expectedTally(only === undefined ? [] : [only])).toMatchObject({
      applied: 40,
      refused: 0,
    });
    expect(expectedTally(fleet({ provers: 2 }).reportsForRound(1))).toMatchObject({ duplicate: 3 });
    expect(() => fleet({ provers: 0 })).toThrow('0 provers');
  });
});

describe('the driver names', () => {
  it('of whole cards have a category, and every default category is among them', () => {
    const normaliser = createGpuNormaliser(new Map());
    const categories = WHOLE_CARDS.map(({ model }) => normaliser.normalise(model).category);
    expect(categories).not.toContain('OTHER');
    for (const paid of ['H200', 'H100', 'A100', 'RTX4090', 'RTX3090']) {
      expect(categories).toContain(paid);
    }
  });
});

function ids(rounds: ReturnType<Fleet['reportsForRound']>): (string | undefined)[] {
  return rounds.flatMap(({ reports }) => reports.map(({ report }) => report.report_id));
}

/** A report as the service receives it. */
function received(report: object | undefined): Report__Output {
  const { Report } = packages.assay.v1;
  return Report.deserialize(Report.serialize(report ?? {})) as Report__Output;
}
