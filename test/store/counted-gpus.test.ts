import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { gpusText } from '../../src/domain/ledger/miner-line.ts';
import { minerHolding } from '../../src/domain/miner-facts.ts';
import type { ExecutorProfile } from '../../src/domain/profile.ts';
import { type CountedRow, countedOf, HeldMachines } from '../../src/store/counted-gpus.ts';
import { timeText } from '../../src/store/time-text.ts';
import { SAMPLE_RULES } from '../support/ledger-samples.ts';
import { sampleExecutor } from '../support/profile-samples.ts';

const { nowMs, executorTtlMs } = SAMPLE_RULES;

/** The last two stand the other way round by bytes than by UTF-16 units, in which they are compared. */
const IDS = ['a', 'b', 'machine 10', 'machine 9', 'é', '\u{10000}', '\uffee'];

const anyExecutor = fc
  .record({
    verifiedAtMs: fc.constantFrom(nowMs, nowMs - 1, nowMs - executorTtlMs - 1),
    category: fc.constantFrom('H100', 'A100'),
    count: fc.integer({ min: 0, max: 2 }),
    uuids: fc.constantFrom<string[]>([], [], ['one'], ['one', 'two']),
    isValid: fc.boolean(),
    isAttestationValid: fc.constantFrom(true, true, false),
  })
  .map(({ category, count, uuids, ...rest }) => ({
    ...rest,
    gpus: [{ model: 'm', category: category as CategoryKey, count, memoryMib: 1, uuids }],
  }));

const anyMiner = fc
  .dictionary(fc.constantFrom(...IDS), anyExecutor, { minKeys: 1 })
  .map((executors) =>
    Object.entries(executors).map(([executorId, rest]) => sampleExecutor({ executorId, ...rest })),
  );

describe('what the machines of a miner come to', () => {
  it('is what they come to one by one, whether the row of the profile tells it or not', () => {
    fc.assert(
      fc.property(fc.array(anyMiner, { maxLength: 20 }), (miners) => {
        const held = new HeldMachines(SAMPLE_RULES, (uid) => validOf(miners[uid] ?? []));
        for (const [uid, executors] of miners.entries()) {
          const holding = minerHolding(executors, SAMPLE_RULES);
          const expected = { holding, gpusText: gpusText(holding.gpus) };
          expect(held.of(rowOf(uid, executors))).toEqual(expected);
          expect(held.of({ ...NO_TEXT, uid })).toEqual(expected);
        }
      }),
    );
  });

  it('is read from the machines only when the row does not tell it, or the first of them has expired', () => {
    const asked: number[] = [];
    const held = new HeldMachines(SAMPLE_RULES, (uid) => {
      asked.push(uid);
      return [];
    });
    const fresh = sampleExecutor({ verifiedAtMs: nowMs - executorTtlMs });
    const expired = sampleExecutor({ executorId: 'b', verifiedAtMs: nowMs - executorTtlMs - 1 });
    const invalid = { ...expired, isValid: false };
    const unattested = { ...expired, isAttestationValid: false };
    expect(held.of(rowOf(1, [fresh, invalid, unattested])).holding.gpus).toHaveLength(1);
    expect(held.of(rowOf(2, []))).toEqual({
      holding: { primaryCategory: 'OTHER', gpus: [] },
      gpusText: '[]',
    });
    expect(asked).toEqual([]);
    held.of({ ...rowOf(5, [fresh]), oldestVerifiedTime: null });
    expect(asked.splice(0)).toEqual([5]);
    held.of(rowOf(3, [fresh, expired]));
    held.of({ ...NO_TEXT, uid: 4 });
    expect(asked).toEqual([3, 4]);
  });

  it('is parsed once for each text', () => {
    const held = new HeldMachines(SAMPLE_RULES, () => []);
    const [first, second] = [1, 2].map((uid) =>
      held.of(rowOf(uid, [sampleExecutor({ verifiedAtMs: nowMs })])),
    );
    expect(second).toBe(first);
  });

  it('is not told by the row of a profile with more than 64 machines', () => {
    const machines = (count: number) =>
      new Map(
        Array.from({ length: count }, (_, number) => [
          `machine-${number}`,
          sampleExecutor({ executorId: `machine-${number}` }),
        ]),
      );
    expect(countedOf(machines(64))?.text).toMatch(/^\[\[0,.*\[63,"H100",\d+,\d+\]\]$/);
    expect(countedOf(machines(65))).toBeUndefined();
  });

  it.each<[string, Partial<CountedRow>]>([
    ['the list of GPUs has another form', { countedGpusJson: '[[0, "H100",1,1]]' }],
    ['the list of GPUs is not JSON', { countedGpusJson: '[' }],
    ['a group of GPUs is not a list', { countedGpusJson: '[0]' }],
    ['oldest_verified_time', { countedGpusJson: '[]', oldestVerifiedTime: 'never' }],
  ])('names the row that cannot be read: %s', (why, row) => {
    const held = new HeldMachines(SAMPLE_RULES, () => []);
    const fresh = { oldestVerifiedTime: timeText(nowMs) };
    const read = () => held.of({ ...NO_TEXT, ...fresh, ...row, uid: 7 });
    expect(read).toThrow('the row 7 of miner_gpu_profiles is damaged');
    expect(read).toThrow(why);
  });
});

const NO_TEXT = { countedGpusJson: null, oldestVerifiedTime: null };

function validOf(executors: readonly ExecutorProfile[]): readonly ExecutorProfile[] {
  return executors.filter(({ isValid, isAttestationValid }) => isValid && isAttestationValid);
}

/** As the database has it. */
function rowOf(uid: number, executors: readonly ExecutorProfile[]): CountedRow {
  const counted = countedOf(new Map(executors.map((each) => [each.executorId, each])));
  const oldest = counted?.oldestVerifiedAtMs;
  return {
    uid,
    countedGpusJson: counted?.text ?? null,
    oldestVerifiedTime: oldest === undefined ? null : timeText(oldest),
  };
}
