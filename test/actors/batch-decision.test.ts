import { describe, expect, it } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { REPORT_LIMITS } from '../../src/domain/report.ts';
import { present } from '../../src/lib/assert.ts';
import { ActorFixture, numbered, outcomes, put, UID } from '../support/actor-fixture.ts';
import {
  A100,
  SAMPLE_NOW_MS,
  sampleExecutor,
  sampleGpus,
  sampleHotkey,
  sampleRegistration,
} from '../support/report-samples.ts';

describe('the outcomes of a batch', () => {
  it('are decided report by report: a bad one spoils nothing', async () => {
    const fixture = new ActorFixture();
    const results = put(
      fixture.actor(),
      numbered(1),
      numbered(2, { hotkey: sampleHotkey(9) }),
      numbered(3, { observedAtMs: 0 }),
      numbered(4, { observedAtMs: SAMPLE_NOW_MS + 300_001 }),
      numbered(5),
    );
    expect(await outcomes(results)).toEqual([
      'APPLIED',
      'HOTKEY_MISMATCH',
      'OBSERVED_TOO_OLD',
      'OBSERVED_IN_FUTURE',
      'APPLIED',
    ]);
    expect(fixture.journal.written).toHaveLength(1);
    expect(fixture.logger.about('report refused')).toHaveLength(3);
  });

  it('commit nothing when every report is refused', async () => {
    const fixture = new ActorFixture();
    const results = put(fixture.actor(), numbered(1, { hotkey: sampleHotkey(9) }));
    expect(await outcomes(results)).toEqual(['HOTKEY_MISMATCH']);
    expect(fixture.journal.offered).toEqual([]);
  });

  it('refuse a miner that is registered nowhere', async () => {
    const fixture = new ActorFixture();
    fixture.register();
    expect(await outcomes(put(fixture.actor(), numbered(1)))).toEqual(['MINER_NOT_REGISTERED']);
  });

  it('keep a stale report on record without a change of the profile', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(2)));
    expect(await outcomes(put(actor, numbered(1)))).toEqual(['STALE']);
    const commit = fixture.journal.written[1];
    expect(commit).toMatchObject({ expectedRevision: 1, upsertedExecutors: [] });
    expect(commit).not.toHaveProperty('next');
    expect(commit?.reports[0]).toMatchObject({ outcome: 'STALE', executors: [{}] });
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 1, verificationCount: 1 });
  });

  it('refuse the report that brings more machines than a miner may have', async () => {
    const fixture = new ActorFixture();
    const machines = Array.from({ length: REPORT_LIMITS.executorsPerMinerMax }, (_, index) =>
      sampleExecutor({ executorId: `e${index}`, gpus: [] }),
    );
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1, { executors: machines })));
    const results = put(actor, numbered(2));
    expect(await outcomes(results)).toEqual(['LIMIT_EXCEEDED']);
    expect(fixture.store.peek(UID)?.revision).toBe(1);
  });

  it('write a machine once that several reports of a batch name, as the last one said', async () => {
    const fixture = new ActorFixture();
    const changed = [sampleExecutor({ gpus: [sampleGpus({ model: A100 })] })];
    await outcomes(put(fixture.actor(), numbered(1), numbered(2, { executors: changed })));
    expect(fixture.journal.written[0]?.upsertedExecutors).toMatchObject([
      { executorId: 'executor-1', gpus: [{ category: 'A100' }] },
    ]);
  });

  it('neither write nor remove twice a machine that expires and comes back in one batch', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    const both = ['a', 'b'].map((executorId) => sampleExecutor({ executorId }));
    await outcomes(put(actor, numbered(1, { executors: both })));
    await fixture.clock.advance(fixture.policy.executorTtlMs + 1);
    const nowMs = fixture.clock.now();
    const seen = (executorId: string) => ({
      observedAtMs: nowMs,
      executors: [sampleExecutor({ executorId, verifiedAtMs: nowMs })],
    });
    await outcomes(put(actor, numbered(2, seen('c')), numbered(3, seen('a'))));
    const commit = fixture.journal.written[1];
    expect(commit?.removedExecutorIds).toEqual(['b']);
    expect(commit?.upsertedExecutors.map(({ executorId }) => executorId)).toEqual(['c', 'a']);
  });
});

describe('a report that comes again', () => {
  it('is a duplicate within its batch, and counts once', async () => {
    const fixture = new ActorFixture();
    const results = put(fixture.actor(), numbered(1), numbered(1));
    expect(await outcomes(results)).toEqual(['APPLIED', 'DUPLICATE']);
    expect(fixture.store.peek(UID)?.verificationCount).toBe(1);
  });

  it('is a duplicate in a later batch, while the rest of that batch is applied', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1), numbered(2)));
    const results = put(actor, numbered(1), numbered(2), numbered(3));
    expect(await outcomes(results)).toEqual(['DUPLICATE', 'DUPLICATE', 'APPLIED']);
    expect(fixture.store.peek(UID)).toMatchObject({ verificationCount: 3, revision: 2 });
  });

  it('is a duplicate also when its machines come in another order', async () => {
    const fixture = new ActorFixture();
    const executors = ['a', 'b'].map((executorId) => sampleExecutor({ executorId }));
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1, { executors })));
    const turned = numbered(1, { executors: executors.toReversed() });
    expect(await outcomes(put(actor, turned))).toEqual(['DUPLICATE']);
  });

  it('is refused when its identifier names other content, in the same batch or later', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    const other = numbered(1, { executors: [sampleExecutor({ hardwareScore: 0.5 })] });
    expect(await outcomes(put(actor, numbered(1), other))).toEqual(['APPLIED', 'REPORT_ID_REUSED']);
    expect(await outcomes(put(actor, other))).toEqual(['REPORT_ID_REUSED']);
    expect(fixture.store.peek(UID)?.score).toBe(1);
  });

  it('may correct a refused one under the same identifier', async () => {
    const fixture = new ActorFixture();
    const wrong = numbered(1, { hotkey: sampleHotkey(9) });
    const results = put(fixture.actor(), wrong, numbered(1));
    expect(await outcomes(results)).toEqual(['HOTKEY_MISMATCH', 'APPLIED']);
  });

  it('is a duplicate when its first commit succeeded but the answer was lost', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    fixture.journal.failNext(new AssayError('store_unavailable', 'cut off'), 'after_write');
    await expect(put(actor, numbered(1))[0]).rejects.toThrow('cut off');
    expect(await outcomes(put(actor, numbered(1), numbered(2)))).toEqual(['DUPLICATE', 'APPLIED']);
    expect(fixture.store.peek(UID)).toMatchObject({ verificationCount: 2, revision: 2 });
  });
});

describe('a UID that changes hands', () => {
  it('starts clean for the new hotkey, on top of the stored revision', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(
      put(actor, numbered(5, { executors: [sampleExecutor({ hardwareScore: 0.1 })] })),
    );
    fixture.register({ uid: UID, hotkey: sampleHotkey(9), registeredAtBlock: 900 });
    const executors = [sampleExecutor({ executorId: 'theirs', hardwareScore: 0.9 })];
    const report = numbered(1, { hotkey: sampleHotkey(9), executors });
    expect(await outcomes(put(actor, report))).toEqual(['APPLIED']);
    expect(fixture.journal.written[1]).toMatchObject({ isNewMiner: true, expectedRevision: 1 });
    const profile = present(fixture.store.peek(UID), 'stored');
    expect(profile).toMatchObject({ revision: 2, score: 0.9, verificationCount: 1 });
    expect([...profile.executors.keys()]).toEqual(['theirs']);
    expect(fixture.logger.about('changed hands')).toEqual([
      { uid: 7, oldHotkey: sampleHotkey(7), newHotkey: sampleHotkey(9) },
    ]);
  });

  it('starts clean for the same hotkey registered again', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1)));
    fixture.register(sampleRegistration({ registeredAtBlock: 900 }));
    await outcomes(put(actor, numbered(2), numbered(3)));
    expect(fixture.store.peek(UID)).toMatchObject({ verificationCount: 2 });
    await outcomes(put(actor, numbered(4)));
    expect(fixture.store.peek(UID)).toMatchObject({ verificationCount: 3 });
    expect(fixture.journal.written.map(({ isNewMiner }) => isNewMiner)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('leaves the old profile alone until the new miner has an accepted report', async () => {
    const fixture = new ActorFixture();
    const actor = fixture.actor();
    await outcomes(put(actor, numbered(1)));
    fixture.register({ uid: UID, hotkey: sampleHotkey(9), registeredAtBlock: 900 });
    expect(await outcomes(put(actor, numbered(2)))).toEqual(['HOTKEY_MISMATCH']);
    expect(fixture.store.peek(UID)).toMatchObject({ revision: 1, miner: sampleRegistration() });
  });
});
