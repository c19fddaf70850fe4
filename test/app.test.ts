import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AppOverrides, createApp } from '../src/app.ts';
import { DevChain } from '../src/chain/dev/dev-chain.ts';
import { loadConfig } from '../src/config/load-config.ts';
import type { AssayError } from '../src/domain/errors.ts';
import { silentLogger } from '../src/events.ts';
import { checkHealth } from '../src/grpc/health-client.ts';
import { AssertionError } from '../src/lib/assert.ts';
import { RecordingLogger } from './support/intake-fixture.ts';
import { ManualClock, settle } from './support/manual-clock.ts';
import { temporaryFolder } from './support/temporary-database.ts';

const BLOCK_MS = 1_000;

function config(folder: string, flags: Record<string, unknown> = {}) {
  return loadConfig({
    env: {},
    directory: folder,
    flags: {
      'server.listen': '127.0.0.1:0',
      'store.database': join(folder, 'assay.db'),
      'chain.dev.block_time': `${BLOCK_MS}ms`,
      'chain.dev.miners': 3,
      ...flags,
    },
  });
}

/** An app under way, with what a test needs to end it. */
async function running(folder: string, overrides: Partial<AppOverrides> = {}) {
  const clock = new ManualClock();
  const app = await createApp(config(folder), { logger: silentLogger, clock, ...overrides });
  const stop = new AbortController();
  const ended = app.run(stop.signal);
  await settle();
  return {
    app,
    clock,
    async end(): Promise<void> {
      stop.abort(new Error('the test is over'));
      await ended;
    },
  };
}

describe('createApp', () => {
  it('serves as soon as it resolves', async () => {
    const { app, end } = await running(temporaryFolder());
    expect(await checkHealth(app.address, 3_000)).toBe('SERVING');
    await end();
    expect(await checkHealth(app.address, 3_000)).toBe('UNREACHABLE');
  });

  it('makes a dev chain whose blocks come with the clock', async () => {
    const { app, clock, end } = await running(temporaryFolder());
    await clock.advance(5 * BLOCK_MS);
    expect(app.weightSetting.status().head?.block).toBe(5);
    await end();
  });

  it('holds the chain back until it is released', async () => {
    const { app, clock, end } = await running(temporaryFolder(), { isChainHeld: true });
    await clock.advance(5 * BLOCK_MS);
    expect(app.weightSetting.status().head?.block).toBe(0);
    app.releaseChain();
    await settle();
    await clock.advance(2 * BLOCK_MS);
    expect(app.weightSetting.status().head?.block).toBe(2);
    await end();
  });

  it('ends a chain that was never released', async () => {
    const { end } = await running(temporaryFolder(), { isChainHeld: true });
    await end();
  });

  it('keeps the dev chain where the configuration says', async () => {
    const folder = temporaryFolder();
    const withState = config(folder, { 'chain.dev.state_file': join(folder, 'chain.json') });
    for (const expected of [4, 8]) {
      const clock = new ManualClock(Date.UTC(2026, 0, 1) + (expected - 4) * BLOCK_MS);
      const app = await createApp(withState, { logger: silentLogger, clock });
      const stop = new AbortController();
      const ended = app.run(stop.signal);
      await settle();
      await clock.advance(4 * BLOCK_MS);
      expect(app.weightSetting.status().head?.block).toBe(expected);
      stop.abort();
      await ended;
    }
  });

  it('closes the database again when it fails, so that the next try finds it free', async () => {
    const folder = temporaryFolder();
    const { app, end } = await running(temporaryFolder());
    const taken = config(folder, { 'server.listen': app.address });
    await expect(createApp(taken, { logger: silentLogger })).rejects.toMatchObject({
      code: 'invalid_argument',
    } satisfies Partial<AssayError>);
    await (await running(folder)).end();
    await end();
  });

  it('closes what it had opened when it fails half-way, also when a part does not close', async () => {
    const { app, end } = await running(temporaryFolder());
    const folder = temporaryFolder();
    const clock = new ManualClock();
    const logger = new RecordingLogger();
    const chain = DevChain.create({ clock });
    const heads = chain.heads(new AbortController().signal);
    await heads.next();
    const close = chain.close.bind(chain);
    chain.close = () => {
      close();
      throw new Error('the chain is stuck');
    };
    const taken = config(folder, { 'server.listen': app.address });
    const starting = createApp(taken, { logger, clock, chain });
    await expect(starting).rejects.toMatchObject({ code: 'invalid_argument' });
    expect((await heads.next()).done).toBe(true);
    expect(logger.about('closing failed')).toMatchObject([
      { err: { message: 'the chain is stuck' } },
    ]);
    await (await running(folder)).end();
    await end();
  });

  it('starts on a chain that does not answer, and works from the first block on that it hears of', async () => {
    const clock = new ManualClock();
    const chain = DevChain.create({ clock });
    chain.faults.isUnreachable = true;
    const logger = new RecordingLogger();
    const app = await createApp(config(temporaryFolder()), { logger, clock, chain });
    const stop = new AbortController();
    const ended = app.run(stop.signal);
    await settle();
    expect(logger.about('metagraph failed and goes on')).toHaveLength(1);
    expect(app.weightSetting.status().head).toBeUndefined();
    chain.faults.isUnreachable = false;
    await clock.advance(1_000);
    chain.produceBlock();
    await settle();
    expect(app.weightSetting.status().head?.block).toBe(chain.head.block);
    stop.abort(new Error('enough'));
    await ended;
  });
});

describe('run', () => {
  it('drains and logs each step, with the reason', async () => {
    const logger = new RecordingLogger();
    const { end } = await running(temporaryFolder(), { logger });
    await end();
    expect(logger.about('draining')).toEqual([{ reason: 'Error: the test is over' }]);
    expect(logger.lines.at(-1)?.message).toBe('stopped');
  });

  it('closes the rest when one part does not close, and says why', async () => {
    const folder = temporaryFolder();
    const clock = new ManualClock();
    const logger = new RecordingLogger();
    const chain = DevChain.create({ clock });
    const stuck = new Error('the chain is stuck');
    chain.close = () => {
      throw stuck;
    };
    const { app, end } = await running(folder, { logger, clock, chain });
    await expect(end()).rejects.toBe(stuck);
    expect(logger.about('closing failed')).toEqual([{ part: 'closing', err: stuck }]);
    expect(logger.lines.at(-1)?.message).toBe('stopped');
    expect(await checkHealth(app.address, 3_000)).toBe('UNREACHABLE');
    expect(existsSync(join(folder, 'assay.db-wal'))).toBe(false);
  });

  it('ends by itself with a broken invariant, after draining the rest', async () => {
    const clock = new ManualClock();
    const chain = DevChain.create({ clock });
    const logger = new RecordingLogger();
    const flags = { 'emission.weight_set_interval_blocks': 5 };
    const folder = temporaryFolder();
    const app = await createApp(config(folder, flags), { logger, clock, chain, isChainHeld: true });
    const ended = app.run(new AbortController().signal);
    const broken = new AssertionError('a neuron is there twice');
    chain.metagraph = () => Promise.reject(broken);
    while (chain.head.block < 5) chain.produceBlock();
    await expect(ended).rejects.toBe(broken);
    expect(logger.lines.at(-1)?.message).toBe('stopped');
    expect(await checkHealth(app.address, 3_000)).toBe('UNREACHABLE');
    await (await running(folder)).end();
  });
});
