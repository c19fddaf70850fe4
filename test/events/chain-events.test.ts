import { beforeEach, describe, expect, it } from 'vitest';
import type { ChainCheck } from '../../src/domain/chain-checks.ts';
import { Events } from '../../src/events.ts';
import { RecordingLogger } from '../support/intake-fixture.ts';
import { RecordedMetrics } from '../support/recorded-metrics.ts';

let logger: RecordingLogger;
let metrics: RecordedMetrics;
let events: Events;

beforeEach(() => {
  logger = new RecordingLogger();
  metrics = new RecordedMetrics();
  events = new Events({ logger, meter: metrics.meter });
});

const values = async (name: string) => (await metrics.readings(name)).values;

describe('the connection to the chain', () => {
  const endpoint = 'wss://node.example';

  it('is logged and measured when it begins, and when it ends with the reason', async () => {
    events.chainConnected({ endpoint, runtime: 'node-subtensor 424' });
    expect(await values('chain.connected')).toEqual([[1, {}]]);
    events.chainDisconnected({ endpoint, reason: 'no new final block for 60 s' });
    expect(await values('chain.connected')).toEqual([[0, {}]]);
    expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
      ['info', 'connected to the chain'],
      ['warn', 'the connection to the chain ended: no new final block for 60 s'],
    ]);
  });

  it('counts the failures of each endpoint', async () => {
    events.chainEndpointFailed({ endpoint, reason: 'refused' });
    events.chainEndpointFailed({ endpoint, reason: 'refused' });
    expect(await values('chain.endpoint.failures')).toEqual([[2, { 'server.address': endpoint }]]);
    expect(logger.lines[0]).toMatchObject({ level: 'warn', fields: { endpoint } });
  });

  it('measures the newest final block, without a line for each', async () => {
    events.chainHeadSeen({ block: 77 });
    expect(await values('chain.finalized.block')).toEqual([[77, {}]]);
    expect(logger.lines).toEqual([]);
  });
});

describe('a preflight', () => {
  it('logs what does not hold or soon may not, with the remedy, and nothing of the rest', () => {
    const checks: readonly ChainCheck[] = [
      { name: 'endpoint', verdict: 'ok', detail: 'fine' },
      { name: 'drand', verdict: 'warning', detail: '120 rounds behind', remedy: 'wait' },
      { name: 'stake', verdict: 'failed', detail: 'too low', remedy: 'add stake' },
      { name: 'commit_reveal', verdict: 'skipped', detail: 'off' },
    ];
    events.preflightChecked({ block: 360, checks });
    expect(logger.lines.map(({ message, fields }) => [message, fields])).toEqual([
      [
        'preflight: 120 rounds behind',
        { block: 360, check: 'drand', verdict: 'warning', remedy: 'wait' },
      ],
      [
        'preflight: too low',
        { block: 360, check: 'stake', verdict: 'failed', remedy: 'add stake' },
      ],
    ]);
  });
});

describe('the wallet', () => {
  it('warns in words', () => {
    events.walletWarned({ message: 'others may read the file' });
    expect(logger.lines).toMatchObject([
      { level: 'warn', message: 'wallet: others may read the file' },
    ]);
  });
});
