/**
 * The load of the ingest benchmark, in a process of its own: streams reports over gRPC as fast as acknowledgements allow,
 * or at a given rate, and prints one JSON line with what it measured. Told by one JSON argument, see `IngestLoad`.
 */
import { Client, credentials } from '@grpc/grpc-js';
import { devMiners } from '../src/chain/dev/dev-genesis.ts';
import { packages } from '../src/grpc/proto.ts';
import { percentile } from './figure.ts';

/** What the load process is told. */
export interface IngestLoad {
  readonly address: string;
  readonly seed: number;
  readonly miners: number;
  readonly streams: number;
  readonly messagesPerStream: number;
  readonly reportsPerMessage: number;
  readonly executorsPerReport: number;
  /** Messages per second over all streams; 0 for as fast as possible. */
  readonly messagesPerSecond: number;
}

/** What it measured, from the first message to the last acknowledgement. */
export interface IngestLoadResult {
  readonly reports: number;
  readonly seconds: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
}

const UNACKNOWLEDGED_MAX = 32;
const load = JSON.parse(process.argv[2] ?? '') as IngestLoad;
const miners = devMiners(load);
const observedSeconds = Math.floor(Date.now() / 1_000) - 600;

/** Each miner belongs to one stream, so that its reports arrive in the order of their times. */
function reportsOf(stream: number, message: number) {
  return Array.from({ length: load.reportsPerMessage }, (_, index) => {
    const number = (message * load.reportsPerMessage + index) * load.streams + stream;
    const miner = miners[number % miners.length];
    if (miner === undefined) throw new Error('the benchmark needs miners');
    const round = Math.floor(number / miners.length);
    const observed_time = { seconds: observedSeconds, nanos: round * 1_000_000 };
    return {
      report_id: `report-${number}`,
      miner_uid: miner.uid,
      miner_hotkey: miner.hotkey,
      observed_time,
      executors: Array.from({ length: load.executorsPerReport }, (_unused, executor) => ({
        executor_id: `executor-${miner.uid}-${executor}`,
        is_valid: true,
        hardware_score: 0.9,
        attestation: {
          valid: true,
          gpu_groups: [{ model: 'NVIDIA H100 80GB HBM3', count: 8, memory_mib: 81_559 }],
        },
      })),
    };
  });
}

/** Messages are encoded beforehand, so that the clock sees the service and not the making of the load. */
function encodedMessages(stream: number): Buffer[] {
  const { requestSerialize } = packages.assay.v1.VerificationService.service.StreamReports;
  return Array.from({ length: load.messagesPerStream }, (_, message) =>
    requestSerialize({
      prover_id: `bench-${stream}`,
      sequence: message + 1,
      reports: reportsOf(stream, message),
    } as never),
  );
}

async function runStream(messages: readonly Buffer[], ackMs: number[]): Promise<void> {
  const client = new Client(load.address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_retries': 0,
  });
  const { path, responseDeserialize } = packages.assay.v1.VerificationService.service.StreamReports;
  const call = client.makeBidiStreamRequest(path, (bytes: Buffer) => bytes, responseDeserialize);
  const sentMs: number[] = [];
  let next = 0;
  const startedMs = performance.now();
  const intervalMs =
    load.messagesPerSecond === 0 ? 0 : (1_000 * load.streams) / load.messagesPerSecond;
  await new Promise<void>((resolve, reject) => {
    let acknowledged = 0;
    const send = () => {
      while (next < messages.length && next - acknowledged < UNACKNOWLEDGED_MAX) {
        const dueMs = startedMs + next * intervalMs;
        if (dueMs > performance.now()) {
          setTimeout(send, dueMs - performance.now());
          return;
        }
        sentMs.push(performance.now());
        call.write(messages[next] as Buffer);
        next += 1;
      }
    };
    call.on('data', (response: { acknowledged_sequence: number }) => {
      const upTo = Number(response.acknowledged_sequence);
      for (; acknowledged < upTo; acknowledged += 1) {
        ackMs.push(performance.now() - (sentMs[acknowledged] as number));
      }
      if (acknowledged === messages.length) call.end();
      else if (intervalMs === 0 || next - acknowledged === UNACKNOWLEDGED_MAX - 1) send();
    });
    call.on('end', resolve);
    call.on('error', reject);
    send();
  });
  client.close();
}

const messages = Array.from({ length: load.streams }, (_, stream) => encodedMessages(stream));
const ackMs: number[] = [];
const startedMs = performance.now();
await Promise.all(messages.map((ofStream) => runStream(ofStream, ackMs)));
const result: IngestLoadResult = {
  reports: load.streams * load.messagesPerStream * load.reportsPerMessage,
  seconds: (performance.now() - startedMs) / 1_000,
  ackP50Ms: percentile(ackMs, 50),
  ackP99Ms: percentile(ackMs, 99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
