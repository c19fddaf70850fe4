import { describe, expect, it } from 'vitest';
import { readExplanation } from '../../src/actors/weight-explanation.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { explainWeight } from '../../src/domain/ledger/explain-weight.ts';
import type { LedgerPair } from '../../src/domain/ledger/ledger-entry.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { OTHERS, paying, questionOf, setOf } from '../support/explanation-samples.ts';
import { ledgerContent } from '../support/ledger-samples.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { MemoryWeightSets } from '../support/scripted-weight-setting.ts';

const content = ledgerContent({ miners: OTHERS, policy: paying({ minMinersPerCategory: 3 }) });

function sourcesWith(ledger: MemoryLedger, set: WeightSet = setOf(content)) {
  ledger.contents.push(content);
  const weightSets = new MemoryWeightSets();
  weightSets.sets.push(set);
  return { ledger, weightSets };
}

/** Retention takes the entry away when its miners are read. */
class ForgettingLedger extends MemoryLedger {
  override async minerAt() {
    this.contents.length = 0;
    return undefined;
  }
}

/** Says something else of the pairs, or of the miner. */
class DamagedLedger extends MemoryLedger {
  pairs: (pairs: readonly LedgerPair[]) => readonly LedgerPair[] = (pairs) => pairs;
  hasMiner = true;

  override async pairsAt(block: number, uid: number) {
    return [...this.pairs(await super.pairsAt(block, uid))];
  }

  override async minerAt(block: number, uid: number) {
    return this.hasMiner ? super.minerAt(block, uid) : undefined;
  }
}

describe('reading an explanation', () => {
  it('reads of the ledger what the explanation is made from, too small categories included', async () => {
    const sources = sourcesWith(new MemoryLedger());
    const uid = minerUid(8);
    const explanation = await readExplanation(sources, { uid });
    expect(explanation).toEqual(explainWeight(questionOf(content, 8)));
    expect(explanation.pairs[0]?.checks.at(-1)?.value).toBe('2 miners');
  });

  it('says what became of the weight set', async () => {
    const action = { kind: 'stop' } as const;
    const failure = { reason: 'SettingWeightsTooFast', message: 'too fast', action };
    const set = setOf(content, { state: 'failed', failure });
    const sources = sourcesWith(new MemoryLedger(), set);
    expect(await readExplanation(sources, { uid: minerUid(8) })).toMatchObject({
      state: 'failed',
      failureReason: 'SettingWeightsTooFast',
    });
  });

  it('does not take a set that is deleted meanwhile for a UID without reports', async () => {
    const ledger = new ForgettingLedger();
    ledger.contents.push(content);
    const sources = { ledger, weightSets: new MemoryWeightSets() };
    await expect(readExplanation(sources, { uid: minerUid(8) })).rejects.toMatchObject({
      code: 'weight_set_not_found',
      message: 'no weight set at block 360',
    });
  });

  it('does not take an entry that retention deletes meanwhile for a UID that was paid nothing', async () => {
    const sources = sourcesWith(new ForgettingLedger());
    await expect(readExplanation(sources, { uid: minerUid(200) })).rejects.toMatchObject({
      code: 'ledger_entry_not_found',
    });
  });

  it('explains the burn of a target, and a UID without a profile', async () => {
    const sources = sourcesWith(new MemoryLedger());
    const burned = await readExplanation(sources, { uid: minerUid(0) });
    expect(burned.weight).toBe(content.sealed.entry.burn.weight);
    expect((await readExplanation(sources, { uid: minerUid(200) })).weight).toBe(0);
  });

  const paid = content.pairs.find((pair) => pair.uid === 7 && pair.weight > 0);

  it.each<[string, number, Partial<DamagedLedger>, string]>([
    [
      'a changed weight',
      7,
      { pairs: (pairs) => pairs.map((pair) => ({ ...pair, weight: pair.weight && 1 })) },
      `its pairs and the burn come to 1 units, the set has ${paid?.weight}`,
    ],
    [
      'a lost pair',
      7,
      { pairs: () => [] },
      `its pairs and the burn come to 0 units, the set has ${paid?.weight}`,
    ],
    ['a lost miner', 7, { hasMiner: false }, 'there are pairs, but no line of its miner'],
    ['a lost pair without weight', 8, { pairs: () => [] }, 'there is a miner, but no pair'],
  ])('does not present %s as what was decided', async (...[, uid, damage, what]) => {
    const ledger = Object.assign(new DamagedLedger(), damage);
    await expect(
      readExplanation(sourcesWith(ledger), { uid: minerUid(uid) }),
    ).rejects.toMatchObject({
      code: 'store_unusable',
      message: `what is stored of UID ${uid} at block 360 is damaged: ${what}; assay weights replay --block 360 says all that does not hold`,
    });
  });
});
