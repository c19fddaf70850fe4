import { status } from '@grpc/grpc-js';
import type { Events } from '../../events.ts';
import type { DuplexHandler } from '../calls.ts';
import type { StreamReportsResponse } from '../generated/assay/v1/StreamReportsResponse.ts';
import { statusOf } from '../status.ts';
import { ReportStream, type ReportStreamPorts } from './stream-reports.ts';

type Handler = DuplexHandler<Buffer, StreamReportsResponse>;

/** The report streams that are open. */
export class ReportStreams {
  readonly #ports: ReportStreamPorts;
  readonly #events: Events;
  #openCount = 0;

  constructor(ports: ReportStreamPorts, events: Events) {
    this.#ports = ports;
    this.#events = events;
  }

  get openCount(): number {
    return this.#openCount;
  }

  readonly handle: Handler = async (call, gone) => {
    const span = this.#events.streamOpened({ peer: call.getPeer() });
    const stream = new ReportStream(this.#ports, { call, span, gone });
    let ended = status.OK;
    this.#openCount += 1;
    try {
      await stream.run();
    } catch (error) {
      ended = statusOf(error).code;
      throw error;
    } finally {
      this.#openCount -= 1;
      const { proverId, messageCount: messages } = stream;
      this.#events.streamClosed({ span, proverId, messages, status: status[ended] });
    }
  };
}
