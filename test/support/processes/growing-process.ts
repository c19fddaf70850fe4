/**
 * Keeps as many objects alive as before while it replaces them all the time, and prints its largest heap in MiB. Its argument
 * is the limit of the heap's growth in percent, empty for none.
 */
import { limitHeapGrowth } from '../../../src/lib/heap-growth.ts';

const ALIVE = 400_000;
const REPLACED = 12_000_000;

const percent = process.argv[2];
if (percent) limitHeapGrowth(Number(percent));
const alive: object[] = Array.from({ length: ALIVE }, (_, index) => ({ index, text: `${index}` }));
let largest = 0;
for (let index = 0; index < REPLACED; index += 1) {
  alive[index % ALIVE] = { index, text: `${index}` };
  if (index % 100_000 === 0) largest = Math.max(largest, process.memoryUsage().heapTotal);
}
process.stdout.write(String(largest / 1_048_576));
