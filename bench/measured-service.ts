/** The service as it is, in a process of its own; told its configuration by key. */
import { createApp } from '../src/app.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { silentLogger } from '../src/events.ts';
import { answerParent, type Collected, collectedHeapMib } from './measured-process.ts';

const flags = JSON.parse(process.argv[2] ?? '') as Record<string, string | number>;
const stop = new AbortController();
const app = await createApp(loadConfig({ env: {}, flags }), { logger: silentLogger });
const running = app.run(stop.signal);
await answerParent(
  app.address,
  async (): Promise<Collected> => ({
    heapMib: await collectedHeapMib(),
    applied: app.tallies().APPLIED,
  }),
);
stop.abort();
await running;
