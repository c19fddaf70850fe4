/**
 * Streams that stay open and carry one round of messages after the other, each on a connection of its own. Messages go as
 * bytes, and of an acknowledgement only its sequence is read, so that the client takes as little of the processors as it can.
 */
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import { packages } from '../src/grpc/proto.ts';

/** Messages by stream. */
type Messages = readonly (readonly Buffer[])[];

type Call = ClientDuplexStream<Buffer, number>;

/** A round, from the first message to the last acknowledgement. */
export interface SentRound {
  readonly seconds: number;
  /**
   * How long each message waited for its acknowledgement: since it was sent, or in a paced round since it was to be sent,
   * so that a stall counts for all that it held up.
   */
  readonly ackMs: readonly number[];
}

interface Acknowledgements {
  /** Of each stream, by message, when its wait began. */
  readonly sinceMs: readonly number[][];
  /** Called when a stream may have room. */
  readonly onRoom: (stream: number) => void;
}

const SEQUENCE_TAG = 0x08;

/** See the top of this file. */
export class ReportSender {
  readonly #clients: readonly Client[];
  readonly #calls: readonly Call[];
  readonly #acknowledged: number[];
  #failure: { readonly error: unknown } | undefined;
  #failed: (error: unknown) => void = () => undefined;
  #onAcknowledged: (stream: number, sequence: number) => void = () => undefined;

  constructor(address: string, streams: number) {
    const numbers = Array.from({ length: streams }, (_, stream) => stream);
    this.#clients = numbers.map(
      () =>
        new Client(address, credentials.createInsecure(), {
          'grpc.use_local_subchannel_pool': 1,
          'grpc.enable_retries': 0,
        }),
    );
    this.#acknowledged = numbers.map(() => 0);
    this.#calls = this.#clients.map((client, stream) => this.#open(client, stream));
  }

  /** Sends as fast as acknowledgements allow with so many messages of a stream outstanding. */
  sendAll(messages: Messages, unacknowledgedMax: number): Promise<SentRound> {
    const sinceMs = messages.map((): number[] => []);
    const before = [...this.#acknowledged];
    const send = (stream: number) => {
      const own = sinceMs[stream] as number[];
      const acknowledged = (this.#acknowledged[stream] as number) - (before[stream] as number);
      while (
        own.length < Math.min(messages[stream]?.length ?? 0, acknowledged + unacknowledgedMax)
      ) {
        const message = messages[stream]?.[own.length] as Buffer;
        own.push(performance.now());
        this.#calls[stream]?.write(message);
      }
    };
    return this.#round(messages, { sinceMs, onRoom: send }, () => {
      for (const stream of messages.keys()) send(stream);
    });
  }

  /** Sends so many messages a second over all streams, at times that are fixed beforehand, whatever is outstanding. */
  sendPaced(messages: Messages, messagesPerSecond: number): Promise<SentRound> {
    const intervalMs = 1_000 / messagesPerSecond;
    const startedMs = performance.now();
    const count = messages.length * (messages[0]?.length ?? 0);
    const dueMs = (number: number) => startedMs + number * intervalMs;
    const sinceMs = messages.map((own, stream) =>
      own.map((_, index) => dueMs(index * messages.length + stream)),
    );
    let next = 0;
    const send = () => {
      while (next < count && dueMs(next) <= performance.now()) {
        const stream = next % messages.length;
        this.#calls[stream]?.write(
          messages[stream]?.[Math.floor(next / messages.length)] as Buffer,
        );
        next += 1;
      }
      if (next < count) setTimeout(send, dueMs(next) - performance.now());
    };
    return this.#round(messages, { sinceMs, onRoom: () => undefined }, send);
  }

  /** Ends the streams. */
  close(): void {
    this.#failed = () => undefined;
    for (const call of this.#calls) call.end();
    for (const client of this.#clients) client.close();
  }

  #open(client: Client, stream: number): Call {
    const { path } = packages.assay.v1.VerificationService.service.StreamReports;
    const call = client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, acknowledgedSequence);
    call.on('data', (sequence: number) => this.#onAcknowledged(stream, sequence));
    call.on('error', (error: unknown) => {
      this.#failure = { error };
      this.#failed(error);
    });
    return call;
  }

  #round(
    messages: Messages,
    { sinceMs, onRoom }: Acknowledgements,
    start: () => void,
  ): Promise<SentRound> {
    const startedMs = performance.now();
    const before = [...this.#acknowledged];
    const ackMs: number[] = [];
    const count = messages.reduce((sum, own) => sum + own.length, 0);
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure.error);
      this.#failed = reject;
      this.#onAcknowledged = (stream, sequence) => {
        const nowMs = performance.now();
        const first = before[stream] as number;
        for (let at = this.#acknowledged[stream] as number; at < sequence; at += 1) {
          ackMs.push(nowMs - (sinceMs[stream]?.[at - first] as number));
        }
        this.#acknowledged[stream] = sequence;
        if (ackMs.length === count) resolve({ seconds: (nowMs - startedMs) / 1_000, ackMs });
        else onRoom(stream);
      };
      start();
    });
  }
}

/** The first field of a `StreamReportsResponse`, a varint; the results behind it are not looked at. */
function acknowledgedSequence(bytes: Buffer): number {
  if (bytes[0] !== SEQUENCE_TAG) throw new Error('an acknowledgement begins with its sequence');
  let sequence = 0;
  let factor = 1;
  for (let at = 1; ; at += 1) {
    const byte = bytes[at] as number;
    sequence += (byte & 0x7f) * factor;
    if (byte < 0x80) return sequence;
    factor *= 0x80;
  }
}
