/**
 * A client that ignores backpressure, in a process of its own: it writes reports on every stream as fast as the socket
 * takes them and waits for no acknowledgement. Half of its streams never read what is acknowledged, the others read it and
 * throw it away. It speaks HTTP/2 itself, since a gRPC client would keep all that it cannot send in its own memory.
 */
import { type ClientHttp2Stream, connect } from 'node:http2';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { packages } from '../src/grpc/proto.ts';
import { passingExecutors } from './report-messages.ts';

/** What the process is told. */
export interface BackpressureLoad {
  readonly address: string;
  readonly seed: number;
  readonly miners: number;
  /** On two connections, half on each. */
  readonly streams: number;
  readonly reportsPerMessage: number;
  readonly executorsPerReport: number;
  readonly seconds: number;
}

/** What it measured. */
export interface BackpressureResult {
  /** Messages that were given to the socket. */
  readonly messagesWritten: number;
  /** Bytes of acknowledgements that were read. */
  readonly bytesRead: number;
}

/** What a stream may have in our own memory. */
const PENDING_BYTES_MAX = 1 << 20;
const FRAME_HEADER_BYTES = 5;
const LENGTH_OFFSET = 1;

const load = JSON.parse(process.argv[2] ?? '') as BackpressureLoad;
const { requestSerialize, path } = packages.assay.v1.VerificationService.service.StreamReports;
const miners = devMiners(load);
const observedMs = Date.now() - 600_000;
let messagesWritten = 0;
let bytesRead = 0;

/** Each miner belongs to one stream, so that its reports arrive in the order of their times. */
function reportOf(stream: number, number: number) {
  const ofStream = Math.floor(miners.length / load.streams);
  const miner = miners[stream * ofStream + (number % ofStream)];
  if (miner === undefined) throw new Error('the benchmark needs a miner for each stream');
  const timeMs = observedMs + Math.floor(number / ofStream);
  return {
    report_id: `report-${stream}-${number}`,
    miner_uid: miner.uid,
    miner_hotkey: miner.hotkey,
    observed_time: { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1_000_000 },
    executors: passingExecutors(miner.uid, load.executorsPerReport),
  };
}

function frameOf(stream: number, sequence: number): Buffer {
  const first = (sequence - 1) * load.reportsPerMessage;
  const message = requestSerialize({
    prover_id: `bench-${stream}`,
    sequence,
    reports: Array.from({ length: load.reportsPerMessage }, (_, index) =>
      reportOf(stream, first + index),
    ),
  } as never);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + message.length);
  frame.writeUInt32BE(message.length, LENGTH_OFFSET);
  message.copy(frame, FRAME_HEADER_BYTES);
  return frame;
}

function flood(call: ClientHttp2Stream, stream: number): void {
  let sequence = 0;
  const write = () => {
    if (call.destroyed) throw new Error(`stream ${stream} ended`);
    for (let turn = 0; turn < 8 && call.writableLength < PENDING_BYTES_MAX; turn += 1) {
      sequence += 1;
      messagesWritten += 1;
      call.write(frameOf(stream, sequence));
    }
    if (call.writableLength < PENDING_BYTES_MAX) setImmediate(write);
    else setTimeout(write, 1);
  };
  write();
}

function open(stream: number, session: ReturnType<typeof connect>): ClientHttp2Stream {
  const call = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  call.on('error', () => undefined);
  flood(call, stream);
  return call;
}

const [silent, reading] = [0, 1].map(() => connect(`http://${load.address}`));
if (silent === undefined || reading === undefined) throw new Error('two connections are made');
for (let stream = 0; stream < load.streams; stream += 1) {
  if (stream % 2 === 0) open(stream, silent);
  else {
    open(stream, reading).on('data', (bytes: Buffer) => {
      bytesRead += bytes.length;
    });
  }
}
setTimeout(() => {
  const result: BackpressureResult = { messagesWritten, bytesRead };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
}, load.seconds * 1_000);
