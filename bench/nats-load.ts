/** The load of `peer-nats` in a process of its own: publishes the messages of a report stream to a JetStream stream. */
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { percentile } from './figure.ts';
import type { LoadRounds, RoundResult } from './load-rounds.ts';
import { answerParent } from './measured-process.ts';
import { ReportMessages } from './report-messages.ts';

/** One round with so many messages of a connection outstanding. */
export interface NatsRound {
  readonly messagesPerStream: number;
  readonly unacknowledgedMax: number;
}

const load = JSON.parse(process.argv[2] ?? '') as LoadRounds;
const reports = new ReportMessages(load);
const connections = await Promise.all(
  Array.from({ length: load.streams }, () => connect({ servers: load.address })),
);
const clients = connections.map((connection) => jetstream(connection));
let published = 0;

await answerParent<NatsRound>(load.address, async (round): Promise<RoundResult> => {
  const messages = reports.next(round.messagesPerStream);
  globalThis.gc?.();
  const ackMs: number[] = [];
  const startedMs = performance.now();
  await Promise.all(
    messages.flatMap((own, stream) => {
      const waiting = own.values();
      return Array.from({ length: round.unacknowledgedMax }, async () => {
        for (const message of waiting) await publish(stream, message, ackMs);
      });
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  return {
    reportsPerSecond: (ackMs.length * load.reportsPerMessage) / seconds,
    ackP50Ms: percentile(ackMs, 50),
    ackP99Ms: percentile(ackMs, 99),
    ackMaxMs: percentile(ackMs, 100),
  };
});
await Promise.all(connections.map((connection) => connection.close()));

/** With an identifier, so that the server knows a message that comes twice. */
async function publish(stream: number, message: Buffer, ackMs: number[]): Promise<void> {
  published += 1;
  const sentMs = performance.now();
  await clients[stream]?.publish(`reports.${stream}`, message, { msgID: `${stream}-${published}` });
  ackMs.push(performance.now() - sentMs);
}
