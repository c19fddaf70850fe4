import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { emptyProfile } from '../../src/domain/profile-update.ts';
import type { ReportResult } from '../../src/domain/report.ts';
import { canonicalReport } from '../../src/domain/report-text.ts';
import { AssertionError, present } from '../../src/lib/assert.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { ActorFixture, LINK, numbered, outcomes, put, UID } from '../support/actor-fixture.ts';
import { settle } from '../support/manual-clock.ts';
import {
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleGpus,
  sampleHotkey,
  sampleRegistration,
} from '../support/report-samples.ts';

describe('an actor', () => {
  it('stores the profile, the report with its machines, and where it came from', async () => {
    const fixture = new ActorFixture();
    const report = numbered(1);
    expect(await outcomes(put(fixture.actor(), report))).toEqual(['APPLIED']);
    const [commit] = fixture.journal.written;
    expect(commit).toMatchObject({
      minerUid: UID,
      expectedRevision: 0,
      next: { revision: 1, score: 1, primaryCategory: 'H100', miner: sampleRegistration() },
      isNewMiner: false,
      removedExecutorIds: [],
      reports: [
        {
          report,
          digest: sha256Hex(canonicalReport(report)),
          outcome: 'APPLIED',
          receivedAtMs: SAMPLE_NOW_MS,
          executors: [{ executorId: 'executor-1', gpus: [{ category: 'H100', count: 8 }] }],
        },
      ],
      links: [LINK],
    });
    expect(commit?.upsertedExecutors).toEqual(commit?.reports[0]?.executors);
  });

  it('knows a stored report again when it would be refused by now', async () => {
    const fixture = new ActorFixture();
    const [stored, other] = [numbered(1), numbered(2)];
    await Promise.all(put(fixture.actor(), stored));
    await fixture.clock.advance(25 * 3_600_000);
    const changed = { ...stored, executors: [sampleExecutor({ hardwareScore: 0.1 })] };
    expect(await outcomes(put(fixture.actor(), stored, other, changed))).toEqual([
      'DUPLICATE',
      'OBSERVED_TOO_OLD',
      'REPORT_ID_REUSED',
    ]);
    fixture.register(sampleRegistration({ hotkey: sampleHotkey(99) }));
    expect(await outcomes(put(fixture.actor(), stored))).toEqual(['DUPLICATE']);
    expect(fixture.journal.written.length).toBe(1);
  });

  it('limits a batch by its rows too, and always takes one report', async () => {
    const fixture = new ActorFixture();
    const gpuGroups = Array.from({ length: 16 }, () => sampleGpus({ count: 0 }));
    const large = (number: number, machines: number) =>
      numbered(number, {
        executors: Array.from({ length: machines }, (_, machine) =>
          sampleExecutor({
            executorId: `executor-${machine}`,
            attestation: { isValid: true, gpuGroups },
          }),
        ),
      });
    const reports = [large(1, 40), large(2, 40), large(3, 200), large(4, 1), numbered(5)];
    await Promise.all(put(fixture.actor(), ...reports));
    expect(fixture.journal.written.map((commit) => commit.reports.length)).toEqual([2, 1, 2]);
  });

  it('acknowledges only after the commit is durable', async () => {
    const fixture = new ActorFixture();
    fixture.journal.hold();
    const decided: ReportResult[] = [];
    const [result] = put(fixture.actor(), numbered(1));
    void result?.then((one) => decided.push(one));
    await settle();
    expect(fixture.journal.heldCount).toBe(1);
    expect(decided).toEqual([]);
    fixture.journal.completeNext();
    await settle();
    expect(decided).toEqual([{ outcome: 'APPLIED' }]);
  });

  it('has one batch in flight and makes one commit of what came meanwhile', async () => {
    const fixture = new ActorFixture();
    fixture.journal.hold();
    const actor = fixture.actor();
    const first = put(actor, numbered(1));
    await settle();
    const later = [...put(actor, numbered(2)), ...put(actor, numbered(3), numbered(4))];
    await settle();
    expect(fixture.journal.heldCount).toBe(1);
    fixture.journal.release();
    expect(await outcomes([...first, ...later])).toEqual(Array(4).fill('APPLIED'));
    expect(fixture.journal.written.map(({ reports }) => reports.length)).toEqual([1, 3]);
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 2, verificationCount: 4 });
  });

  it('takes no more reports into one commit than its limit', async () => {
    const fixture = new ActorFixture();
    const reports = [1, 2, 3, 4, 5].map((number) => numbered(number));
    await outcomes(put(fixture.actor({ batchReportsMax: 2 }), ...reports));
    expect(fixture.journal.written.map(({ reports: stored }) => stored.length)).toEqual([2, 2, 1]);
  });

  it('loads the profile once, on first use', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    expect(fixture.store.getCount).toBe(0);
    await outcomes(put(actor, numbered(1)));
    await outcomes(put(actor, numbered(2)));
    expect(fixture.store.getCount).toBe(1);
  });

  it('goes on from a stored profile', async () => {
    const fixture = new ActorFixture();
    await outcomes(put(fixture.actor(), numbered(1)));
    const failed = [sampleExecutor({ isValid: false })];
    await outcomes(put(fixture.actor(), numbered(2, { executors: failed })));
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 2, verificationCount: 2 });
    expect(fixture.store.peek(UID)?.score).toBeCloseTo(0.7, 12);
  });

  it('says when it has become idle', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor({ batchReportsMax: 1 });
    await outcomes(put(actor, numbered(1), numbered(2)));
    await settle();
    expect(fixture.idleCount).toBe(1);
  });

  it('counts outcomes', async () => {
    const fixture = new ActorFixture();
    const wrong = numbered(3, { hotkey: sampleHotkey(9) });
    await outcomes(put(fixture.actor(), numbered(2), numbered(2), numbered(1), wrong));
    expect(fixture.tallies.counts).toEqual({ APPLIED: 1, DUPLICATE: 1, STALE: 1, REFUSED: 1 });
  });
});

describe('a profile that another writer changes', () => {
  const others = (fixture: ActorFixture, revision: number) =>
    fixture.store.put({ ...emptyProfile(sampleRegistration(), 0), revision, score: 0.5 });

  it('is loaded again, and the batch is decided again on it', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1)));
    const profile = present(fixture.store.peek(UID), 'stored');
    fixture.store.put({ ...profile, revision: 9, score: 0 });
    expect(await outcomes(put(actor, numbered(2)))).toEqual(['APPLIED']);
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 10, verificationCount: 2 });
    expect(fixture.store.peek(UID)?.score).toBeCloseTo(0.3, 12);
    expect(fixture.journal.offered).toHaveLength(3);
  });

  it('is given up as store_unavailable when it never holds still', async () => {
    let revision = 10;
    const fixture: ActorFixture = new ActorFixture((complete) => {
      revision += 1;
      others(fixture, revision);
      complete();
    });
    const [result] = put(fixture.actor(), numbered(1));
    await expect(result).rejects.toMatchObject({ code: 'store_unavailable', kind: 'busy' });
    expect(fixture.journal.offered).toHaveLength(8);
    expect(fixture.journal.written).toEqual([]);
  });
});

describe('a store that fails', () => {
  it('fails the batch, changes nothing, and the next delivery succeeds', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1)));
    fixture.journal.failNext();
    const failed = put(actor, numbered(2), numbered(3));
    for (const result of failed) {
      await expect(result).rejects.toMatchObject({ code: 'store_unavailable' });
    }
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 1, verificationCount: 1 });
    expect(await outcomes(put(actor, numbered(2), numbered(3)))).toEqual(['APPLIED', 'APPLIED']);
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 2, verificationCount: 3 });
    expect(fixture.store.getCount).toBe(2);
  });

  it('fails what is queued behind the batch too, so that nothing overtakes it', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor({ batchReportsMax: 1, mailboxReportsMax: 2 });
    fixture.journal.failNext();
    const reports = [1, 2, 3, 4, 5].map((number) => numbered(number));
    const results = await Promise.allSettled(put(actor, ...reports));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(await outcomes(put(actor, ...reports))).toEqual(Array(5).fill('APPLIED'));
  });

  it('fails the batch when the profile cannot be loaded', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    fixture.store.failNext(new AssayError('store_unavailable', 'locked'));
    await expect(put(actor, numbered(1))[0]).rejects.toThrow('locked');
    expect(await outcomes(put(actor, numbered(1)))).toEqual(['APPLIED']);
  });

  it('is store_unavailable with its cause when it fails without a code', async () => {
    const fixture = new ActorFixture();
    const cause = new Error('EIO');
    fixture.journal.failNext(cause);
    await expect(put(fixture.actor(), numbered(1))[0]).rejects.toMatchObject({
      code: 'store_unavailable',
      cause,
    });
  });

  it('does not hide a bug', async () => {
    const fixture = new ActorFixture();
    fixture.journal.failNext(new AssertionError('broken'));
    await expect(put(fixture.actor(), numbered(1))[0]).rejects.toThrow(AssertionError);
  });

  it('hands on that there is no metagraph', async () => {
    const fixture = new ActorFixture();
    fixture.loseMetagraph();
    await expect(put(fixture.actor(), numbered(1))[0]).rejects.toMatchObject({
      code: 'metagraph_unavailable',
    });
  });
});
