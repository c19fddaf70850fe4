/** What becomes of a live actor whose profile is deleted under it: the real directory over a real database. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MinerDirectory } from '../../src/actors/miner-directory.ts';
import type { MinerCommit } from '../../src/actors/ports.ts';
import { reportId } from '../../src/domain/ids.ts';
import type { Profile } from '../../src/domain/profile.ts';
import { applyReport, emptyProfile } from '../../src/domain/profile-update.ts';
import type { Report } from '../../src/domain/report.ts';
import { IntakeFixture } from '../support/intake-fixture.ts';
import {
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleHotkey,
  sampleRegistration,
  sampleReport,
  uid,
} from '../support/report-samples.ts';
import { type Stores, sqliteStores, temporaryDatabase } from '../support/temporary-database.ts';

const UID = uid(7);

describe('a miner whose profile was deleted', () => {
  it('begins anew with the next report, under a revision that was never used', async () => {
    const { stores, directory, deliver } = await service();
    await deliver(directory, numbered(1), numbered(2));
    expect(await stores.profileRemover.delete(UID)).toMatchObject({ verificationCount: 2 });
    expect(await deliver(directory, numbered(3, 0.5))).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toEqual({
      ...profileOf([numbered(3, 0.5)]),
      revision: 2,
    });
    expect(await deliver(directory, numbered(4, 0.5))).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toEqual({
      ...profileOf([numbered(3, 0.5), numbered(4, 0.5)]),
      revision: 3,
    });
  });

  it('begins anew with a report that was on its way to disk', async () => {
    const { stores, directory, deliver, onCommit } = await service();
    await deliver(directory, numbered(1), numbered(2));
    onCommit(() => void stores.profileRemover.delete(UID));
    expect(await deliver(directory, numbered(3))).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toMatchObject({ verificationCount: 1 });
    expect(await stores.rows('verification_reports')).toHaveLength(3);
    expect(await stores.rows('miner_prover_results')).toHaveLength(3);
  });

  it('takes a report that would have been stale as its first', async () => {
    const { stores, directory, deliver, onCommit } = await service();
    await deliver(directory, numbered(5));
    onCommit(() => void stores.profileRemover.delete(UID));
    expect(await deliver(directory, numbered(4))).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toMatchObject({
      verificationCount: 1,
      lastObservedAtMs: numbered(4).observedAtMs,
    });
  });

  it('is told of the repetition of an earlier report, which brings nothing back', async () => {
    const { stores, directory, deliver } = await service();
    await deliver(directory, numbered(1));
    await stores.profileRemover.delete(UID);
    expect(await deliver(directory, numbered(1))).toEqual(['DUPLICATE']);
    expect(await stores.profiles.get(UID)).toBeUndefined();
    expect(await deliver(directory, numbered(1), numbered(2))).toEqual(['DUPLICATE', 'APPLIED']);
    expect(await stores.profiles.get(UID)).toMatchObject({ verificationCount: 1 });
  });

  it('loses no report of those that arrive together with the deletion', async () => {
    const { stores, directory, deliver, onCommit } = await service();
    let commits = 0;
    onCommit(() => {
      commits += 1;
      if (commits === 3) void stores.profileRemover.delete(UID);
    });
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    const outcomes = await Promise.all(
      numbers.map((number) => deliver(directory, numbered(number))),
    );
    expect(outcomes.flat()).toEqual(numbers.map(() => 'APPLIED'));
    expect(await stores.rows('verification_reports')).toHaveLength(40);
    const left = await stores.profiles.get(UID);
    expect(left?.lastObservedAtMs).toBe(numbered(40).observedAtMs);
    expect(left?.verificationCount).toBeLessThanOrEqual(40);
  });

  it('is deleted by age as well, and begins anew', async () => {
    const { stores, directory, deliver } = await service();
    await deliver(directory, numbered(1), numbered(2));
    expect(await stores.profileRemover.deleteOlderThan(SAMPLE_NOW_MS + 1, 10)).toBe(1);
    expect(await deliver(directory, numbered(3))).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toMatchObject({ verificationCount: 1, revision: 2 });
  });

  it('is not taken for one that another process grew to as many changes meanwhile', async () => {
    const { stores, directory, other, deliver } = await service();
    await deliver(directory, numbered(1, 1, 'a'));
    await deliver(directory, numbered(2, 1, 'a'));
    await stores.profileRemover.delete(UID);
    const grown = [numbered(3, 0.5, 'b'), numbered(4, 0.5, 'b')];
    for (const report of grown) await deliver(other, report);
    const next = numbered(5, 1, 'c');
    await deliver(directory, next);
    const expected = { ...profileOf([...grown, next]), revision: 5 };
    expect(await stores.profiles.get(UID)).toEqual(expected);
  });

  it('may pass to another hotkey before its next report', async () => {
    const { stores, directory, deliver, register } = await service();
    await deliver(directory, numbered(1));
    await stores.profileRemover.delete(UID);
    const hotkey = sampleHotkey(99);
    register(sampleRegistration({ uid: UID, hotkey, registeredAtBlock: 200 }));
    expect(await deliver(directory, { ...numbered(2), hotkey })).toEqual(['APPLIED']);
    expect(await stores.profiles.get(UID)).toMatchObject({
      miner: { hotkey, registeredAtBlock: 200 },
      verificationCount: 1,
    });
  });
});

describe('reports and deletions in any order, from two processes', () => {
  it('come to the reports since the last deletion, and no revision comes twice', async () => {
    const step = fc.record({
      by: fc.constantFrom('directory' as const, 'other' as const, 'deletion' as const),
      score: fc.constantFrom(0, 0.25, 1),
      executorId: fc.constantFrom('a', 'b', 'c'),
    });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { stores, deliver, ...directories } = await service();
      const revisions: number[] = [];
      let since: Report[] = [];
      for (const [index, { by, score, executorId }] of steps.entries()) {
        if (by === 'deletion') {
          await stores.profileRemover.delete(UID);
          since = [];
        } else {
          const report = numbered(index, score, executorId);
          since.push(report);
          expect(await deliver(directories[by], report)).toEqual(['APPLIED']);
          revisions.push((await stores.profiles.get(UID))?.revision ?? 0);
        }
      }
      const left = await stores.profiles.get(UID);
      const expected = since.length === 0 ? undefined : profileOf(since);
      expect(left && { ...left, revision: 0 }).toEqual(expected && { ...expected, revision: 0 });
      expect(revisions).toEqual([...new Set(revisions)].toSorted((a, b) => a - b));
    });
    await fc.assert(property, { numRuns: 15 });
  });
});

/** Two directories over one database, as two processes would have them. */
async function service() {
  const fixture = new IntakeFixture();
  const stores: Stores = sqliteStores(await temporaryDatabase());
  let hook: () => void = () => undefined;
  const journal = {
    digestsOf: (reports: readonly Report[]) => stores.journal.digestsOf(reports),
    /** The commit waits for the journal's next transaction when the hook runs. */
    commit: (commit: MinerCommit) => {
      const result = stores.journal.commit(commit);
      hook();
      return result;
    },
  };
  const ports = { journal, profiles: stores.profiles };
  return {
    stores,
    directory: fixture.directory({ batchReportsMax: 4 }, ports),
    other: fixture.directory({}, ports),
    register: (...registrations: Parameters<IntakeFixture['register']>) =>
      fixture.register(...registrations),
    onCommit: (run: () => void) => {
      hook = run;
    },
    deliver: async (directory: MinerDirectory, ...reports: Report[]) =>
      (await directory.deliver(reports, { whenFull: 'wait' })).map(({ outcome }) => outcome),
  };
}

/** Reports with higher numbers are newer. */
function numbered(number: number, hardwareScore = 1, executorId = 'executor-1'): Report {
  return sampleReport({
    reportId: reportId(`report-${number}`),
    observedAtMs: SAMPLE_NOW_MS + number,
    executors: [sampleExecutor({ executorId, hardwareScore })],
  });
}

/** What reports come to when nothing was there before, each one a change. */
function profileOf(reports: readonly Report[]): Profile {
  const { policy, normaliser } = new IntakeFixture();
  let profile = emptyProfile(sampleRegistration({ uid: UID }), SAMPLE_NOW_MS);
  for (const report of reports) {
    const update = applyReport(profile, report, { policy, normaliser, nowMs: SAMPLE_NOW_MS });
    if (update.outcome === 'APPLIED') profile = update.next;
  }
  return profile;
}
