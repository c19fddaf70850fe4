/** Gives every RPC the same life: a deadline, a signal, one conversion of errors, and an alarm for bugs. */
import type {
  handleBidiStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import { type CallStatus, isBug, statusOf } from './status.ts';

export type UnaryHandler<Request, Response> = (request: Request) => Response | Promise<Response>;

/** Sends messages until it returns. The signal aborts when the caller is gone. */
export type ServerStreamHandler<Request, Response> = (
  call: ServerWritableStream<Request, Response>,
  signal: AbortSignal,
) => Promise<void>;

export type DuplexHandler<Request, Response> = (
  call: ServerDuplexStream<Request, Response>,
  signal: AbortSignal,
) => Promise<void>;

export interface CallsOptions {
  readonly clock: Clock;
  readonly events: Events;
  /** Called once the bug is logged. */
  readonly onBug: (error: unknown) => void;
  /** How long a unary call without a deadline of its own may take. */
  readonly unaryDeadlineMs: number;
}

interface EndableCall {
  readonly cancelled: boolean;
  getPath(): string;
  once(event: 'cancelled', listener: () => void): unknown;
  end(): unknown;
  emit(event: 'error', status: CallStatus): boolean;
}

export class Calls {
  readonly #options: CallsOptions;

  constructor(options: CallsOptions) {
    this.#options = options;
  }

  /** @param deadlineMs How long a call without a deadline of its own may take. */
  unary<Request, Response>(
    handler: UnaryHandler<Request, Response>,
    deadlineMs = this.#options.unaryDeadlineMs,
  ): handleUnaryCall<Request, Response> {
    return (call, callback) => {
      const answered = new AbortController();
      const answer = (send: () => void) => {
        if (answered.signal.aborted) return;
        answered.abort();
        send();
      };
      const work = (async () => handler(call.request))();
      work.then(
        (response) => answer(() => callback(null, response)),
        (error: unknown) => {
          const status = this.#status(error, call.getPath());
          answer(() => callback(status));
        },
      );
      if (call.getDeadline() !== Number.POSITIVE_INFINITY) return;
      const late = () => {
        const message = `no answer within ${deadlineMs} ms, the limit for a call without a deadline`;
        answer(() => callback(statusOf(new DOMException(message, 'TimeoutError'))));
      };
      this.#options.clock.sleep(deadlineMs, answered.signal).then(late, () => undefined);
    };
  }

  serverStream<Request, Response>(
    handler: ServerStreamHandler<Request, Response>,
  ): handleServerStreamingCall<Request, Response> {
    return (call) => void this.#run(call, (signal) => handler(call, signal));
  }

  duplex<Request, Response>(
    handler: DuplexHandler<Request, Response>,
  ): handleBidiStreamingCall<Request, Response> {
    return (call) => void this.#run(call, (signal) => handler(call, signal));
  }

  async #run(call: EndableCall, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const gone = new AbortController();
    call.once('cancelled', () => {
      gone.abort(new DOMException('the caller is gone', 'AbortError'));
    });
    try {
      await work(gone.signal);
      if (!call.cancelled) call.end();
    } catch (error) {
      const status = this.#status(error, call.getPath());
      if (!call.cancelled) call.emit('error', status);
    }
  }

  #status(error: unknown, path: string): CallStatus {
    if (isBug(error)) {
      this.#options.events.bugFound({ where: path, error });
      this.#options.onBug(error);
    }
    return statusOf(error);
  }
}
