import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { AssertionError } from '../../src/lib/assert.ts';
import { limitHeapGrowth } from '../../src/lib/heap-growth.ts';

const GROWING = fileURLToPath(new URL('../support/processes/growing-process.ts', import.meta.url));

/** The largest heap, in MiB, of a process that always holds about 40 MiB and makes much garbage that lives for a while. */
function largestHeapMib(percent: string): number {
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', GROWING, percent], {
    encoding: 'utf8',
  });
  return Number(stdout);
}

describe('the growth of the heap', () => {
  it('stays closer to what is alive when it is limited', () => {
    const [limited, free] = [largestHeapMib('30'), largestHeapMib('')];
    expect(limited).toBeGreaterThan(0);
    expect(limited).toBeLessThan(free);
  });

  it.each([0, -5, 1.5, Number.NaN])('is not limited to %d percent', (percent) => {
    expect(() => limitHeapGrowth(percent)).toThrow(AssertionError);
  });
});
