import { describe, expect, it } from 'vitest';
import { changeOf, fromTransferred, toTransferred } from '../../src/store/decision-transfer.ts';
import { decidedIn, sampleMiners } from '../support/decision-samples.ts';
import { sampleExtrinsic, sampleWeightSet } from '../support/weight-set-samples.ts';

const FAILURE = { reason: 'NOT_REVEALED', message: 'x', action: { kind: 'stop' } } as const;

describe('a decision that crosses to the thread that writes', () => {
  it('arrives as it was', async () => {
    const decision = await decidedIn({ profiles: sampleMiners(50) });
    expect(decision.set.hotkeys.length).toBeGreaterThan(1);
    expect(fromTransferred(structuredClone(await toTransferred(decision)))).toEqual(decision);
  });

  it('has its hotkeys as one text, even when there are none', async () => {
    const { set, ...decision } = await decidedIn({ profiles: sampleMiners(2) });
    const transferred = await toTransferred({ ...decision, set });
    expect(transferred.set).not.toHaveProperty('hotkeys');
    expect(String(Buffer.from(transferred.hotkeyLines))).toBe(
      set.hotkeys.map((each) => `${each}\n`).join(''),
    );
    const nobody = { ...decision, set: { ...set, hotkeys: [] } };
    expect(fromTransferred(await toTransferred(nobody))).toEqual(nobody);
  });
});

describe('a change of a set that crosses to the thread that writes', () => {
  it('has what is stored of it, and nothing that only the decision has', () => {
    const set = sampleWeightSet({
      state: 'failed',
      failure: FAILURE,
      extrinsic: sampleExtrinsic(),
    });
    const change = changeOf(set);
    expect(set).toMatchObject(structuredClone(change));
    expect(change).toMatchObject({ state: 'failed', failure: FAILURE });
    expect(change).not.toHaveProperty('hotkeys');
    expect(change).not.toHaveProperty('vector');
  });

  it('leaves out what the set does not have', () => {
    const { extrinsicHash: _, ...set } = sampleWeightSet();
    const names = Object.keys(changeOf(set));
    expect(names).not.toContain('extrinsicHash');
    expect(names).not.toContain('extrinsic');
    expect(names).not.toContain('failure');
  });
});
