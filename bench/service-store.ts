import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { SqliteStore } from '../src/store/sqlite-store.ts';

/** The subnet that the samples are made for. */
export const SAMPLE_SUBNET = { netuid: 39, mecid: 0 };

/** More than any benchmark hands over at once. */
const ROWS_WAITING_MAX = 10_000_000;

/** The store of a service over a file, put together as the service does it. */
export function openServiceStore(file: string): Promise<SqliteStore> {
  return SqliteStore.open({
    ...SAMPLE_SUBNET,
    file,
    synchronous: 'full',
    archiveDir: undefined,
    rowsWaitingMax: ROWS_WAITING_MAX,
    setThreads: 1,
    events: new Events({ logger: silentLogger }),
    clock: systemClock,
  });
}
