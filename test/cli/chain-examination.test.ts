import { describe, expect, it } from 'vitest';
import type { LiveChain } from '../../src/actors/ports.ts';
import { DevChain } from '../../src/chain/dev/dev-chain.ts';
import { examineChain } from '../../src/cli/chain-examination.ts';
import { CHAIN_CHECK_NAMES, type ChainCheckName } from '../../src/domain/chain-checks.ts';
import { AssayError, type ErrorCode } from '../../src/domain/errors.ts';
import { ConfigFiles } from '../support/config-files.ts';
import { ManualClock, settle } from '../support/manual-clock.ts';

const config = new ConfigFiles().loadNothing();

class Examination {
  readonly clock = new ManualClock();
  readonly stop = new AbortController();
  readonly chain = DevChain.create({ clock: this.clock, options: { miners: 2 } });
  closedCount = 0;

  /** The dev chain with some of its answers replaced. */
  live(answers: Partial<LiveChain> = {}): LiveChain {
    const { chain } = this;
    return {
      kind: 'dev',
      validatorHotkey: chain.validatorHotkey,
      heads: (signal) => chain.heads(signal),
      metagraph: () => chain.metagraph(),
      standing: () => chain.standing(),
      submit: (intent, signal) => chain.submit(intent, signal),
      storedWeights: () => chain.storedWeights(),
      run: (signal) => chain.run(signal),
      close: () => {
        this.closedCount += 1;
      },
      ...answers,
    };
  }

  of(open: (signal: AbortSignal) => Promise<LiveChain>) {
    return examineChain({ config, open, clock: this.clock, signal: this.stop.signal });
  }
}

function failing(name: ChainCheckName, detail: string) {
  return CHAIN_CHECK_NAMES.map((each) =>
    each === name
      ? { name, verdict: 'failed', detail, remedy: expect.stringMatching(/./) }
      : { name: each, verdict: 'skipped', detail: `not asked: ${name} failed` },
  );
}

describe('the examination of a chain', () => {
  it('makes every check, closes the chain and leaves no timer', async () => {
    const examination = new Examination();
    const { checks, isAnswered } = await examination.of(async () => examination.live());
    expect(isAnswered).toBe(true);
    expect(checks.map(({ name }) => name)).toEqual(CHAIN_CHECK_NAMES);
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(examination).toMatchObject({ closedCount: 1, clock: { sleeperCount: 0 } });
  });

  it.each<[ErrorCode, ChainCheckName, boolean]>([
    ['wallet_unusable', 'wallet', true],
    ['chain_unusable', 'endpoint', true],
    ['chain_unreachable', 'endpoint', false],
    ['invalid_argument', 'endpoint', true],
  ])('that ends with %s fails at the %s', async (code, name, isAnswered) => {
    const examination = new Examination();
    const found = await examination.of(async () => {
      throw new AssayError(code, 'it does not open');
    });
    expect(found).toEqual({ checks: failing(name, 'it does not open'), isAnswered });
  });

  it('fails at the mechanism where there is no subnet, and does not ask for its metagraph', async () => {
    const examination = new Examination();
    const standing = { ...(await examination.chain.standing()), hasSubnet: false };
    const { checks } = await examination.of(async () =>
      examination.live({
        standing: async () => standing,
        metagraph: () => Promise.reject(new Error('it was asked')),
      }),
    );
    expect(checks).toEqual(failing('mechanism', 'there is no subnet 1 on this chain'));
    expect(examination.closedCount).toBe(1);
  });

  it('closes a chain that stops answering', async () => {
    const examination = new Examination();
    examination.chain.faults.isUnreachable = true;
    const { checks, isAnswered } = await examination.of(async () => examination.live());
    expect(isAnswered).toBe(false);
    expect(checks[0]).toMatchObject({ name: 'endpoint', verdict: 'failed' });
    expect(examination.closedCount).toBe(1);
  });

  it('gives up after a minute, and closes a chain that opens later', async () => {
    const examination = new Examination();
    let isTooLate = false;
    let openLate: (chain: LiveChain) => void = () => undefined;
    const found = examination.of((signal) => {
      signal.addEventListener('abort', () => {
        isTooLate = true;
      });
      return new Promise((resolve) => {
        openLate = resolve;
      });
    });
    await examination.clock.advance(59_999);
    expect(isTooLate).toBe(false);
    await examination.clock.advance(1);
    expect(isTooLate).toBe(true);
    const message = 'the chain has not answered everything within 60 s';
    expect(await found).toEqual({ checks: failing('endpoint', message), isAnswered: false });
    openLate(examination.live());
    await settle();
    expect(examination.closedCount).toBe(1);
  });

  it('gives up on an answer that does not come', async () => {
    const examination = new Examination();
    const metagraph = () => new Promise<never>(() => undefined);
    const found = examination.of(async () => examination.live({ metagraph }));
    await settle();
    await examination.clock.advance(60_000);
    expect(await found).toMatchObject({ isAnswered: false });
    expect(examination.closedCount).toBe(1);
  });

  it('hands on bugs, and the reason of whoever stops it', async () => {
    const examination = new Examination();
    const bug = new RangeError('a bug');
    await expect(examination.of(() => Promise.reject(bug))).rejects.toBe(bug);
    const found = examination.of(() => new Promise(() => undefined));
    const reason = new AssayError('shutting_down', 'stopped');
    examination.stop.abort(reason);
    await expect(found).rejects.toBe(reason);
    await expect(examination.of(async () => examination.live())).rejects.toBe(reason);
    expect(examination.clock.sleeperCount).toBe(0);
  });
});
