import { describe, expect, it } from 'vitest';
import type { StoredReport } from '../../src/actors/ports.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleExecutor,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';

describe.each(TESTED_DATABASES)('old reports in $name', ({ open }) => {
  it('go with their results, counted exactly; one received at the time or later, and profiles, stay', async () => {
    const stores = await open();
    await store(stores, received('a', -2), received('b', -1), received('c', 0), received('d', 1));
    expect(await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 100)).toBe(2);
    const kept = await stores.rows('verification_reports');
    expect(kept.map((row) => row.report_id)).toEqual(['c', 'd']);
    expect(
      (await stores.rows('miner_prover_results')).map((row) => row.verification_report_id),
    ).toEqual(kept.map((row) => row.id));
    expect(await stores.profiles.count()).toBe(1);
    expect(await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 100)).toBe(0);
  });

  it('are none when none is old, or before any time there is', async () => {
    const stores = await open();
    expect(await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 100)).toBe(0);
    await store(stores, received('a', 0));
    expect(await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 100)).toBe(0);
    expect(await stores.reportRemover.deleteReceivedBefore(-1, 100)).toBe(0);
    expect(await stores.rows('verification_reports')).toHaveLength(1);
  });

  it('go the oldest first, so many at a time', async () => {
    const stores = await open();
    await store(stores, received('a', -1), received('b', -3), received('c', -2));
    expect(await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 2)).toBe(2);
    expect((await stores.rows('verification_reports')).map((row) => row.report_id)).toEqual(['a']);
  });

  it('go fewer at a time when they have many results, and one at least', async () => {
    const stores = await open();
    await store(stores, ...['a', 'b', 'c'].map((name) => received(name, -1, 500)));
    const counts = [];
    for (let count = -1; count !== 0; ) {
      count = await stores.reportRemover.deleteReceivedBefore(SAMPLE_TIME_MS, 100);
      counts.push(count);
    }
    expect(counts).toEqual([1, 1, 1, 0]);
    expect(await stores.rows('miner_prover_results')).toEqual([]);
  });
});

async function store({ journal }: Stores, ...reports: readonly StoredReport[]) {
  await journal.commit(sampleCommit(sampleProfile(), { reports }));
}

function received(reportId: string, offsetMs: number, executorCount = 1): StoredReport {
  const executors = Array.from({ length: executorCount }, (_, index) =>
    sampleExecutor({ executorId: `executor-${index}` }),
  );
  return sampleStoredReport({ reportId, receivedAtMs: SAMPLE_TIME_MS + offsetMs, executors });
}
