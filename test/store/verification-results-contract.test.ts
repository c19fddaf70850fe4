import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredReport } from '../../src/actors/ports.ts';
import type {
  VerificationResult,
  VerificationResultQuery,
  VerificationResultReader,
} from '../../src/actors/record-ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import type { ExecutorProfile } from '../../src/domain/profile.ts';
import { AssertionError } from '../../src/lib/assert.ts';
import { MemoryVerificationResults } from '../support/memory-verification-results.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';

const ALL = { limit: 10_000 };
const MINUTE_MS = 60_000;

describe.each(TESTED_DATABASES)('verification results in $name', ({ open }) => {
  it('come back as they were reported, one for each group of GPUs, newest first', async () => {
    const { verificationResults, ...stores } = await open();
    const mixed = sampleExecutor({
      executorId: 'mixed',
      networkBandwidthMbps: 250.5,
      isAttestationValid: false,
      gpus: [gpus('H100', 8), gpus('A100', 2)],
    });
    const bare = sampleExecutor({
      executorId: 'bare',
      isValid: false,
      gpus: [],
      verifiedAtMs: SAMPLE_TIME_MS - MINUTE_MS,
    });
    await store(stores, sampleStoredReport({ uid: 3, outcome: 'STALE', executors: [bare, mixed] }));
    const shared = {
      proverId: 'prover-1',
      reportId: 'report-1',
      outcome: 'STALE',
      minerUid: 3,
      hotkey: sampleHotkey(3),
      hardwareScore: 0.9,
    };
    const reported = {
      ...{ executorId: 'mixed', isValid: true, isAttestationValid: false },
      ...{ networkBandwidthMbps: 250.5, gpuMemoryMib: 81_559, verifiedAtMs: SAMPLE_TIME_MS },
    };
    expect(await verificationResults.page(ALL)).toEqual([
      { ...shared, ...reported, id: 3, gpuName: 'NVIDIA A100', category: 'A100', gpuCount: 2 },
      { ...shared, ...reported, id: 2, gpuName: 'NVIDIA H100', category: 'H100', gpuCount: 8 },
      {
        ...shared,
        ...{ id: 1, executorId: 'bare', isValid: false, isAttestationValid: true },
        ...{ gpuName: '', category: undefined, gpuCount: 0, gpuMemoryMib: 0 },
        verifiedAtMs: SAMPLE_TIME_MS - MINUTE_MS,
      },
    ]);
  });

  it('are what a plain filter gives, whatever the filters', async () => {
    const property = fc.asyncProperty(
      anyReports,
      fc.array(anyQuery(4), { minLength: 5, maxLength: 20 }),
      async (reports, queries) => {
        const { verificationResults, ...stores } = await open();
        const plain = new MemoryVerificationResults();
        for (const report of reports) {
          await store(stores, report);
          plain.add(report);
        }
        for (const query of queries) {
          expect(await verificationResults.page({ ...query, ...ALL })).toEqual(
            await plain.page({ ...query, ...ALL }),
          );
        }
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('join to the whole from pages of every size, though newer ones come in between', async () => {
    const property = fc.asyncProperty(
      anyReports,
      anyQuery(2),
      fc.integer({ min: 1, max: 9 }),
      async (reports, query, limit) => {
        const { verificationResults, ...stores } = await open();
        for (const report of reports) await store(stores, report);
        const whole = await verificationResults.page({ ...query, ...ALL });
        let more = 0;
        const reportMore = async () => {
          more += 1;
          const verifiedAtMs = SAMPLE_TIME_MS + 100 * MINUTE_MS;
          const executors = [sampleExecutor({ verifiedAtMs })];
          await store(stores, sampleStoredReport({ reportId: `more-${more}`, uid: 1, executors }));
        };
        expect(await pagesOf(verificationResults, { ...query, limit }, reportMore)).toEqual(whole);
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('end and begin pages within one moment as between two', async () => {
    const { verificationResults, ...stores } = await open();
    for (const [index, reportId] of ['a', 'b', 'c'].entries()) {
      const verifiedAtMs = SAMPLE_TIME_MS + index * MINUTE_MS;
      const executors = ['1', '2', '3'].map((executorId) =>
        sampleExecutor({ executorId, verifiedAtMs, gpus: [gpus('H100', 8), gpus('A100', 4)] }),
      );
      await store(stores, sampleStoredReport({ reportId, uid: 3, executors }));
    }
    const miner = { minerUid: minerUid(3) };
    for (const query of [{}, miner, { ...miner, category: 'A100' as CategoryKey }]) {
      const whole = await verificationResults.page({ ...ALL, ...query });
      expect(whole).toHaveLength('category' in query ? 9 : 18);
      for (let limit = 1; limit <= whole.length; limit += 1) {
        expect(await pagesOf(verificationResults, { ...query, limit })).toEqual(whole);
      }
    }
  });

  it('are none outside of a range, between its ends, and the wrong way round', async () => {
    const { verificationResults, ...stores } = await open();
    await store(stores, sampleStoredReport({ uid: 3 }));
    const count = async (from: number, before: number) => {
      const range = { fromMs: SAMPLE_TIME_MS + from, beforeMs: SAMPLE_TIME_MS + before };
      return (await verificationResults.page({ ...ALL, ...range })).length;
    };
    expect(await count(0, 1)).toBe(1);
    expect(await count(-1, 0)).toBe(0);
    expect(await count(1, 2)).toBe(0);
    expect(await count(0, 0)).toBe(0);
    expect(await count(1, -1)).toBe(0);
  });

  it('go on inside the range when the row before is outside of it', async () => {
    const { verificationResults, ...stores } = await open();
    await store(stores, sampleStoredReport({ uid: 3 }));
    const read = (after: number, range: Partial<VerificationResultQuery>) =>
      verificationResults.page({ ...ALL, ...range, after: { verifiedAtMs: after, id: 9 } });
    const newer = SAMPLE_TIME_MS + MINUTE_MS;
    const older = SAMPLE_TIME_MS - MINUTE_MS;
    expect(await read(newer, { beforeMs: SAMPLE_TIME_MS + 1 })).toHaveLength(1);
    expect(await read(older, { fromMs: SAMPLE_TIME_MS })).toEqual([]);
  });

  it('of a category are only to be had for one miner', async () => {
    const { verificationResults } = await open();
    const query = { ...ALL, category: 'H100' as CategoryKey };
    await expect(verificationResults.page(query)).rejects.toThrow(AssertionError);
  });

  it.each([
    ['verification_reports', { hotkey: 'me' }, 'hotkey'],
    ['miner_prover_results', { miner_uid: 70_000 }, 'miner_uid'],
    ['miner_prover_results', { verification_timestamp: 'lately' }, 'verification_timestamp'],
  ])('say which row is damaged when %s has %j', async (table, damage, message) => {
    const { verificationResults, overwrite, ...stores } = await open();
    await store(stores, sampleStoredReport());
    await overwrite(table, damage);
    const failure = verificationResults.page(ALL);
    await expect(failure).rejects.toMatchObject({ code: 'store_unusable' });
    await expect(failure).rejects.toThrow('the row 1 of miner_prover_results is damaged');
    await expect(failure).rejects.toThrow(message);
  });
});

/** Many results share a time: those are told apart by their identifiers. */
const anyExecutor: fc.Arbitrary<ExecutorProfile> = fc
  .record({
    verifiedAtMs: fc.nat(5).map((minutes) => SAMPLE_TIME_MS + minutes * MINUTE_MS),
    isValid: fc.boolean(),
    isAttestationValid: fc.boolean(),
    gpus: fc.subarray([gpus('H100', 8), gpus('A100', 4), gpus('OTHER', 1)]),
  })
  .map(sampleExecutor);

const anyReports = fc
  .array(
    fc.record({
      uid: fc.constantFrom(1, 2, 3),
      proverId: fc.constantFrom('prover-1', 'prover-2'),
      outcome: fc.constantFrom('APPLIED' as const, 'STALE' as const),
      executors: fc.array(anyExecutor, { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 3, maxLength: 10 },
  )
  .map((reports) =>
    reports.map(
      (report, index): StoredReport =>
        sampleStoredReport({
          ...report,
          reportId: `report-${index}`,
          executors: report.executors.map((executor, number) => ({
            ...executor,
            executorId: `executor-${number}`,
          })),
        }),
    ),
  );

const anyTime = fc
  .integer({ min: -1, max: 6 })
  .map((minutes) => SAMPLE_TIME_MS + minutes * MINUTE_MS);

const anyFilters = fc.record({
  minerUid: fc.constantFrom(1, 2, 3, 65_535).map((uid) => minerUid(uid)),
  category: fc.constantFrom(...(['H100', 'A100', 'OTHER', 'T4'] as CategoryKey[])),
  fromMs: anyTime,
  beforeMs: anyTime,
});

/** So many filters at most; ranges may be the wrong way round or outside of everything. */
function anyQuery(filtersMax: number): fc.Arbitrary<Omit<VerificationResultQuery, 'limit'>> {
  const names = ['minerUid', 'category', 'fromMs', 'beforeMs'];
  const given = fc.subarray(names, { maxLength: filtersMax });
  return fc.tuple(anyFilters, given).map(([filters, kept]) => {
    const isOfMiner = kept.includes('minerUid');
    const entries = Object.entries(filters).filter(
      ([name]) => kept.includes(name) && (isOfMiner || name !== 'category'),
    );
    return Object.fromEntries(entries);
  });
}

async function store(
  { journal, profiles }: Pick<Stores, 'journal' | 'profiles'>,
  report: StoredReport,
) {
  const { minerUid: uid } = report.report;
  const { revision = 0 } = (await profiles.get(uid)) ?? {};
  const profile = sampleProfile({ uid, revision: revision + 1, executors: [] });
  const result = await journal.commit(sampleCommit(profile, { reports: [report] }));
  expect(result).toMatchObject({ kind: 'committed' });
}

async function pagesOf(
  results: VerificationResultReader,
  query: VerificationResultQuery,
  between: () => Promise<void> = async () => {},
) {
  const rows: VerificationResult[] = [];
  for (;;) {
    const after = rows.at(-1);
    const page = await results.page({ ...query, ...(after === undefined ? {} : { after }) });
    rows.push(...page);
    if (page.length < query.limit) return rows;
    await between();
  }
}

function gpus(category: string, count: number) {
  return {
    model: `NVIDIA ${category}`,
    category: category as CategoryKey,
    count,
    memoryMib: 81_559,
    uuids: [],
  };
}
