import { Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import type { ReportResult } from '../../src/grpc/generated/assay/v1/ReportResult.ts';
import type { StreamReportsRequest__Output } from '../../src/grpc/generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse } from '../../src/grpc/generated/assay/v1/StreamReportsResponse.ts';
import { packages } from '../../src/grpc/proto.ts';

export type RecordedCall = ServerDuplexStream<StreamReportsRequest__Output, StreamReportsResponse>;

/** A message as it came, on the stream with this number. */
export interface RecordedMessage {
  readonly stream: number;
  readonly message: StreamReportsRequest__Output;
}

/** Answers a message; the default stores it and acknowledges at once. */
export type Answer = (call: RecordedCall, received: RecordedMessage) => void;

/** A report service that remembers what it was sent, with a rule for its answers that a test can change at any time. */
export class RecordingService {
  readonly received: RecordedMessage[] = [];
  /** Report identifiers that are stored, with how often each was applied. */
  readonly stored = new Map<string, number>();
  /** Streams that the client has half-closed, in good order. */
  goodbyeCount = 0;
  /** Keeps streams open that the client has half-closed. */
  isHoldingStreams = false;
  streamCount = 0;
  answer: Answer = (call, received) => this.acknowledge(call, received);
  readonly #server = new Server();
  #port = 0;

  static async start(port = 0): Promise<RecordingService> {
    const service = new RecordingService();
    await service.#listen(port);
    return service;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  store({ message }: RecordedMessage): ReportResult[] {
    return message.reports.map(({ report_id }) => {
      const isKnown = this.stored.has(report_id);
      if (!isKnown) this.stored.set(report_id, 1);
      const outcome = isKnown ? 'REPORT_OUTCOME_DUPLICATE' : 'REPORT_OUTCOME_APPLIED';
      return { report_id, outcome };
    });
  }

  acknowledge(call: RecordedCall, received: RecordedMessage): void {
    const results = this.store(received);
    call.write({ acknowledged_sequence: received.message.sequence, results });
  }

  stop(): void {
    this.#server.forceShutdown();
  }

  async #listen(port: number): Promise<void> {
    this.#server.addService(packages.assay.v1.VerificationService.service, {
      StreamReports: (call: RecordedCall) => this.#serve(call),
    });
    this.#port = await new Promise((resolve, reject) => {
      this.#server.bindAsync(
        `127.0.0.1:${port}`,
        ServerCredentials.createInsecure(),
        (error, bound) => (error === null ? resolve(bound) : reject(error)),
      );
    });
  }

  #serve(call: RecordedCall): void {
    this.streamCount += 1;
    const stream = this.streamCount;
    call.on('data', (message: StreamReportsRequest__Output) => {
      const received = { stream, message };
      this.received.push(received);
      this.answer(call, received);
    });
    call.on('end', () => {
      this.goodbyeCount += 1;
      if (!this.isHoldingStreams) call.end();
    });
    call.on('error', () => undefined);
  }
}

/** Breaks a stream as a service does that goes away. */
export function breakOff(call: RecordedCall, code = status.UNAVAILABLE): void {
  call.emit('error', { code, details: 'broken off', message: 'broken off' });
}
