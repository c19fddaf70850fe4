/** The service under load: it and the load in a process of their own each, both warm before anything counts. */
import type { WrittenSince } from './ingest-service.ts';
import type { LoadRounds, Round, RoundResult } from './load-rounds.ts';
import { MeasuredProcess } from './measured-process.ts';
import type { LoadShape } from './report-messages.ts';

/** A service and who loads it. */
export interface IngestGround {
  /** Sends a round; the service's answer says what it wrote meanwhile. */
  round(round: Round): Promise<RoundResult & { readonly written: WrittenSince }>;
  stop(): Promise<void>;
}

interface GroundOptions {
  readonly file: string;
  readonly synchronous: 'full' | 'normal';
  readonly shape: LoadShape;
}

export const REPORTS_PER_MESSAGE = 16;
/** More miners than reports under way: hardly ever two of one miner, which would share the row of its profile. */
export const SHAPE: LoadShape = {
  seed: 1,
  miners: 2_000,
  streams: 8,
  reportsPerMessage: REPORTS_PER_MESSAGE,
  executorsPerReport: 8,
};

/** Messages of a stream, each of `REPORTS_PER_MESSAGE`, that are under way at full load. */
export const UNACKNOWLEDGED_MAX = 12;

/** Starts a service with an empty database and its load. */
export async function startIngest({
  file,
  synchronous,
  shape,
}: GroundOptions): Promise<IngestGround> {
  const service = await MeasuredProcess.start<'written'>('ingest-service.js', {
    'server.listen': '127.0.0.1:0',
    'store.database': file,
    'store.synchronous': synchronous,
    'chain.dev.miners': shape.miners,
    'chain.dev.seed': shape.seed,
    'chain.dev.block_time': '1h',
  });
  const load = await startLoad(service.address, shape);
  return {
    async round(round) {
      await service.ask<WrittenSince>('written');
      const result = await load.ask<RoundResult>(round);
      return { ...result, written: await service.ask<WrittenSince>('written') };
    },
    async stop() {
      await load.stop();
      await service.stop();
    },
  };
}

/** Starts a load of what serves the same method. */
export function startLoad(address: string, shape: LoadShape): Promise<MeasuredProcess<Round>> {
  const told: LoadRounds = { address, ...shape };
  return MeasuredProcess.start<Round>('load-rounds.js', told);
}
