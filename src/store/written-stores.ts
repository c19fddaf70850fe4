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

/** @param onRecorded called after each decision. */
export function writtenWeightSets(
  stored: Omit<SqliteWeightSetStore, 'record' | 'update'>,
  writes: StoreWrites,
  onRecorded: () => void,
): WeightSetStore {
  return {
    async record(decision) {
      const transferred = await toTransferred(decision);
      // Copying the columns of a large set is a turn of the event loop of its own.
      await setImmediate();
      try {
        await writes.recordWeightSet(transferred);
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
