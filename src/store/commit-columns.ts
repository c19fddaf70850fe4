/**
 * A group of commits as one column of numbers and one of texts: cloning a report's objects, rows or parameters into the
 * thread that writes them would cost as much as half of writing them. A text stands in the numbers by its place among the
 * texts, and one that many rows share stands there once.
 *
 * A commit is: its length in numbers, then `uid, expected revision, is new miner, has profile`, the profile, the count of
 * removed executors and their identifiers, the count of reports and the reports, then `upserts`: -1 for the executors of
 * the only report, otherwise a count and the executors. `CommitReader` takes it apart in the same order.
 */
import type { MinerCommit, StoredReport } from '../actors/ports.ts';
import type { ExecutorGpus, ExecutorProfile, Profile } from '../domain/profile.ts';
import { assert } from '../lib/assert.ts';
import { countedOf } from './counted-gpus.ts';
import { gpuCountsJson, gpusJson } from './gpus-json.ts';
import { timeText } from './time-text.ts';

/** See the top of this file. */
export interface CommitColumns {
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly texts: readonly string[];
  readonly commitCount: number;
}

/** In place of a count of executors to store: those of the only report, all of them and in its order. */
export const UPSERTS_AS_REPORTED = -1;

/** How an outcome is written. */
export const OUTCOMES = ['APPLIED', 'STALE'] as const;

/** In place of a text that is absent. */
const NO_TEXT = -1;

const CAPACITY_FIRST = 16_384;

/** Texts of GPUs that were made lately, by the first model. */
interface KnownGpus {
  readonly gpus: ExecutorGpus;
  readonly place: number;
}

/** Puts commits one after the other. */
export class CommitColumnsBuilder {
  #numbers = new Float64Array(CAPACITY_FIRST);
  #length = 0;
  #commitCount = 0;
  readonly #texts: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #times = new Map<number, number>();
  readonly #gpus = new Map<string, KnownGpus>();

  add(commit: MinerCommit): void {
    const start = this.#length;
    const { next, isNewMiner, removedExecutorIds, reports } = commit;
    this.#add(0);
    this.#add(commit.minerUid);
    this.#add(commit.expectedRevision);
    this.#add(Number(isNewMiner));
    this.#add(Number(next !== undefined));
    if (next !== undefined) this.#addProfile(next);
    this.#add(removedExecutorIds.length);
    for (const id of removedExecutorIds) this.#addText(id);
    this.#add(reports.length);
    for (const report of reports) this.#addReport(report);
    this.#addUpserts(commit);
    this.#numbers[start] = this.#length - start;
    this.#commitCount += 1;
  }

  /** Everything that was added; nothing may be added afterwards. */
  build(): CommitColumns {
    const numbers = this.#numbers.slice(0, this.#length);
    return { numbers, texts: this.#texts, commitCount: this.#commitCount };
  }

  #addProfile(profile: Profile): void {
    const counted = countedOf(profile.executors);
    if (counted === undefined) this.#add(NO_TEXT);
    else this.#addShared(counted.text);
    this.#addShared(gpuCountsJson(profile.gpuCounts));
    this.#addShared(profile.miner.hotkey);
    this.#addTime(profile.lastObservedAtMs);
    this.#addTime(profile.updatedAtMs);
    if (counted?.oldestVerifiedAtMs === undefined) this.#add(NO_TEXT);
    else this.#addTime(counted.oldestVerifiedAtMs);
    this.#addShared(profile.primaryCategory);
    this.#add(profile.miner.registeredAtBlock);
    this.#add(profile.revision);
    this.#add(profile.score);
    this.#add(profile.verificationCount);
  }

  #addReport({ report, digest, outcome, receivedAtMs, executors }: StoredReport): void {
    const start = this.#length;
    this.#add(0);
    this.#addText(digest);
    this.#addShared(report.hotkey);
    this.#addTime(report.observedAtMs);
    this.#add(OUTCOMES.indexOf(outcome));
    this.#addShared(report.proverId);
    this.#addTime(receivedAtMs);
    this.#addText(report.reportId);
    this.#add(executors.length);
    for (const executor of executors) this.#addExecutor(executor);
    this.#numbers[start] = this.#length - start;
  }

  #addExecutor(executor: ExecutorProfile): void {
    this.#addText(executor.executorId);
    this.#add(Number(executor.isAttestationValid));
    this.#add(executor.hardwareScore);
    this.#add(Number(executor.isValid));
    this.#add(executor.networkBandwidthMbps ?? Number.NaN);
    this.#addTime(executor.verifiedAtMs);
    this.#addGpusJson(executor.gpus);
    this.#add(executor.gpus.length);
    for (const { category, count, memoryMib, model } of executor.gpus) {
      this.#addShared(category);
      this.#add(count);
      this.#add(memoryMib);
      this.#addShared(model);
    }
  }

  #addUpserts({ reports, upsertedExecutors }: MinerCommit): void {
    const [only] = reports;
    const isAsReported =
      reports.length === 1 &&
      only?.executors.length === upsertedExecutors.length &&
      upsertedExecutors.every((executor, index) => executor === only.executors[index]);
    if (isAsReported) {
      this.#add(UPSERTS_AS_REPORTED);
      return;
    }
    this.#add(upsertedExecutors.length);
    for (const executor of upsertedExecutors) this.#addExecutor(executor);
  }

  /** Most machines of a fleet are alike, and making the text costs more than finding it. */
  #addGpusJson(gpus: readonly ExecutorGpus[]): void {
    const [only] = gpus;
    if (only === undefined || gpus.length > 1 || only.uuids.length > 0) {
      this.#addShared(gpusJson(gpus));
      return;
    }
    const known = this.#gpus.get(only.model);
    if (known !== undefined && isAlike(known.gpus, only)) {
      this.#add(known.place);
      return;
    }
    const place = this.#placeOf(gpusJson(gpus));
    this.#gpus.set(only.model, { gpus: only, place });
    this.#add(place);
  }

  #addTime(ms: number): void {
    let place = this.#times.get(ms);
    if (place === undefined) {
      place = this.#texts.push(timeText(ms)) - 1;
      this.#times.set(ms, place);
    }
    this.#add(place);
  }

  #addShared(text: string): void {
    this.#add(this.#placeOf(text));
  }

  #placeOf(text: string): number {
    let place = this.#places.get(text);
    if (place === undefined) {
      place = this.#texts.push(text) - 1;
      this.#places.set(text, place);
    }
    return place;
  }

  /** A text that hardly any other row has. */
  #addText(text: string): void {
    this.#add(this.#texts.push(text) - 1);
  }

  #add(value: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.#length] = value;
    this.#length += 1;
  }
}

function isAlike(a: ExecutorGpus, b: ExecutorGpus): boolean {
  return a.count === b.count && a.memoryMib === b.memoryMib && a.category === b.category;
}

/** Reads the columns from a place on, in the order in which they were written. */
export class CommitReader {
  readonly #columns: CommitColumns;
  /** The place that is read next. */
  at: number;

  constructor(columns: CommitColumns, at: number) {
    this.#columns = columns;
    this.at = at;
  }

  number(): number {
    const value = this.#columns.numbers[this.at];
    assert(value !== undefined, 'a commit is read no further than it goes');
    this.at += 1;
    return value;
  }

  flag(): boolean {
    return this.number() === 1;
  }

  text(): string {
    const text = this.#columns.texts[this.number()];
    assert(text !== undefined, 'a text of a commit is there');
    return text;
  }

  /** Null where the text is absent. */
  optionalText(): string | null {
    if (this.#columns.numbers[this.at] !== NO_TEXT) return this.text();
    this.at += 1;
    return null;
  }

  /** Null where the number is absent. */
  optional(): number | null {
    const value = this.number();
    return Number.isNaN(value) ? null : value;
  }
}

/** Where each commit of the group starts. */
export function commitPlaces({ numbers, commitCount }: CommitColumns): readonly number[] {
  const places: number[] = [];
  let at = 0;
  for (let index = 0; index < commitCount; index += 1) {
    places.push(at);
    at += numbers[at] as number;
  }
  assert(at === numbers.length, 'the commits of a group fill its columns');
  return places;
}
