import type {
  CommitResult,
  Journal,
  MinerCommit,
  ProfilePageQuery,
  ProfileReader,
} from '../../src/actors/ports.ts';
import type { ProfileRemover } from '../../src/actors/record-ports.ts';
import { AssayError } from '../../src/domain/errors.ts';
import { CATALOGUE } from '../../src/domain/gpu/catalogue.ts';
import type { MinerUid } from '../../src/domain/ids.ts';
import type { ExecutorProfile, Profile, ProfileStatistics } from '../../src/domain/profile.ts';
import { type Report, type ReportKey, reportKey } from '../../src/domain/report.ts';
import { assert } from '../../src/lib/assert.ts';

/** Profiles in memory; what an actor reads from and a `MemoryJournal` writes to. */
export class MemoryProfileStore implements ProfileReader, ProfileRemover {
  readonly #profiles = new Map<MinerUid, Profile>();
  readonly #deletedRevisions = new Map<MinerUid, number>();
  readonly #failures: unknown[] = [];
  getCount = 0;

  /** What another writer would do: the profile is there, whatever was before. */
  put(profile: Profile): void {
    this.#profiles.set(profile.miner.uid, profile);
  }

  peek(uid: MinerUid): Profile | undefined {
    return this.#profiles.get(uid);
  }

  /** The last revision of a deleted profile; 0 when none was deleted, or another followed. */
  deletedRevision(uid: MinerUid): number {
    return this.#profiles.has(uid) ? 0 : (this.#deletedRevisions.get(uid) ?? 0);
  }

  async delete(uid: MinerUid): Promise<Profile | undefined> {
    const profile = this.#profiles.get(uid);
    if (profile !== undefined) this.#deletedRevisions.set(uid, profile.revision);
    this.#profiles.delete(uid);
    return profile;
  }

  async deleteOlderThan(updatedBeforeMs: number, limit: number): Promise<number> {
    const old = this.#sorted().filter(({ updatedAtMs }) => updatedAtMs < updatedBeforeMs);
    for (const { miner } of old.slice(0, limit)) await this.delete(miner.uid);
    return Math.min(old.length, limit);
  }

  /** The next `get` rejects with this error. */
  failNext(error: unknown): void {
    this.#failures.push(error);
  }

  async get(uid: MinerUid): Promise<Profile | undefined> {
    this.getCount += 1;
    if (this.#failures.length > 0) throw this.#failures.shift();
    return this.#profiles.get(uid);
  }

  async page(query: ProfilePageQuery): Promise<readonly Profile[]> {
    const { afterUid, limit, primaryCategory, updatedSinceMs = 0 } = query;
    return this.#sorted()
      .filter(({ miner }) => miner.uid > afterUid)
      .filter((profile) => (primaryCategory ?? profile.primaryCategory) === profile.primaryCategory)
      .filter(({ updatedAtMs }) => updatedAtMs >= updatedSinceMs)
      .slice(0, limit)
      .map((profile) => ({ ...profile, executors: new Map() }));
  }

  async *all(): AsyncIterable<readonly Profile[]> {
    yield this.#sorted();
  }

  async count(): Promise<number> {
    return this.#profiles.size;
  }

  async statistics(): Promise<ProfileStatistics> {
    return statisticsOf(this.#sorted());
  }

  #sorted(): Profile[] {
    return [...this.#profiles.values()].sort((a, b) => a.miner.uid - b.miner.uid);
  }
}

/** What profiles come to, counted one by one. */
export function statisticsOf(profiles: readonly Profile[]): ProfileStatistics {
  const ofCategory = CATALOGUE.map((category) => ({
    category,
    scores: profiles
      .filter(({ primaryCategory }) => primaryCategory === category)
      .map(({ score }) => score),
  })).filter(({ scores }) => scores.length > 0);
  return {
    profileCount: profiles.length,
    byCategory: new Map(
      ofCategory.map(({ category, scores }) => [
        category,
        {
          profileCount: scores.length,
          averageScore: scores.reduce((sum, score) => sum + score, 0) / scores.length,
        },
      ]),
    ),
    updatedAtMs:
      profiles.length === 0
        ? undefined
        : Math.max(...profiles.map(({ updatedAtMs }) => updatedAtMs)),
  };
}

/** When a failing commit fails: nothing was written, or everything was and only the answer was lost. */
export type FailureMoment = 'before_write' | 'after_write';

interface Failure {
  readonly error: unknown;
  readonly moment: FailureMoment;
}

/**
 * Keeps the journal's contract in memory: known reports, revisions, all or nothing. It stores executors from the commit's
 * upserts and removals, not from `next`, as a database does, and states that both agree. Tests decide when a commit ends:
 * at once, by `hold` and `completeNext`, or by a schedule of their own.
 */
export class MemoryJournal implements Journal {
  /** Every commit that was handed over, also those that were not written. */
  readonly offered: MinerCommit[] = [];
  /** The commits that were written, in order. */
  readonly written: MinerCommit[] = [];
  readonly #store: MemoryProfileStore;
  readonly #schedule: (complete: () => void) => void;
  readonly #digests = new Map<ReportKey, string>();
  readonly #failures: Failure[] = [];
  readonly #held: (() => void)[] = [];
  #isHolding = false;

  constructor(
    store: MemoryProfileStore,
    schedule: (complete: () => void) => void = (complete) => queueMicrotask(complete),
  ) {
    this.#store = store;
    this.#schedule = schedule;
  }

  async digestsOf(reports: readonly Report[]): Promise<ReadonlyMap<ReportKey, string>> {
    return new Map(
      reports.flatMap((report) => {
        const digest = this.#digests.get(reportKey(report));
        return digest === undefined ? [] : [[reportKey(report), digest] as const];
      }),
    );
  }

  /** Commits wait from now on until they are completed one by one. */
  hold(): void {
    this.#isHolding = true;
  }

  get heldCount(): number {
    return this.#held.length;
  }

  completeNext(): void {
    const complete = this.#held.shift();
    assert(complete !== undefined, 'a commit is waiting');
    complete();
  }

  /** Completes what waits; later commits complete by themselves. */
  release(): void {
    this.#isHolding = false;
    while (this.#held.length > 0) this.completeNext();
  }

  failNext(
    error: unknown = new AssayError('store_unavailable', 'disk full'),
    moment: FailureMoment = 'before_write',
  ): void {
    this.#failures.push({ error, moment });
  }

  commit(commit: MinerCommit): Promise<CommitResult> {
    this.offered.push(commit);
    return new Promise((resolve, reject) => {
      const complete = () => {
        try {
          resolve(this.#decide(commit));
        } catch (error) {
          reject(error);
        }
      };
      if (this.#isHolding) this.#held.push(complete);
      else this.#schedule(complete);
    });
  }

  #decide(commit: MinerCommit): CommitResult {
    const failure = this.#failures.shift();
    if (failure?.moment === 'before_write') throw failure.error;
    const result = this.#write(commit);
    if (failure !== undefined) throw failure.error;
    return result;
  }

  #write(commit: MinerCommit): CommitResult {
    const known = new Map<ReportKey, string>();
    for (const { report } of commit.reports) {
      const digest = this.#digests.get(reportKey(report));
      if (digest !== undefined) known.set(reportKey(report), digest);
    }
    if (known.size > 0) return { kind: 'known_reports', digests: known };
    const stored = this.#store.peek(commit.minerUid);
    if ((stored?.revision ?? 0) !== commit.expectedRevision) return { kind: 'revision_conflict' };
    const revision = commit.next && this.#storeProfile(commit, commit.next);
    for (const { report, digest } of commit.reports) {
      assert(!this.#digests.has(reportKey(report)), 'a commit names a report once');
      this.#digests.set(reportKey(report), digest);
    }
    this.written.push(commit);
    return revision === undefined || revision === commit.next?.revision
      ? { kind: 'committed' }
      : { kind: 'committed', revision };
  }

  /** The revision that it is stored with: where a profile was deleted, the next goes on counting. */
  #storeProfile(commit: MinerCommit, next: Profile): number {
    assert(next.revision === commit.expectedRevision + 1, 'a revision rises by one');
    const stored = this.#store.peek(commit.minerUid);
    const executors = new Map<string, ExecutorProfile>(
      commit.isNewMiner ? [] : (stored?.executors ?? []),
    );
    for (const id of commit.removedExecutorIds) executors.delete(id);
    for (const executor of commit.upsertedExecutors) executors.set(executor.executorId, executor);
    assert(isSameMap(executors, next.executors), 'the changes lead to the executors of `next`');
    const revision = this.#store.deletedRevision(commit.minerUid) + next.revision;
    this.#store.put({ ...next, executors, revision });
    return revision;
  }
}

function isSameMap(
  left: ReadonlyMap<string, ExecutorProfile>,
  right: ReadonlyMap<string, ExecutorProfile>,
): boolean {
  const entries = [...left];
  return left.size === right.size && entries.every(([id, executor]) => right.get(id) === executor);
}
