/** A load in a process of its own that stays and sends one round after the other on the same streams, when it is asked. */
import { percentile } from './figure.ts';
import { answerParent } from './measured-process.ts';
import { type LoadShape, ReportMessages } from './report-messages.ts';
import { ReportSender } from './report-sender.ts';

/** What the process is told. */
export interface LoadRounds extends LoadShape {
  readonly address: string;
}

/** One round: at a rate over all streams, or with so many messages of a stream outstanding. */
export type Round = { readonly messagesPerStream: number } & (
  | { readonly messagesPerSecond: number }
  | { readonly unacknowledgedMax: number }
);

/** What was measured of it. */
export interface RoundResult {
  readonly reportsPerSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  readonly ackMaxMs: number;
}

const load = JSON.parse(process.argv[2] ?? '') as LoadRounds;
const reports = new ReportMessages(load);
const sender = new ReportSender(load.address, load.streams);
await answerParent<Round>(load.address, async (round): Promise<RoundResult> => {
  const messages = reports.next(round.messagesPerStream);
  // What is left of making the messages is not to be collected while the clock runs.
  globalThis.gc?.();
  const { seconds, ackMs } = await ('messagesPerSecond' in round
    ? sender.sendPaced(messages, round.messagesPerSecond)
    : sender.sendAll(messages, round.unacknowledgedMax));
  return {
    reportsPerSecond: (ackMs.length * load.reportsPerMessage) / seconds,
    ackP50Ms: percentile(ackMs, 50),
    ackP99Ms: percentile(ackMs, 99),
    ackMaxMs: percentile(ackMs, 100),
  };
});
sender.close();
