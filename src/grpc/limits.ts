/**
 * What the server takes on, and the answer when a limit is reached. Those with a key in `assay.toml` bound what the whole
 * service holds, which is the operator's to weigh; the others bound what one caller can hold of it.
 *
 * Besides what they count, grpc-js reads up to 16 messages of each stream ahead, which stay undecoded until there is room
 * for them.
 */
export interface GrpcLimits {
  /** Bytes of one message, `server.max_message_bytes`; RESOURCE_EXHAUSTED. */
  readonly messageBytesMax: number;
  /** Streams of `assay.*` services over all connections, `server.max_streams`; RESOURCE_EXHAUSTED. */
  readonly streamsMax: number;
  /** Health watches and reflection streams over all connections; RESOURCE_EXHAUSTED. */
  readonly auxiliaryStreamsMax: number;
  /** Unary calls under way over all connections, `server.max_calls`; RESOURCE_EXHAUSTED. */
  readonly unaryCallsMax: number;
  /** Calls of one connection; more wait at the client (HTTP/2 setting). */
  readonly callsPerConnectionMax: number;
  /** Messages of one report stream between reading and acknowledging; then the stream is not read. */
  readonly messagesInFlightMax: number;
  /** Bytes of those messages, likewise; one message is always taken. */
  readonly bytesInFlightMax: number;
  /**
   * Bytes of report messages between the wire and the disk, over all streams and unary calls, `server.max_queued_bytes`.
   * Beyond it streams are not read, first come first served, and `SubmitReports` is answered with RESOURCE_EXHAUSTED. A
   * message of a stream that is larger waits until it is alone.
   */
  readonly queuedBytesMax: number;
  /** How long a unary call without a deadline may take; DEADLINE_EXCEEDED. */
  readonly unaryDeadlineMs: number;
  /** The same for `SetWeights`, which waits for the chain. */
  readonly setWeightsDeadlineMs: number;
  /** How long open calls have to end when the server drains, `server.drain_grace`; then they are cut off. */
  readonly drainGraceMs: number;
}

export const GRPC_LIMITS: GrpcLimits = {
  messageBytesMax: 4 << 20,
  streamsMax: 256,
  auxiliaryStreamsMax: 64,
  unaryCallsMax: 1_024,
  callsPerConnectionMax: 256,
  messagesInFlightMax: 32,
  bytesInFlightMax: 1 << 20,
  queuedBytesMax: 4 << 20,
  unaryDeadlineMs: 30_000,
  setWeightsDeadlineMs: 15 * 60_000,
  drainGraceMs: 10_000,
};
