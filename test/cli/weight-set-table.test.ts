import { describe, expect, it } from 'vitest';
import { weightSetTable } from '../../src/cli/weight-set-table.ts';
import { hotkey } from '../../src/domain/ids.ts';
import {
  NO_BURN,
  sampleCommitment,
  sampleExtrinsic,
  sampleWeightSet,
} from '../support/weight-set-samples.ts';

/** Twelve entries of falling weight at UIDs 0 to 11. */
function manyWeights() {
  const uids = Uint16Array.from({ length: 12 }, (_, index) => index);
  return {
    vector: { uids, weights: uids.map((uid) => 1_200 - 100 * uid) },
    hotkeys: Array.from(uids, (uid) => hotkey(`5${'abcdefghijkm'[uid]}`.padEnd(48, 'H'))),
  };
}

describe('the table of a weight set', () => {
  it('shows burn, pools, miners, weights, what was left out and the time of each phase', () => {
    expect(weightSetTable(sampleWeightSet({ state: 'verified' }))).toMatchInlineSnapshot(`
      "
      Block 360, netuid 39: weights verified
      ┌───────────────┬────────┬──────┬────────────┬───────┬──────────┐
      │ category      │ miners │ GPUs │ mean score │  pool │ of total │
      ├───────────────┼────────┼──────┼────────────┼───────┼──────────┤
      │ H100          │      2 │   12 │      0.625 │   900 │  90.00 % │
      │ burn to UID 0 │        │      │            │   100 │  10.00 % │
      │ total         │      2 │      │            │ 1,000 │ 100.00 % │
      └───────────────┴────────┴──────┴────────────┴───────┴──────────┘
      weights
        UID     7    800  5zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzH
        UID     0    100  5zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzA
        UID     9    100  5zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzK
      left out (miner, category): STALE 1
      phases: snapshot 1.5 ms · score 0.3 ms
      "
    `);
  });

  it('shows only the top and the bottom of many weights', () => {
    const set = sampleWeightSet({ ...manyWeights(), exclusions: new Map() });
    const lines = weightSetTable(set).split('\n');
    const from = lines.indexOf('top 5 of 12 weights');
    const shown = lines.slice(from, from + 12).map((text) => text.replace(/ {2}5\w+$/, ''));
    expect(shown).toEqual([
      'top 5 of 12 weights',
      ...[0, 1, 2, 3, 4].map((uid) => line(uid)),
      'bottom 5',
      ...[7, 8, 9, 10, 11].map((uid) => line(uid)),
    ]);
    expect(lines.some((text) => text.startsWith('left out'))).toBe(false);
  });

  it('says why a set failed, and that there is nobody to burn to', () => {
    const failure = {
      reason: 'X',
      message: 'the chain said no',
      action: { kind: 'stop' },
    } as const;
    const text = weightSetTable(sampleWeightSet({ state: 'failed', failure, burn: NO_BURN }));
    expect(text).toContain('weights failed: the chain said no');
    expect(text).toMatch(/│ burn +│/);
  });

  it('says that a set was lost, and why', () => {
    const failure = { reason: 'X', message: 'nobody opened it', action: { kind: 'stop' } } as const;
    expect(weightSetTable(sampleWeightSet({ state: 'lost', failure }))).toContain(
      'weights lost: nobody opened it',
    );
  });

  it('says what was signed', () => {
    const plain = sampleExtrinsic({ isClipped: false });
    expect(weightSetTable(sampleWeightSet({ extrinsic: plain }))).toContain(
      '\nsigned: set_mechanism_weights, until block 376\n',
    );
    const committed = sampleExtrinsic({
      call: 'commit_timelocked_mechanism_weights',
      commitment: sampleCommitment(),
    });
    expect(weightSetTable(sampleWeightSet({ extrinsic: committed }))).toContain(
      "\nsigned: commit_timelocked_mechanism_weights, until block 376, clipped to the subnet's limit, " +
        `commitment 0x${'5a'.repeat(32)} opens at block 725 with round 17000001\n`,
    );
  });
});

function line(uid: number): string {
  return `  UID ${String(uid).padStart(5)}  ${String(1_200 - 100 * uid).padStart(5)}`;
}
