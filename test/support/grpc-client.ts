import {
  type ClientDuplexStream,
  type ClientOptions,
  credentials,
  type Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { StreamReportsRequest } from '../../src/grpc/generated/assay/v1/StreamReportsRequest.ts';
import type { StreamReportsResponse__Output } from '../../src/grpc/generated/assay/v1/StreamReportsResponse.ts';
import { packages } from '../../src/grpc/proto.ts';

/** An error status with its `google.rpc` details taken apart. */
export interface RichError {
  readonly code: string;
  readonly message: string;
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly { readonly field: string; readonly description: string }[];
  readonly retryAfterMs?: number;
}

const { rpc } = packages.google;
const CLIENT_OPTIONS: ClientOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_retries': 0,
};

/** A client for every service, on a connection of its own. */
export function connect(address: string) {
  const { v1 } = packages.assay;
  const { health, reflection } = packages.grpc;
  const channel = [address, credentials.createInsecure(), CLIENT_OPTIONS] as const;
  const clients = {
    verification: new v1.VerificationService(...channel),
    allocation: new v1.AllocationService(...channel),
    profile: new v1.ProfileService(...channel),
    emissionConfig: new v1.EmissionConfigService(...channel),
    operations: new v1.OperationsService(...channel),
    health: new health.v1.Health(...channel),
    reflection: new reflection.v1.ServerReflection(...channel),
  };
  const close = () => {
    for (const client of Object.values(clients)) client.close();
  };
  return { ...clients, close };
}

type Callback<Response> = (error: ServiceError | null, response?: Response) => void;

/** Runs a unary call: `answer((callback) => client.profile.GetProfile(request, callback))`. */
export function answer<Response>(call: (callback: Callback<Response>) => unknown) {
  return new Promise<Response>((resolve, reject) => {
    call((error, response) => {
      if (error === null && response !== undefined) resolve(response);
      else reject(error);
    });
  });
}

/** The error of a unary call that must fail. */
export async function refusal(call: (callback: Callback<unknown>) => unknown): Promise<RichError> {
  try {
    await answer(call);
  } catch (error) {
    return richError(error as ServiceError);
  }
  throw new Error('the call succeeded');
}

export function richError(error: {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;
}): RichError {
  const plain = { code: status[error.code], message: error.details };
  const [bytes] = error.metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return plain;
  return Object.assign(plain, ...rpc.Status.deserialize(bytes).details.map(unpacked));
}

function unpacked(detail: object): object {
  const { type_url, value } = detail as { type_url: string; value: Buffer };
  switch (type_url) {
    case 'type.googleapis.com/google.rpc.ErrorInfo':
      return rpc.ErrorInfo.deserialize(value);
    case 'type.googleapis.com/google.rpc.BadRequest':
      return {
        violations: rpc.BadRequest.deserialize(value).field_violations.map(
          ({ field, description }) => ({ field, description }),
        ),
      };
    case 'type.googleapis.com/google.rpc.RetryInfo': {
      const { retry_delay: delay } = rpc.RetryInfo.deserialize(value);
      return { retryAfterMs: Number(delay?.seconds) * 1_000 + Number(delay?.nanos) / 1e6 };
    }
    default:
      throw new Error(`unexpected detail ${type_url}`);
  }
}

/** Collects what a stream of messages brings. */
export class Collected<Message> {
  readonly messages: Message[] = [];
  /** The status that ended the stream, OK included. */
  readonly ended: Promise<RichError>;
  #wakers: (() => void)[] = [];

  constructor(call: {
    on(event: 'data', listener: (message: Message) => void): unknown;
    on(event: 'status', listener: (status: Parameters<typeof richError>[0]) => void): unknown;
    on(event: 'error', listener: () => void): unknown;
  }) {
    call.on('data', (message) => {
      this.messages.push(message);
      this.#wake();
    });
    call.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      call.on('status', (ended) => {
        resolve(richError(ended));
        this.#wake();
      });
    });
  }

  /** Resolves when there are so many messages; the test's own time limit guards against never. */
  async count(count: number): Promise<Message[]> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
    return this.messages;
  }

  #wake() {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

type ReportCall = ClientDuplexStream<StreamReportsRequest, StreamReportsResponse__Output>;

/** A report stream from the prover's side. */
export class ProverStream extends Collected<StreamReportsResponse__Output> {
  readonly call: ReportCall;

  constructor(call: ReportCall) {
    super(call);
    this.call = call;
  }

  get acknowledged(): number[] {
    return this.messages.map(({ acknowledged_sequence }) => acknowledged_sequence);
  }

  get outcomes(): string[] {
    return this.messages.flatMap(({ results }) =>
      results.map(
        ({ report_id, outcome }) => `${report_id} ${outcome.slice('REPORT_OUTCOME_'.length)}`,
      ),
    );
  }

  /** Resolves when everything up to this sequence is acknowledged. */
  async acknowledgedUpTo(sequence: number): Promise<void> {
    while ((this.acknowledged.at(-1) ?? 0) < sequence) await this.count(this.messages.length + 1);
  }
}
