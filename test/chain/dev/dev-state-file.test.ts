import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DevChain } from '../../../src/chain/dev/dev-chain.ts';
import { hotkey } from '../../../src/domain/ids.ts';
import { random } from '../../../src/lib/random.ts';
import { encodeSs58 } from '../../../src/lib/ss58.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { entriesOf, follow, intent, makeBlocks, submitted } from './dev-chain-support.ts';

const WANTED = intent([
  [3, 20],
  [2, 10],
]);
const STRANGER = hotkey(encodeSs58(random('stranger').bytes(32)));

describe('the state file of the dev chain', () => {
  let folder: string;
  let stateFile: string;
  const options = { miners: 5, blockTimeMs: 1_000, tempoBlocks: 20, weightsRateLimitBlocks: 0 };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-dev-chain-'));
    stateFile = join(folder, 'chain.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('that cannot be written holds the blocks back until it can, and nothing is lost', async () => {
    const clock = new ManualClock();
    const failures: unknown[] = [];
    const chain = DevChain.create({
      ...{ clock, options, stateFile },
      onFailure: (error) => failures.push(error),
    });
    const stop = new AbortController();
    const heads = chain.heads(stop.signal)[Symbol.asyncIterator]();
    expect(await heads.next()).toMatchObject({ value: { block: 0 } });
    const running = chain.run(stop.signal);
    chain.setAxon(2, false);
    rmSync(folder, { recursive: true });
    await clock.advance(options.blockTimeMs);
    await clock.advance(options.blockTimeMs);
    expect(failures).toMatchObject([{ code: 'store_unavailable' }, { code: 'store_unavailable' }]);
    mkdirSync(folder);
    await clock.advance(options.blockTimeMs);
    expect(await heads.next()).toMatchObject({ value: { block: 3 } });
    expect(failures.length).toBe(2);
    stop.abort();
    await running;
    const { neurons } = await DevChain.create({ clock, options, stateFile }).metagraph();
    expect(neurons.find(({ uid }) => uid === 2)?.isAxonActive).toBe(false);
  });

  it('brings everything back after a restart', async () => {
    const clock = new ManualClock();
    const first = DevChain.create({ clock, options, stateFile });
    first.deregister(6);
    first.replace(3);
    first.register();
    first.deregister(5);
    first.setAxon(2, false);
    first.setHyperparameters({ minAllowedWeights: 2 });
    await submitted(first, WANTED);
    first.setHyperparameters({ isCommitRevealEnabled: true });
    follow(
      first,
      intent([
        [4, 1],
        [2, 1],
      ]),
    );
    await makeBlocks(first, 2);
    first.setOwnerHotkey(STRANGER);
    first.close();
    const second = DevChain.create({ clock, options, stateFile });
    expect(second.head).toEqual(first.head);
    expect(await second.metagraph()).toEqual(await first.metagraph());
    expect(await second.storedWeights()).toEqual(await first.storedWeights());
    expect((await second.storedWeights()).pendingCommitments).toHaveLength(1);
    expect(second.register()).toBe(first.register());
    await makeBlocks(second, 20);
    expect(entriesOf((await second.storedWeights()).vector)).toEqual([
      [2, 65_535],
      [4, 65_535],
    ]);
  });

  it('is written after a block that changed something, without being closed', async () => {
    const clock = new ManualClock();
    const first = DevChain.create({ clock, options, stateFile });
    await submitted(first, WANTED);
    const second = DevChain.create({ clock, options, stateFile });
    expect(await second.storedWeights()).toEqual({ ...(await first.storedWeights()), block: 1 });
    expect(readdirSync(folder)).toEqual(['chain.json']);
  });

  it('is left alone by blocks that changed nothing', async () => {
    const chain = DevChain.create({ clock: new ManualClock(), options, stateFile });
    await makeBlocks(chain, 1);
    const before = readFileSync(stateFile, 'utf8');
    await makeBlocks(chain, 5);
    expect(readFileSync(stateFile, 'utf8')).toBe(before);
  });

  it('is left alone by a chain that is closed before it did anything', async () => {
    const clock = new ManualClock();
    const running = DevChain.create({ clock, options, stateFile });
    await makeBlocks(running, 1);
    const other = DevChain.create({ clock, options, stateFile });
    await submitted(running, WANTED);
    other.close();
    const next = DevChain.create({ clock, options, stateFile });
    expect(await next.storedWeights()).toEqual({ ...(await running.storedWeights()), block: 2 });
  });

  it('has made the blocks of the time in which the process was down', async () => {
    const clock = new ManualClock();
    const first = DevChain.create({
      clock,
      options: { ...options, isCommitRevealEnabled: true },
      stateFile,
    });
    follow(first, WANTED);
    await makeBlocks(first, 2);
    await clock.advance(19_500);
    const second = DevChain.create({
      clock,
      options: { ...options, isCommitRevealEnabled: true },
      stateFile,
    });
    expect(second.head.block).toBe(20);
    expect((await second.storedWeights()).vector.uids).toHaveLength(2);
  });

  it('gives way to what was configured anew, and only to that', async () => {
    const clock = new ManualClock();
    const first = DevChain.create({ clock, options, stateFile });
    first.setHyperparameters({ weightsVersionKey: 4, minAllowedWeights: 2 });
    first.close();
    const changed = { ...options, minAllowedWeights: 3 };
    const { hyperparameters } = await DevChain.create({
      clock,
      options: changed,
      stateFile,
    }).metagraph();
    expect(hyperparameters).toMatchObject({ weightsVersionKey: 4, minAllowedWeights: 3 });
  });

  it.each([
    { what: 'no JSON', text: '{"format":' },
    { what: 'empty', text: '' },
    { what: 'of another format', text: '{"format":"assay-dev-chain-0"}' },
  ])('is refused by name when it is $what', ({ text }) => {
    writeFileSync(stateFile, text);
    const create = () => DevChain.create({ clock: new ManualClock(), options, stateFile });
    expect(create).toThrow(`the dev chain's state file ${stateFile} is damaged`);
    expect(readFileSync(stateFile, 'utf8')).toBe(text);
  });

  it('is refused when a field has an impossible value', () => {
    DevChain.create({ clock: new ManualClock(), options, stateFile }).close();
    const text = readFileSync(stateFile, 'utf8').replace('"block":0', '"block":-1');
    writeFileSync(stateFile, text);
    const create = () => DevChain.create({ clock: new ManualClock(), options, stateFile });
    expect(create).toThrow('is damaged');
  });

  it('is refused when it belongs to another genesis', () => {
    const clock = new ManualClock();
    DevChain.create({ clock, options, stateFile }).close();
    const other = () => DevChain.create({ clock, options: { ...options, seed: 2 }, stateFile });
    expect(other).toThrow(`${stateFile} was made with seed 1, not 2`);
  });

  it('says which file cannot be read or written', () => {
    const clock = new ManualClock();
    expect(() => DevChain.create({ clock, options, stateFile: folder })).toThrow(
      `${folder} cannot be read`,
    );
    const lost = join(folder, 'missing', 'chain.json');
    const chain = DevChain.create({ clock, options, stateFile: lost });
    expect(() => chain.produceBlock()).toThrow(`cannot be written to ${lost}`);
  });
});
