/** Decisions that wait at once for their rows to be removed; what is beyond is found by its age. */
const ABANDONED_MAX = 100;

/**
 * Which rows of `emission_metrics` belong to decisions that this process is writing at this moment, and which to writes of
 * its own that failed. Of any other row without a weight submission only its age tells: it was left behind by a deleted
 * entry or by a process that crashed, or another process is writing it, and then its `created_at` is young.
 */
export class StagingRegister {
  readonly #staging = new Set<number>();
  readonly #abandoned = new Set<number>();

  begin(metricsId: number): void {
    this.#staging.add(metricsId);
  }

  /** The decision is complete. */
  end(metricsId: number): void {
    this.#staging.delete(metricsId);
  }

  /** The decision is given up: whoever sweeps may take its rows at once. */
  abandon(metricsId: number): void {
    this.#staging.delete(metricsId);
    if (this.#abandoned.size < ABANDONED_MAX) this.#abandoned.add(metricsId);
  }

  /** Nothing is left of an abandoned decision. */
  removed(metricsId: number): void {
    this.#abandoned.delete(metricsId);
  }

  isStaging(metricsId: number): boolean {
    return this.#staging.has(metricsId);
  }

  get abandoned(): readonly number[] {
    return [...this.#abandoned];
  }
}
