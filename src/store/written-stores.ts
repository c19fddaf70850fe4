/** The ports that write, over a handle that reads and the writes that may happen on another thread. */
import { setImmediate } from 'node:timers/promises';
import type { EmissionConfigStore, WeightSetStore } from '../actors/ports.ts';
import type {
  LedgerRemover,
  ProfileRemover,
  VerificationReportRemover,
} from '../actors/record-ports.ts';
import { changeOf, toTransferred } from './decision-transfer.ts';
import type { SqliteEmissionConfigStore } from './sqlite-emission-config-store.ts';
import type { SqliteWeightSetStore } from './sqlite-weight-set-store.ts';
import type { StoreWrites } from './store-writes.ts';
import type { ThreadedLines } from './threaded-lines.ts';

/** What a decision is written with. */
export interface DecisionWrites {
  readonly writes: StoreWrites;
  readonly lines: Pick<ThreadedLines, 'of'>;
  /** Called after each decision. */
  readonly onRecorded: () => void;
}

export function writtenWeightSets(
  stored: Omit<SqliteWeightSetStore, 'record' | 'update' | 'write'>,
  { writes, lines, onRecorded }: DecisionWrites,
): WeightSetStore {
  return {
    async record(decision) {
      const transferred = await toTransferred(decision);
      const written = await lines.of(transferred);
      // Handing a large set over is a turn of the event loop of its own.
      await setImmediate();
      try {
        await writes.recordWeightSet(transferred, written);
      } finally {
        // A decision that was not answered may be stored all the same.
        onRecorded();
      }
    },
    update: (set) => writes.updateWeightSet(changeOf(set)),
    newestBlock: () => stored.newestBlock(),
    latest: () => stored.latest(),
    latestTaken: () => stored.latestTaken(),
    at: (block) => stored.at(block),
    outcomeAt: (block, uid) => stored.outcomeAt(block, uid),
    unfinished: () => stored.unfinished(),
  };
}

export function writtenEmissionConfigs(
  stored: Omit<SqliteEmissionConfigStore, 'append'>,
  writes: StoreWrites,
): EmissionConfigStore {
  return {
    latest: () => stored.latest(),
    latestFromFile: () => stored.latestFromFile(),
    append: (version) => writes.appendEmissionConfig(version),
    at: (version) => stored.at(version),
    page: (query) => stored.page(query),
  };
}

/** Every remover. */
export interface WrittenRemovers {
  readonly profiles: ProfileRemover;
  readonly reports: VerificationReportRemover;
  readonly ledger: LedgerRemover;
}

export function writtenRemovers(writes: StoreWrites): WrittenRemovers {
  return {
    profiles: {
      delete: (uid) => writes.deleteProfile(uid),
      deleteOlderThan: (...args) => writes.deleteProfilesOlderThan(...args),
    },
    reports: {
      deleteReceivedBefore: (...args) => writes.deleteReportsReceivedBefore(...args),
    },
    ledger: {
      deleteOldest: (times) => writes.deleteOldestEntry(times),
      sweep: (limit) => writes.sweepLedger(limit),
    },
  };
}
