/** Asks a running service, for the command line: every call has a deadline, every error is text for people. */
import { credentials, type ServiceError, status } from '@grpc/grpc-js';
import type { GetEmissionConfigResponse__Output } from './generated/assay/v1/GetEmissionConfigResponse.ts';
import type { PreviewAllocationRequest } from './generated/assay/v1/PreviewAllocationRequest.ts';
import type { PreviewAllocationResponse__Output } from './generated/assay/v1/PreviewAllocationResponse.ts';
import type { RestoreEmissionConfigRequest } from './generated/assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse__Output } from './generated/assay/v1/RestoreEmissionConfigResponse.ts';
import type { Any__Output } from './generated/google/protobuf/Any.ts';
import { packages } from './proto.ts';

/** A call that was not answered as asked. */
export class ServiceCallError extends Error {
  override readonly name = 'ServiceCallError';
  /** Nobody answers, or not in time, or the service cannot now: the same call may succeed later. */
  readonly isUnavailable: boolean;

  constructor(message: string, isUnavailable: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isUnavailable = isUnavailable;
  }
}

export interface ServiceClientOptions {
  /** `host:port`. */
  readonly address: string;
  /** How long each call may take. */
  readonly timeoutMs: number;
}

type Unary<Response> = (
  options: { readonly deadline: number },
  reply: (error: ServiceError | null, response?: Response) => void,
) => unknown;

/** The weights of 65,536 miners with their hotkeys take less than a tenth of it. */
const RESPONSE_BYTES_MAX = 64 << 20;

const UNAVAILABLE: ReadonlySet<status> = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED]);
const TYPES = 'type.googleapis.com/google.rpc.';
const { rpc } = packages.google;

/** Every call throws `ServiceCallError`. */
export class ServiceClient {
  readonly #options: ServiceClientOptions;
  readonly #allocation: InstanceType<typeof packages.assay.v1.AllocationService>;
  readonly #emissionConfig: InstanceType<typeof packages.assay.v1.EmissionConfigService>;

  constructor(options: ServiceClientOptions) {
    const { AllocationService, EmissionConfigService } = packages.assay.v1;
    const limits = { 'grpc.max_receive_message_length': RESPONSE_BYTES_MAX };
    const channel = [options.address, credentials.createInsecure(), limits] as const;
    this.#options = options;
    this.#allocation = new AllocationService(...channel);
    this.#emissionConfig = new EmissionConfigService(...channel);
  }

  previewAllocation(request: PreviewAllocationRequest): Promise<PreviewAllocationResponse__Output> {
    return this.#call((options, reply) =>
      this.#allocation.PreviewAllocation(request, options, reply),
    );
  }

  getEmissionConfig(): Promise<GetEmissionConfigResponse__Output> {
    return this.#call((options, reply) =>
      this.#emissionConfig.GetEmissionConfig({}, options, reply),
    );
  }

  restoreEmissionConfig(
    request: RestoreEmissionConfigRequest,
  ): Promise<RestoreEmissionConfigResponse__Output> {
    return this.#call((options, reply) =>
      this.#emissionConfig.RestoreEmissionConfig(request, options, reply),
    );
  }

  close(): void {
    this.#allocation.close();
    this.#emissionConfig.close();
  }

  #call<Response>(unary: Unary<Response>): Promise<Response> {
    const deadline = Date.now() + this.#options.timeoutMs;
    return new Promise((resolve, reject) => {
      unary({ deadline }, (error, response) => {
        if (error === null && response !== undefined) resolve(response);
        else reject(error === null ? error : this.#callError(error));
      });
    });
  }

  #callError(error: ServiceError): ServiceCallError {
    const text = answerText(error) ?? this.#silenceText(error);
    return new ServiceCallError(text, UNAVAILABLE.has(error.code), { cause: error });
  }

  /** What to say when it was not the service that answered. */
  #silenceText({ code, details }: ServiceError): string {
    const { address, timeoutMs } = this.#options;
    if (code === status.UNAVAILABLE) return unreachedText(address, details);
    if (code === status.DEADLINE_EXCEEDED) return `no answer from ${address} in ${timeoutMs} ms`;
    return `${address}: ${status[code]}: ${details}`;
  }
}

/** The library's text names internals; the first fitting part of it says enough. */
function unreachedText(address: string, details: string): string {
  const systemCode = /\bE[A-Z]{2,}[A-Z0-9]*\b/.exec(details)?.[0];
  if (systemCode !== undefined) return `nobody answers at ${address} (${systemCode})`;
  if (details.startsWith('Name resolution failed')) {
    return `nobody answers at ${address}: the name of the host is not known`;
  }
  if (details === 'Connection dropped') return `the connection to ${address} broke off`;
  return `what answers at ${address} is no gRPC server, or it is just going away`;
}

/** The service's own words: its code and message, or a line for each field that it refuses. */
function answerText({ details: message, metadata }: ServiceError): string | undefined {
  const [bytes] = metadata.get('grpc-status-details-bin');
  if (!Buffer.isBuffer(bytes)) return undefined;
  const details = rpc.Status.deserialize(bytes).details as readonly Any__Output[];
  const packed = (name: string) => details.find(({ type_url }) => type_url === TYPES + name)?.value;
  const code = rpc.ErrorInfo.deserialize(packed('ErrorInfo') ?? Buffer.alloc(0)).reason;
  const refused = rpc.BadRequest.deserialize(packed('BadRequest') ?? Buffer.alloc(0));
  const lines = refused.field_violations.map(
    ({ field, description }) => `\n  ${field}: ${description}`,
  );
  return `${code.toLowerCase()}:${lines.length > 0 ? lines.join('') : ` ${message}`}`;
}
