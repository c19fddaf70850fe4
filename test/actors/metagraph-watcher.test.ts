import { afterEach, describe, expect, it } from 'vitest';
import { MetagraphWatcher } from '../../src/actors/metagraph-watcher.ts';
import type { Chain } from '../../src/actors/ports.ts';
import type { Metagraph } from '../../src/domain/metagraph.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';
import { WeightSetterRig } from '../support/weight-setter-rig.ts';
import { sampleMetagraph } from '../support/weight-setter-samples.ts';

const ends: AbortController[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end.abort();
});

describe('the metagraph watcher', () => {
  it('has nothing before the first read', () => {
    const watcher = new WeightSetterRig().watcher();
    expect(() => watcher.current()).toThrow(
      expect.objectContaining({ code: 'metagraph_unavailable' }),
    );
  });

  it('reads at every new head', async () => {
    const rig = new WeightSetterRig();
    const watcher = rig.watcher();
    void start(watcher);
    await settle();
    expect(watcher.current().block).toBe(1_000);
    await rig.chain.advance();
    expect(watcher.current().block).toBe(1_001);
  });

  it('keeps the old metagraph when a read fails, and goes on', async () => {
    const rig = new WeightSetterRig();
    const watcher = rig.watcher();
    void start(watcher);
    await settle();
    rig.chain.unreachable.add('metagraph');
    await rig.chain.advance();
    expect(watcher.current().block).toBe(1_000);
    expect(rig.messages('error')).toEqual(['metagraph watcher failed and goes on']);
    rig.chain.unreachable.clear();
    await rig.chain.advance();
    expect(watcher.current().block).toBe(1_002);
  });

  it('asks again after a pause when the chain breaks off', async () => {
    const rig = new WeightSetterRig();
    rig.chain.unreachable.add('heads');
    const watcher = rig.watcher();
    const done = start(watcher);
    await settle();
    expect(rig.chain.calls.heads).toBe(1);
    rig.chain.unreachable.clear();
    await rig.clock.advance(1_000);
    expect(watcher.current().block).toBe(1_000);
    ends.pop()?.abort();
    await done;
  });

  it('ends at once when it is told to stop during the pause', async () => {
    const rig = new WeightSetterRig();
    rig.chain.unreachable.add('heads');
    const done = start(rig.watcher());
    await settle();
    ends.pop()?.abort();
    await done;
    expect(rig.clock.sleeperCount).toBe(0);
  });

  it('reads one at a time: heads that pass meanwhile are skipped', async () => {
    const rig = new WeightSetterRig();
    const reads: ((metagraph: Metagraph) => void)[] = [];
    const slow: Pick<Chain, 'heads' | 'metagraph'> = {
      heads: (signal) => rig.chain.heads(signal),
      metagraph: () => new Promise((resolve) => reads.push(resolve)),
    };
    const watcher = watcherOf(slow);
    void start(watcher);
    await rig.chain.advance(5);
    expect(reads.length).toBe(1);
    reads[0]?.(sampleMetagraph({ block: 1_000 }));
    await settle();
    expect(reads.length).toBe(2);
    reads[1]?.(rig.chain.metagraphNow);
    await settle();
    expect(watcher.current().block).toBe(1_005);
  });

  it('throws away a reading of a node that lags', async () => {
    const answers = [sampleMetagraph({ block: 7 }), sampleMetagraph({ block: 6 })];
    const watcher = watcherOf({
      heads: async function* () {},
      metagraph: async () => answers.shift() ?? sampleMetagraph(),
    });
    await watcher.refresh();
    await watcher.refresh();
    expect(watcher.current().block).toBe(7);
  });
});

function watcherOf(chain: Pick<Chain, 'heads' | 'metagraph'>): MetagraphWatcher {
  const events = new Events({ logger: silentLogger });
  return new MetagraphWatcher({ chain, events, clock: new ManualClock() });
}

function start(watcher: MetagraphWatcher): Promise<void> {
  const end = new AbortController();
  ends.push(end);
  return watcher.run(end.signal);
}
