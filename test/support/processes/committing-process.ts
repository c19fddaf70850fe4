/**
 * Commits profiles until it is killed, printing each commit that was acknowledged: `uid revision`. Started by the crash
 * test as a process of its own; the file is its argument.
 */
import { Events, silentLogger } from '../../../src/events.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { SqliteDatabase } from '../../../src/store/sqlite-database.ts';
import { SqliteJournal } from '../../../src/store/sqlite-journal.ts';
import { SqliteWrites } from '../../../src/store/sqlite-writes.ts';
import { sampleCommit, sampleExecutor, sampleProfile } from '../profile-samples.ts';

const MINERS = 40;

const database = await SqliteDatabase.open({ file: String(process.argv[2]) });
const events = new Events({ logger: silentLogger });
const writes = new SqliteWrites({ database, netuid: 39, mecid: 0 });
const journal = new SqliteJournal({ database, writes, events, clock: systemClock });

await Promise.all(Array.from({ length: MINERS }, (_, uid) => commitForEver(uid)));

async function commitForEver(uid: number): Promise<void> {
  for (let revision = 1; ; revision += 1) {
    const executors = ['a', 'b', 'c'].map((executorId) =>
      sampleExecutor({ executorId, networkBandwidthMbps: revision }),
    );
    await journal.commit(sampleCommit(sampleProfile({ uid, revision, executors })));
    process.stdout.write(`${uid} ${revision}\n`);
  }
}
