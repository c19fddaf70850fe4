import type { Events } from '../events.ts';

const NAMES_MAX = 100;

/**
 * The GPU names without a category, for the operator. It keeps the first 100 names; later ones are neither counted nor
 * reported, so that invented names cost neither memory nor log lines.
 */
export class UnknownGpus {
  readonly #events: Events;
  readonly #sightings = new Map<string, number>();

  constructor(events: Events) {
    this.#events = events;
  }

  /** How often each kept name was seen in stored reports. */
  get sightings(): ReadonlyMap<string, number> {
    return this.#sightings;
  }

  record(model: string): void {
    const count = this.#sightings.get(model);
    if (count === undefined && this.#sightings.size >= NAMES_MAX) return;
    this.#sightings.set(model, (count ?? 0) + 1);
    if (count === undefined) this.#events.unknownGpuSeen({ model });
  }
}
