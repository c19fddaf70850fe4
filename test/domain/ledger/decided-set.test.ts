import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../../../src/domain/allocate.ts';

import { decidedSet } from '../../../src/domain/ledger/decided-set.ts';
import { PopulationBuilder } from '../../../src/domain/population-builder.ts';
import {
  anyDecision,
  ledgerContent,
  mixedContent,
  SAMPLE_RULES,
} from '../../support/ledger-samples.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

describe('the weight set that an entry speaks of', () => {
  it('is the one that was recorded', () => {
    const set = decidedSet(mixedContent());
    expect(set).toMatchObject({
      netuid: 39,
      mecid: 0,
      block: 360,
      state: 'computed',
      configuredBurnPercentage: 10,
      minersServed: 3,
      phasesMs: new Map(),
    });
    expect([...set.vector.uids]).toEqual([0, 3, 4, 12]);
    expect(set.hotkeys).toEqual([0, 3, 4, 12].map(sampleHotkey));
    expect(set.updatedAtMs).toBe(set.decidedAtMs);
    expect([...set.exclusions]).toEqual([
      ['NOT_REGISTERED', 1],
      ['HOTKEY_CHANGED', 1],
      ['AXON_INACTIVE', 1],
      ['STALE', 1],
      ['NO_VALID_GPU', 1],
      ['CATEGORY_NOT_REWARDED', 1],
      ['BELOW_MIN_SCORE', 1],
      ['CATEGORY_BELOW_MIN_MINERS', 1],
    ]);
  });

  it('has categories, burn and vector as the calculation gave them', () => {
    fc.assert(
      fc.property(anyDecision, (decision) => {
        const builder = new PopulationBuilder(SAMPLE_RULES);
        for (const facts of decision.miners) builder.add(facts);
        const allocation = allocate(builder.build(), decision.policy);
        const set = decidedSet(ledgerContent(decision));
        expect(set.categories).toEqual(allocation.categories);
        expect(set.burn).toEqual(allocation.burn);
        expect(set.vector).toEqual(allocation.vector);
        expect(set.minersServed).toBe(allocation.minersServed);
      }),
    );
  });

  it('gives no share to a category without a rule, which only a forged entry has', () => {
    const content = mixedContent();
    const { entry } = content.sealed;
    const policy = { ...entry.policy, categories: entry.policy.categories.slice(1) };
    const forged = { ...content, sealed: { ...content.sealed, entry: { ...entry, policy } } };
    expect(decidedSet(forged).categories.map(({ shareMicroPercent }) => shareMicroPercent)).toEqual(
      [0, 30_000_000, 20_000_000],
    );
  });
});
