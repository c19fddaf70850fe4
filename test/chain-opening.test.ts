import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChainSurroundings, openChain } from '../src/chain-opening.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { Events } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import { RecordingLogger } from './support/intake-fixture.ts';
import { encryptedFile } from './support/keyfiles.ts';
import { closedEndpoint, silentEndpoint } from './support/open-connection.ts';
import { groundNode, HOTKEY, SubtensorGround } from './support/subtensor-ground.ts';
import { until } from './support/subtensor-rig.ts';
import { temporaryFolder } from './support/temporary-database.ts';

function configOf(ground: SubtensorGround, flags: Record<string, unknown> = {}) {
  const file = join(ground.folder, 'assay.toml');
  return loadConfig({ file, env: {}, flags });
}

function surroundings(more: Partial<ChainSurroundings> = {}) {
  const logger = new RecordingLogger();
  return { logger, around: { clock: systemClock, events: new Events({ logger }), ...more } };
}

async function opened(...given: Parameters<typeof openChain>) {
  const chain = await openChain(...given);
  onTestFinished(() => chain.close());
  return chain;
}

describe('opening the chain of a configuration', () => {
  it('simulates one for the kind dev, and asks for no wallet', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'assay.toml');
    writeFileSync(file, '[chain]\nnetuid = 39\n[chain.dev]\nblock_time = "1h"\nminers = 3\n');
    const flags = { 'store.database': join(folder, 'assay.db') };
    const { around } = surroundings();
    const chain = await opened(loadConfig({ file, env: {}, flags }), around);
    expect(chain.kind).toBe('dev');
    expect((await chain.metagraph()).netuid).toBe(39);
  });

  it('connects for the kind subtensor, and signs with the hotkey of the configuration', async () => {
    const node = await groundNode({ netuid: 39 });
    const ground = new SubtensorGround({ endpoints: [node.url], chain: 'netuid = 39' });
    const { around, logger } = surroundings();
    const chain = await opened(configOf(ground), around);
    expect(chain.kind).toBe('subtensor');
    expect(chain.validatorHotkey).toBe(HOTKEY);
    expect((await chain.metagraph()).netuid).toBe(39);
    expect(logger.about('wallet')).toEqual([]);
  });

  it('is done when no endpoint answers, too', async () => {
    const ground = new SubtensorGround({ endpoints: [await closedEndpoint()] });
    const chain = await opened(configOf(ground), surroundings().around);
    await expect(chain.metagraph()).rejects.toMatchObject({ code: 'chain_unreachable' });
  });
});

describe('the wallet of a configuration', () => {
  it('is opened before anything is connected to', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url] });
    rmSync(ground.wallets.file('hotkeys', 'default'));
    await expect(openChain(configOf(ground), surroundings().around)).rejects.toMatchObject({
      code: 'wallet_unusable',
    });
    expect(node.callCount('chain_getBlockHash')).toBe(0);
  });

  it('is taken from a file that others can read where that is allowed, which is told', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url] });
    chmodSync(ground.wallets.file('hotkeys', 'default'), 0o644);
    const { around, logger } = surroundings();
    await opened(configOf(ground, { 'wallet.allow_loose_mode': true }), around);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^wallet: .*hotkeys\/default/) }),
    ]);
  });

  it('asks for its password with the question of the process, no longer than until the signal aborts', async () => {
    const ground = new SubtensorGround({
      endpoints: [await closedEndpoint()],
      keyfile: await encryptedFile({}, 'password'),
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const questions: string[] = [];
    const { around } = surroundings({
      signal: stop.signal,
      askPassword: async (question, signal) => {
        questions.push(question);
        stop.abort(reason);
        signal?.throwIfAborted();
        return undefined;
      },
    });
    await expect(openChain(configOf(ground), around)).rejects.toBe(reason);
    expect(questions).toEqual([expect.stringContaining('default')]);
  });
});

describe('a signal', () => {
  it('ends an opening that waits for an endpoint', async () => {
    const ground = new SubtensorGround({ endpoints: [await silentEndpoint()] });
    const stop = new AbortController();
    const reason = new Error('enough');
    const { around } = surroundings({ signal: stop.signal });
    const opening = expect(openChain(configOf(ground), around)).rejects.toBe(reason);
    stop.abort(reason);
    await opening;
  });

  it('that has aborted opens nothing', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url] });
    const reason = new Error('enough');
    const { around } = surroundings({ signal: AbortSignal.abort(reason) });
    await expect(openChain(configOf(ground), around)).rejects.toBe(reason);
    await until(() => node.connectionCount === 0, 'nothing is connected');
  });
});
