/** Messages of a report stream as they go over the wire: every miner with machines that pass. */
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { packages } from '../src/grpc/proto.ts';

/** What a load consists of; the service's dev chain has the same seed and miners. */
export interface LoadShape {
  readonly seed: number;
  /** A multiple of the streams: then each belongs to one of them, and its reports arrive in the order of their times. */
  readonly miners: number;
  readonly streams: number;
  readonly reportsPerMessage: number;
  readonly executorsPerReport: number;
}

/** Makes the messages of all streams; encoded beforehand, the clock sees the service and not the making of the load. */
export class ReportMessages {
  readonly #shape: LoadShape;
  readonly #miners: ReturnType<typeof devMiners>;
  readonly #observedSeconds = Math.floor(Date.now() / 1_000) - 600;
  #made = 0;

  constructor(shape: LoadShape) {
    this.#shape = shape;
    this.#miners = devMiners(shape);
  }

  /** The next messages of each stream. */
  next(messagesPerStream: number): readonly (readonly Buffer[])[] {
    const first = this.#made;
    this.#made += messagesPerStream;
    return Array.from({ length: this.#shape.streams }, (_, stream) =>
      Array.from({ length: messagesPerStream }, (_unused, index) =>
        this.#message(stream, first + index),
      ),
    );
  }

  #message(stream: number, number: number): Buffer {
    const { requestSerialize } = packages.assay.v1.VerificationService.service.StreamReports;
    const { reportsPerMessage } = this.#shape;
    return requestSerialize({
      prover_id: `bench-${stream}`,
      sequence: number + 1,
      reports: Array.from({ length: reportsPerMessage }, (_, index) =>
        this.#report(stream, number * reportsPerMessage + index),
      ),
    } as never);
  }

  #report(stream: number, ofStream: number) {
    const { streams, executorsPerReport } = this.#shape;
    const number = ofStream * streams + stream;
    const miner = this.#miners[number % this.#miners.length];
    if (miner === undefined) throw new Error('the benchmark needs miners');
    const round = Math.floor(number / this.#miners.length);
    return {
      report_id: `report-${number}`,
      miner_uid: miner.uid,
      miner_hotkey: miner.hotkey,
      observed_time: { seconds: this.#observedSeconds, nanos: round * 1_000_000 },
      executors: passingExecutors(miner.uid, executorsPerReport),
    };
  }
}

/** Machines of a miner that pass. */
export function passingExecutors(uid: number, count: number) {
  return Array.from({ length: count }, (_, executor) => ({
    executor_id: `executor-${uid}-${executor}`,
    is_valid: true,
    hardware_score: 0.9,
    attestation: {
      valid: true,
      gpu_groups: [{ model: 'NVIDIA H100 80GB HBM3', count: 8, memory_mib: 81_559 }],
    },
  }));
}
