import type { MinerUid } from '../domain/ids.ts';
import type { Metagraph, Registration } from '../domain/metagraph.ts';
import type { MetagraphReader } from './ports.ts';

/** Who holds a UID now. The index by UID is made anew only when a metagraph with other neurons was read. */
export class Registrations {
  readonly #reader: MetagraphReader;
  #indexed: Metagraph['neurons'] | undefined;
  #byUid: readonly (Registration | undefined)[] = [];

  constructor(reader: MetagraphReader) {
    this.#reader = reader;
  }

  /** @throws AssayError `metagraph_unavailable` before the first metagraph was read. */
  find(uid: MinerUid): Registration | undefined {
    this.refresh();
    return this.#byUid[uid];
  }

  /** @throws AssayError `metagraph_unavailable` before the first metagraph was read. */
  refresh(): void {
    const { neurons } = this.#reader.current();
    if (neurons === this.#indexed) return;
    const byUid: (Registration | undefined)[] = [];
    for (const neuron of neurons) byUid[neuron.uid] = neuron;
    this.#byUid = byUid;
    this.#indexed = neurons;
  }
}
