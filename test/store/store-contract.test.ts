import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MinerCommit } from '../../src/actors/ports.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { minerUid, proverId } from '../../src/domain/ids.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { reportKey } from '../../src/domain/report.ts';
import {
  SAMPLE_TIME_MS,
  sampleCommit,
  sampleExecutor,
  sampleHotkey,
  sampleProfile,
  sampleStoredReport,
} from '../support/profile-samples.ts';
import { type Stores, TESTED_DATABASES } from '../support/temporary-database.ts';

const RTX4090 = 'RTX4090' as CategoryKey;
const A100 = 'A100' as CategoryKey;

describe.each(TESTED_DATABASES)('profiles in $name', ({ open }) => {
  it('come back as they were stored, executors included', async () => {
    const { journal, profiles } = await open();
    const profile = sampleProfile({
      executors: [
        sampleExecutor({ networkBandwidthMbps: 940.5 }),
        sampleExecutor({
          executorId: 'executor "2" ü',
          isValid: false,
          isAttestationValid: false,
          gpus: [],
        }),
        sampleExecutor({
          executorId: 'executor-3',
          gpus: [
            { model: 'A', category: A100, count: 2, memoryMib: 40_960, uuids: ['GPU-1', 'GPU-2'] },
            { model: 'B', category: RTX4090, count: 0, memoryMib: 0, uuids: [] },
          ],
        }),
      ],
      gpuCounts: new Map([
        ['H100' as CategoryKey, 8],
        [A100, 2],
      ]),
      score: 0.1 + 0.2,
      verificationCount: 2 ** 40,
      lastObservedAtMs: SAMPLE_TIME_MS - 1,
      updatedAtMs: SAMPLE_TIME_MS + 1,
    });
    expect(await journal.commit(sampleCommit(profile))).toEqual({ kind: 'committed' });
    expect(await profiles.get(profile.miner.uid)).toEqual(profile);
  });

  it('are replaced by a later commit, executors that it does not name stay', async () => {
    const { journal, profiles } = await open();
    const [first, second, third] = ['a', 'b', 'c'].map((executorId) =>
      sampleExecutor({ executorId }),
    );
    const before = sampleProfile({ executors: [first, second].filter((x) => x !== undefined) });
    await journal.commit(sampleCommit(before));
    const changed = sampleExecutor({ executorId: 'b', hardwareScore: 0.1, gpus: [] });
    const after = sampleProfile({
      revision: 2,
      score: 0.2,
      primaryCategory: RTX4090,
      executors: [changed, third].filter((x) => x !== undefined),
    });
    await journal.commit(
      sampleCommit(after, { expectedRevision: 1, removedExecutorIds: ['a', 'unknown'] }),
    );
    expect(await profiles.get(after.miner.uid)).toEqual(after);
  });

  it('start without the executors of the miner that held the UID before, whose reports stay', async () => {
    const { journal, profiles, rows } = await open();
    await journal.commit(sampleCommit(sampleProfile()));
    const next = sampleProfile({
      hotkey: sampleHotkey(99),
      registeredAtBlock: 200,
      revision: 2,
      executors: [sampleExecutor({ executorId: 'other' })],
    });
    await journal.commit(sampleCommit(next, { isNewMiner: true }));
    expect(await profiles.get(next.miner.uid)).toEqual(next);
    expect(
      (await rows('verification_reports')).map((row) => [row.hotkey, row.registered_at_block]),
    ).toEqual([
      [sampleHotkey(7), 100],
      [sampleHotkey(99), 200],
    ]);
  });

  it('are undefined where none is stored', async () => {
    const { profiles } = await open();
    expect(await profiles.get(minerUid(1))).toBeUndefined();
    expect(await profiles.page({ afterUid: -1, limit: 10 })).toEqual([]);
    expect(await profiles.count()).toBe(0);
    expect(await everyBatch(profiles)).toEqual([]);
  });

  it('come in pages by rising UID, without executors', async () => {
    const stores = await open();
    const stored = await storeProfiles(stores, [5, 1, 65_535, 0]);
    const bare = stored.map((profile) => ({ ...profile, executors: new Map() }));
    expect(await stores.profiles.page({ afterUid: -1, limit: 3 })).toEqual(bare.slice(0, 3));
    expect(await stores.profiles.page({ afterUid: 5, limit: 3 })).toEqual(bare.slice(3));
    expect(await stores.profiles.count()).toBe(4);
  });

  it('are known by their digests once they are stored', async () => {
    const { journal } = await open();
    const commit = sampleCommit(sampleProfile());
    const reports = commit.reports.map(({ report }) => report);
    expect(await journal.digestsOf(reports)).toEqual(new Map());
    await journal.commit(commit);
    const unknown = reports.map((report) => ({ ...report, proverId: proverId('another') }));
    expect(await journal.digestsOf([...reports, ...unknown])).toEqual(
      new Map(commit.reports.map(({ report, digest }) => [reportKey(report), digest])),
    );
  });

  it('come in pages of one category, whose name is exact in case', async () => {
    const stores = await open();
    await storeProfiles(stores, [1, 2, 3]);
    await stores.journal.commit(sampleCommit(sampleProfile({ uid: 4, primaryCategory: A100 })));
    const uids = async (category: string, afterUid = -1) =>
      (
        await stores.profiles.page({
          afterUid,
          limit: 10,
          primaryCategory: category as CategoryKey,
        })
      ).map(({ miner }) => miner.uid);
    expect(await uids('A100')).toEqual([4]);
    expect(await uids('H100', 1)).toEqual([2, 3]);
    expect(await uids('a100')).toEqual([]);
    expect(await uids('B200')).toEqual([]);
  });

  it('are all read in batches by rising UID, with their executors', async () => {
    const stores = await open();
    const stored = await storeProfiles(
      stores,
      Array.from({ length: 2_100 }, (_, uid) => uid),
    );
    const batches = await everyBatch(stores.profiles);
    expect(batches.length).toBeGreaterThan(1);
    expect(batches.flat()).toEqual(stored);
  });

  it.each([
    ['miner_gpu_profiles', { gpu_counts_json: '[1]' }, 'gpu_counts_json is not an object'],
    ['miner_gpu_profiles', { gpu_counts_json: '{"H100":-1}' }, 'H100 is not a count'],
    ['miner_gpu_profiles', { hotkey: 'nobody' }, 'hotkey'],
    ['miner_gpu_profiles', { last_updated: 'soon' }, 'last_updated is not a time'],
    ['miner_executors', { gpus_json: '{' }, 'the row 7 executor-1 of miner_executors'],
    ['miner_executors', { gpus_json: '7' }, 'gpus_json is not a list'],
    ['miner_executors', { gpus_json: '[null]' }, 'an entry of another form'],
    ['miner_executors', { gpus_json: '[{"model":7}]' }, 'an entry of another form'],
    ['miner_executors', { verified_time: '' }, 'verified_time is not a time'],
  ])('say which row is damaged: %s %j', async (table, damage, message) => {
    const { journal, profiles, overwrite } = await open();
    const profile = sampleProfile();
    await journal.commit(sampleCommit(profile));
    await overwrite(table, damage);
    const failure = profiles.get(profile.miner.uid);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({
      code: 'store_unusable',
      details: { metadata: { table } },
    });
  });
});

describe.each(TESTED_DATABASES)('commits to $name', ({ open }) => {
  it('store one result row per GPU group, and one for a machine without GPUs', async () => {
    const { journal, rows } = await open();
    const executors = [
      sampleExecutor({ networkBandwidthMbps: 100 }),
      sampleExecutor({
        executorId: 'mixed',
        gpus: [
          { model: 'NVIDIA A100', category: A100, count: 2, memoryMib: 40_960, uuids: [] },
          { model: 'NVIDIA 4090', category: RTX4090, count: 1, memoryMib: 24_564, uuids: [] },
        ],
      }),
      sampleExecutor({ executorId: 'bare', isValid: false, isAttestationValid: false, gpus: [] }),
    ];
    await journal.commit(sampleCommit(sampleProfile({ executors })));
    const results = await rows('miner_prover_results');
    expect(
      results.map((row) => [
        row.executor_id,
        row.gpu_model,
        row.gpu_category,
        row.gpu_count,
        row.gpu_memory_mib,
        row.gpu_memory_gb,
        row.is_valid,
        row.attestation_valid,
        row.network_bandwidth_mbps,
      ]),
    ).toEqual([
      ['executor-1', 'NVIDIA H100 80GB HBM3', 'H100', 8, 81_559, 80, 1, 1, 100],
      ['mixed', 'NVIDIA A100', 'A100', 2, 40_960, 40, 1, 1, null],
      ['mixed', 'NVIDIA 4090', 'RTX4090', 1, 24_564, 24, 1, 1, null],
      ['bare', '', '', 0, 0, 0, 0, 0, null],
    ]);
    expect(results[0]).toMatchObject({
      miner_uid: 7,
      verification_timestamp: '2026-01-01T12:00:00.000Z',
      created_at: '2026-01-01T12:00:01.000Z',
    });
  });

  it('store stale reports without changing the profile', async () => {
    const { journal, profiles, rows } = await open();
    const profile = sampleProfile();
    await journal.commit(sampleCommit(profile));
    const stale: MinerCommit = {
      minerUid: profile.miner.uid,
      expectedRevision: 1,
      isNewMiner: false,
      upsertedExecutors: [],
      removedExecutorIds: [],
      reports: [sampleStoredReport({ reportId: 'old', outcome: 'STALE' })],
      links: [],
    };
    expect(await journal.commit(stale)).toEqual({ kind: 'committed' });
    expect(await profiles.get(profile.miner.uid)).toEqual(profile);
    expect((await rows('verification_reports')).at(-1)).toMatchObject({
      report_id: 'old',
      outcome: 'STALE',
      registered_at_block: 100,
    });
    expect(await journal.commit({ ...stale, expectedRevision: 2 })).toEqual({
      kind: 'revision_conflict',
    });
  });

  it('are not applied when a report is known, and say which under which digest', async () => {
    const { journal, rows } = await open();
    await journal.commit(sampleCommit(sampleProfile()));
    const before = await everyRow(rows);
    const result = await journal.commit(
      sampleCommit(sampleProfile({ revision: 2 }), {
        reports: [
          sampleStoredReport({ reportId: 'new' }),
          sampleStoredReport({ reportId: 'report-7-1', digest: 'another' }),
          sampleStoredReport({ reportId: 'newer' }),
        ],
      }),
    );
    expect(result).toEqual({
      kind: 'known_reports',
      digests: new Map([['prover-1 report-7-1', 'digest of prover-1 report-7-1']]),
    });
    expect(await everyRow(rows)).toEqual(before);
  });

  it('take the same report identifier from two provers', async () => {
    const { journal, rows } = await open();
    const reports = ['prover-1', 'prover-2'].map((proverId) => sampleStoredReport({ proverId }));
    expect(await journal.commit(sampleCommit(sampleProfile(), { reports }))).toEqual({
      kind: 'committed',
    });
    expect(await rows('verification_reports')).toHaveLength(2);
  });

  it.each([
    ['another writer stored one first', 0],
    ['another writer changed it', 1],
    ['it is not there', 5],
  ])(
    'are not applied to a profile that is not the expected one: %s',
    async (_, expectedRevision) => {
      const { journal, rows } = await open();
      await journal.commit(sampleCommit(sampleProfile()));
      await journal.commit(sampleCommit(sampleProfile({ revision: 2 })));
      const before = await everyRow(rows);
      const late = sampleProfile({ revision: expectedRevision + 1, score: 0.1 });
      const reports = [sampleStoredReport({ reportId: 'late' })];
      expect(await journal.commit(sampleCommit(late, { reports }))).toEqual({
        kind: 'revision_conflict',
      });
      expect(await everyRow(rows)).toEqual(before);
    },
  );

  it('handed in together store what they store one by one, whatever their order and repetitions', async () => {
    const step = fc.record({
      uid: fc.nat({ max: 3 }),
      revision: fc.integer({ min: 1, max: 3 }),
      report: fc.nat({ max: 5 }),
      executor: fc.nat({ max: 2 }),
      isNewMiner: fc.boolean(),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 24 }), async (steps) => {
      const commits = steps.map(({ uid, revision, report, executor, isNewMiner }) =>
        sampleCommit(
          sampleProfile({
            uid,
            revision,
            executors: [sampleExecutor({ executorId: `executor-${executor}` })],
          }),
          { isNewMiner, reports: [sampleStoredReport({ uid, reportId: `${uid}-${report}` })] },
        ),
      );
      const [together, apart] = [await open(), await open()];
      const groupResults = await Promise.all(commits.map((each) => together.journal.commit(each)));
      const results = [];
      for (const commit of commits) results.push(await apart.journal.commit(commit));
      expect(groupResults).toEqual(results);
      expect(await comparable(together)).toEqual(await comparable(apart));
    });
    await fc.assert(property, { numRuns: 25 });
  });
});

const TABLES = [
  'miner_gpu_profiles',
  'miner_executors',
  'verification_reports',
  'miner_prover_results',
];

async function everyRow(rows: Stores['rows']) {
  return Promise.all(TABLES.map((table) => rows(table)));
}

/** Rows without their running numbers, which depend on the order between miners. */
async function comparable({ rows }: Stores): Promise<readonly string[]> {
  const tables = await everyRow(rows);
  return tables
    .flat()
    .map(({ id, verification_report_id, ...row }) => JSON.stringify(row))
    .toSorted();
}

async function storeProfiles({ journal }: Stores, uids: readonly number[]) {
  const profiles = uids.map((uid) => sampleProfile({ uid }));
  await Promise.all(profiles.map((profile) => journal.commit(sampleCommit(profile))));
  return profiles.toSorted((a, b) => a.miner.uid - b.miner.uid);
}

async function everyBatch(profiles: Stores['profiles']) {
  const batches: (readonly Profile[])[] = [];
  for await (const batch of profiles.all()) batches.push(batch);
  return batches;
}
