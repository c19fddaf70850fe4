/** Has a database open and does nothing with it. Started by tests as a process of its own; the file is its argument. */
import { SqliteDatabase } from '../../../src/store/sqlite-database.ts';

await SqliteDatabase.open({ file: String(process.argv[2]) });
process.stdout.write('open\n');
setInterval(() => undefined, 60_000);
