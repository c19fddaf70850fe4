/** What the server takes on; every limit is answered with RESOURCE_EXHAUSTED unless it says otherwise. */
export interface GrpcLimits {
  /** Bytes of one message. */
  readonly messageBytesMax: number;
  /** Streams of `assay.*` services over all connections. */
  readonly streamsMax: number;
  /** Health watches and reflection streams over all connections. */
  readonly auxiliaryStreamsMax: number;
  /** Unary calls under way over all connections. */
  readonly unaryCallsMax: number;
  /** Calls of one connection; more wait at the client (HTTP/2 setting). */
  readonly callsPerConnectionMax: number;
  /** Messages of one report stream between reading and acknowledging; then the stream is not read. */
  readonly messagesInFlightMax: number;
  /** Executors in those messages, likewise; one message is always taken. */
  readonly executorsInFlightMax: number;
  /** How long a unary call without a deadline may take; DEADLINE_EXCEEDED. */
  readonly unaryDeadlineMs: number;
  /** The same for `SetWeights`, which waits for the chain. */
  readonly setWeightsDeadlineMs: number;
  /** How long open calls have to end when the server drains; then they are cut off. */
  readonly drainGraceMs: number;
}

export const GRPC_LIMITS: GrpcLimits = {
  messageBytesMax: 4 << 20,
  streamsMax: 256,
  auxiliaryStreamsMax: 64,
  unaryCallsMax: 1_024,
  callsPerConnectionMax: 256,
  messagesInFlightMax: 32,
  executorsInFlightMax: 8_192,
  unaryDeadlineMs: 30_000,
  setWeightsDeadlineMs: 15 * 60_000,
  drainGraceMs: 10_000,
};
