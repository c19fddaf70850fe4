import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { gpusText } from '../../src/domain/ledger/miner-line.ts';
import { minerHolding } from '../../src/domain/miner-facts.ts';
import type { ExecutorProfile } from '../../src/domain/profile.ts';
import { gpusJson } from '../../src/store/gpus-json.ts';
import { MachineRows, type MachinesRow } from '../../src/store/machine-rows.ts';
import { timeText } from '../../src/store/time-text.ts';
import { SAMPLE_RULES } from '../support/ledger-samples.ts';
import { sampleExecutor } from '../support/profile-samples.ts';

const { nowMs, executorTtlMs } = SAMPLE_RULES;

/** The last two stand the other way round by bytes than by UTF-16 units. */
const IDS = ['a', 'b', 'machine 10', 'machine 9', 'é', '\u{10000}', '\uffee'];

const anyExecutor = fc
  .record({
    verifiedAtMs: fc.constantFrom(nowMs, nowMs - 1, nowMs - executorTtlMs - 1),
    category: fc.constantFrom('H100', 'A100'),
    count: fc.integer({ min: 0, max: 2 }),
    uuids: fc.constantFrom<string[]>([], [], ['one'], ['one', 'two']),
  })
  .map(({ verifiedAtMs, category, count, uuids }) => ({
    verifiedAtMs,
    gpus: [{ model: 'm', category: category as CategoryKey, count, memoryMib: 1, uuids }],
  }));

const anyMiner = fc
  .dictionary(fc.constantFrom(...IDS), anyExecutor, { minKeys: 1 })
  .map((executors) =>
    Object.entries(executors).map(([executorId, rest]) => sampleExecutor({ executorId, ...rest })),
  );

describe('the machines of a miner in one row', () => {
  it('come to what they come to one by one, whatever was read before', () => {
    fc.assert(
      fc.property(fc.array(anyMiner, { maxLength: 20 }), (miners) => {
        const rows = new MachineRows(SAMPLE_RULES);
        for (const executors of miners) {
          const holding = minerHolding(executors, SAMPLE_RULES);
          const expected = { holding, gpusText: gpusText(holding.gpus) };
          expect(rows.held(rowOf(executors))).toEqual(expected);
        }
      }),
    );
  });

  it('are numbered by identifier as everywhere when they were verified at one time', () => {
    const executors = ['\u{10000}', '\uffee'].map((executorId, index) =>
      sampleExecutor({ executorId, verifiedAtMs: nowMs, gpus: [gpus(index + 1)] }),
    );
    const { holding } = new MachineRows(SAMPLE_RULES).held(rowOf(executors));
    expect(holding.gpus.map(({ count }) => count)).toEqual([1, 2]);
  });

  it('come to nothing when there are none', () => {
    expect(new MachineRows(SAMPLE_RULES).held(undefined)).toEqual({
      holding: { primaryCategory: 'OTHER', gpus: [] },
      gpusText: '[]',
    });
  });

  it('are parsed once for each text', () => {
    const rows = new MachineRows(SAMPLE_RULES);
    const [first, second] = ['a', 'b'].map((executorId) =>
      rows.held(rowOf([sampleExecutor({ executorId, verifiedAtMs: nowMs })])),
    );
    expect(second).toBe(first);
  });

  it.each<[string, MachinesRow]>([
    ['the row 7 of', [7, 'a\nb', 'never\nnever', '[]\n[]']],
    ['the row 7 b of', [7, 'a\nb', `${timeText(nowMs)}\nnever`, '[]\n[]']],
    ['the row 7 b of', [7, 'a\nb', `${timeText(nowMs)}\n${timeText(nowMs)}`, '[]\n{}']],
    ['the row 7 b of', [7, 'a\nb', `${timeText(nowMs)}\n${timeText(nowMs)}x`, '[]\n[]']],
  ])('are named when they cannot be read: %s', (named, row) => {
    expect(() => new MachineRows(SAMPLE_RULES).held(row)).toThrow(
      `${named} miner_executors is damaged`,
    );
  });
});

function gpus(count: number) {
  return { model: 'm', category: 'H100' as CategoryKey, count, memoryMib: 1, uuids: [] };
}

/** As the database gives it: by identifier, in the order of bytes. */
function rowOf(executors: readonly ExecutorProfile[]): MachinesRow {
  const sorted = executors.toSorted((a, b) =>
    Buffer.compare(Buffer.from(a.executorId), Buffer.from(b.executorId)),
  );
  const listed = (text: (executor: ExecutorProfile) => string) => sorted.map(text).join('\n');
  return [
    7,
    listed(({ executorId }) => executorId),
    listed(({ verifiedAtMs }) => timeText(verifiedAtMs)),
    listed((executor) => gpusJson(executor.gpus)),
  ];
}
