import { describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import type { Profile } from '../../src/domain/profile.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
} from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';

const UID = minerUid(7);
const HOUR_MS = 3_600_000;

describe.each(TESTED_DATABASES)('a deleted profile in $name', ({ open }) => {
  it('is handed back and gone with its executors; its reports, and the others, stay', async () => {
    const stores = await open();
    const [deleted, kept] = [profileWith(7, 3), profileWith(8, 2)];
    await store(stores, deleted, kept);
    expect(await stores.profileRemover.delete(UID)).toEqual(deleted);
    expect(await stores.profiles.get(UID)).toBeUndefined();
    expect(await stores.profiles.get(kept.miner.uid)).toEqual(kept);
    expect((await stores.rows('miner_executors')).map((row) => row.miner_uid)).toEqual([8, 8]);
    expect((await stores.rows('verification_reports')).map((row) => row.miner_uid)).toEqual([7, 8]);
  });

  it('is none where none is stored, and a second time', async () => {
    const stores = await open();
    expect(await stores.profileRemover.delete(UID)).toBeUndefined();
    await store(stores, sampleProfile());
    await stores.profileRemover.delete(UID);
    expect(await stores.profileRemover.delete(UID)).toBeUndefined();
  });

  it('meets whoever still holds it with a conflict, whether the profile would change or not', async () => {
    const stores = await open();
    await store(stores, sampleProfile());
    await stores.profileRemover.delete(UID);
    const change = sampleCommit(sampleProfile({ revision: 2 }));
    const { next, ...stale } = change;
    const before = await stores.rows('verification_reports');
    expect(await stores.journal.commit(change)).toEqual({ kind: 'revision_conflict' });
    expect(await stores.journal.commit(stale)).toEqual({ kind: 'revision_conflict' });
    expect(await stores.rows('verification_reports')).toEqual(before);
    expect(await stores.profiles.count()).toBe(0);
  });

  it('leaves the next one a higher revision, so that no revision ever means two profiles', async () => {
    const stores = await open();
    await store(stores, sampleProfile(), sampleProfile({ revision: 2 }));
    await stores.profileRemover.delete(UID);
    const fresh = sampleProfile({ hotkey: sampleHotkey(99), executors: [] });
    expect(await stores.journal.commit(again(fresh, 'a'))).toEqual({
      kind: 'committed',
      revision: 3,
    });
    expect(await stores.profiles.get(UID)).toEqual({ ...fresh, revision: 3 });
    const held = sampleCommit(sampleProfile({ revision: 3 }));
    expect(await stores.journal.commit(held)).toEqual({ kind: 'revision_conflict' });
    expect(await stores.profiles.get(UID)).toEqual({ ...fresh, revision: 3 });
  });

  it('is remembered until another follows, and again when that is deleted', async () => {
    const stores = await open();
    await store(stores, sampleProfile());
    await stores.profileRemover.delete(UID);
    expect(await stores.rows('deleted_profiles')).toEqual([{ miner_uid: 7, revision: 1 }]);
    await stores.journal.commit(again(sampleProfile(), 'a'));
    expect(await stores.rows('deleted_profiles')).toEqual([]);
    await stores.profileRemover.delete(UID);
    expect(await stores.rows('deleted_profiles')).toEqual([{ miner_uid: 7, revision: 2 }]);
    const last = await stores.journal.commit(again(sampleProfile(), 'b'));
    expect(last).toEqual({ kind: 'committed', revision: 3 });
  });
});

describe.each(TESTED_DATABASES)('old profiles in $name', ({ open }) => {
  it('go with their executors, counted exactly; one that changed at the time or later stays', async () => {
    const stores = await open();
    await store(stores, changedAt(1, -2), changedAt(2, -1), changedAt(3, 0), changedAt(4, 1));
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 100)).toBe(2);
    expect((await stores.rows('miner_gpu_profiles')).map((row) => row.miner_uid)).toEqual([3, 4]);
    expect((await stores.rows('miner_executors')).map((row) => row.miner_uid)).toEqual([3, 4]);
    expect(await stores.rows('verification_reports')).toHaveLength(4);
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 100)).toBe(0);
  });

  it('are none when none is old, in an empty database, or before any time there is', async () => {
    const stores = await open();
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 100)).toBe(0);
    await store(stores, changedAt(1, 0));
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 100)).toBe(0);
    expect(await stores.profileRemover.deleteOlderThan(-1, 100)).toBe(0);
    expect(await stores.profiles.count()).toBe(1);
  });

  it('go the oldest first, so many at a time', async () => {
    const stores = await open();
    await store(stores, changedAt(1, -1), changedAt(2, -3), changedAt(3, -2));
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 2)).toBe(2);
    expect((await stores.rows('miner_gpu_profiles')).map((row) => row.miner_uid)).toEqual([1]);
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS, 2)).toBe(1);
  });

  it('go fewer at a time when they have many executors, and one at least', async () => {
    const stores = await open();
    await store(stores, profileWith(1, 600), profileWith(2, 600), profileWith(3, 1_200));
    const now = SAMPLE_TIME_MS + 1;
    const counts = [];
    for (let count = -1; count !== 0; ) {
      count = await stores.profileRemover.deleteOlderThan(now, 100);
      counts.push(count);
    }
    expect(counts).toEqual([1, 1, 1, 0]);
    expect(await stores.rows('miner_executors')).toEqual([]);
  });

  it('leave the next one at their UID a higher revision, as any that was deleted', async () => {
    const stores = await open();
    await store(stores, sampleProfile(), sampleProfile({ revision: 2 }));
    await stores.profileRemover.deleteOlderThan(SAMPLE_TIME_MS + 1, 100);
    const result = await stores.journal.commit(again(sampleProfile(), 'a'));
    expect(result).toEqual({ kind: 'committed', revision: 3 });
  });
});

describe.each(TESTED_DATABASES)('the statistics of profiles in $name', ({ open }) => {
  it('are empty without any', async () => {
    const { profiles } = await open();
    expect(await profiles.statistics()).toEqual({
      profileCount: 0,
      byCategory: new Map(),
      updatedAtMs: undefined,
    });
  });

  it('count and average by primary category, in the order of the catalogue, over every UID', async () => {
    const stores = await open();
    await store(
      stores,
      scored(65_535, 'A100', 0.25),
      scored(3, 'H999', 1),
      scored(0, 'OTHER', 0),
      scored(1, 'A100', 0.75),
      scored(30_000, 'A100', 0.5),
      scored(8_191, 'H200', 1),
      scored(8_192, 'H200', 0.5),
      { ...scored(9, 'H100', 0.125), updatedAtMs: SAMPLE_TIME_MS + HOUR_MS },
    );
    const { profileCount, byCategory, updatedAtMs } = await stores.profiles.statistics();
    expect(profileCount).toBe(8);
    expect([...byCategory]).toEqual([
      ['H200', { profileCount: 2, averageScore: 0.75 }],
      ['H100', { profileCount: 1, averageScore: 0.125 }],
      ['A100', { profileCount: 3, averageScore: 0.5 }],
      ['OTHER', { profileCount: 1, averageScore: 0 }],
      // From a version whose catalogue had more.
      ['H999', { profileCount: 1, averageScore: 1 }],
    ]);
    expect(updatedAtMs).toBe(SAMPLE_TIME_MS + HOUR_MS);
  });

  it('say when a time cannot be read', async () => {
    const stores = await open();
    await store(stores, sampleProfile());
    await stores.overwrite('miner_gpu_profiles', { last_updated: 'soon' });
    await expect(stores.profiles.statistics()).rejects.toMatchObject({ code: 'store_unusable' });
  });
});

describe.each(TESTED_DATABASES)('profiles in $name that changed since a time', ({ open }) => {
  const uidsOf = (page: readonly Profile[]) => page.map(({ miner }) => miner.uid);

  it('come in pages by rising UID, those that changed at that time included', async () => {
    const { profiles, ...stores } = await open();
    await store(
      { profiles, ...stores },
      changedAt(9, 2),
      changedAt(1, -1),
      changedAt(2, 0),
      changedAt(5, 1),
      changedAt(7, 0),
    );
    const since = { updatedSinceMs: SAMPLE_TIME_MS };
    expect(uidsOf(await profiles.page({ ...since, afterUid: -1, limit: 2 }))).toEqual([2, 5]);
    expect(uidsOf(await profiles.page({ ...since, afterUid: 5, limit: 2 }))).toEqual([7, 9]);
    expect(uidsOf(await profiles.page({ ...since, afterUid: 9, limit: 2 }))).toEqual([]);
    const every = await profiles.page({ updatedSinceMs: -1, afterUid: -1, limit: 9 });
    expect(uidsOf(every)).toEqual([1, 2, 5, 7, 9]);
    expect(every[0]?.executors.size).toBe(0);
  });

  it('can be those of one category', async () => {
    const { profiles, ...stores } = await open();
    await store(
      { profiles, ...stores },
      scored(1, 'A100', 1),
      { ...scored(2, 'A100', 1), updatedAtMs: SAMPLE_TIME_MS - 1 },
      scored(3, 'H100', 1),
      scored(4, 'A100', 1),
    );
    const filter = { primaryCategory: 'A100' as CategoryKey, updatedSinceMs: SAMPLE_TIME_MS };
    expect(uidsOf(await profiles.page({ ...filter, afterUid: -1, limit: 9 }))).toEqual([1, 4]);
    expect(uidsOf(await profiles.page({ ...filter, afterUid: 1, limit: 9 }))).toEqual([4]);
  });
});

async function store({ journal }: Stores, ...profiles: readonly Profile[]) {
  for (const profile of profiles) {
    expect(await journal.commit(sampleCommit(profile))).toEqual({ kind: 'committed' });
  }
}

/** The commit of a first profile, with a report of another name. */
function again(profile: Profile, name: string) {
  const commit = sampleCommit(profile);
  const reports = commit.reports.map((stored) => ({
    ...stored,
    report: { ...stored.report, reportId: `again-${name}` as typeof stored.report.reportId },
  }));
  return { ...commit, reports };
}

function profileWith(uid: number, executorCount: number): Profile {
  const executors = Array.from({ length: executorCount }, (_, index) =>
    sampleExecutor({ executorId: `executor-${String(index).padStart(4, '0')}` }),
  );
  return sampleProfile({ uid, executors });
}

function changedAt(uid: number, offsetMs: number): Profile {
  return sampleProfile({ uid, updatedAtMs: SAMPLE_TIME_MS + offsetMs });
}

function scored(uid: number, category: string, score: number): Profile {
  return sampleProfile({ uid, primaryCategory: category as CategoryKey, score });
}
