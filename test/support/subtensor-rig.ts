import { setTimeout as pause } from 'node:timers/promises';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import type { SubmissionStep, WeightIntent } from '../../src/actors/ports.ts';
import { SubtensorChain } from '../../src/chain/subtensor/subtensor-chain.ts';
import { SubtensorConnection } from '../../src/chain/subtensor/subtensor-connection.ts';
import type { SubtensorOptions } from '../../src/chain/subtensor/subtensor-options.ts';
import type { HotkeyWallet } from '../../src/chain/subtensor/wallet/hotkey-wallet.ts';
import { hotkey } from '../../src/domain/ids.ts';
import { Events } from '../../src/events.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { RecordingLogger } from './intake-fixture.ts';
import { ManualClock } from './manual-clock.ts';
import { StubNode, type StubNodeOptions } from './subtensor-node/stub-node.ts';

const REQUEST_TIMEOUT_MS = 20_000;

/** What a test waits at most for an answer over a loopback socket. */
const ANSWER_MS = 10_000;

/** Metadata of a real chain for the node, instead of our own: `SUBTENSOR_METADATA=FILE`. */
export const METADATA_FILE: Pick<StubNodeOptions, 'metadataFile'> =
  process.env.SUBTENSOR_METADATA === undefined
    ? {}
    : { metadataFile: process.env.SUBTENSOR_METADATA };

/** The hotkey of a development account, in memory. */
export async function developmentWallet(
  uri = '//Alice',
  cryptoType: HotkeyWallet['cryptoType'] = 'sr25519',
): Promise<HotkeyWallet> {
  await cryptoWaitReady();
  const pair = new Keyring({ type: cryptoType }).addFromUri(uri);
  return {
    address: hotkey(pair.address),
    publicKey: pair.publicKey,
    cryptoType,
    description: `development account ${uri} (${cryptoType})`,
    sign: (message) => pair.sign(message, { withType: true }),
    close: () => undefined,
  };
}

/** Waits until something holds that messages over a socket bring about. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const giveUpMs = performance.now() + ANSWER_MS;
  while (!holds()) {
    if (performance.now() > giveUpMs) throw new Error(`waited in vain until ${what}`);
    await pause(1);
  }
}

/** Turns of the event loop without a question after which none is on its way. */
const QUIET_TURNS = 25;

/** What the adapter asks at a head. */
const READING_METHODS = [
  'chain_getBlock',
  'chain_getBlockHash',
  'chain_getHeader',
  'state_call',
  'state_queryStorageAt',
];

interface RigOptions {
  readonly node?: StubNodeOptions;
  readonly chain?: Partial<SubtensorOptions>;
  readonly clock?: Clock;
  readonly wallet?: HotkeyWallet;
  /** More nodes to fail over to. */
  readonly others?: readonly StubNode[];
  /** More endpoints of the node's own chain to fail over to. */
  readonly mirrorCount?: number;
  /** In the place of the thread that makes commitments. */
  readonly encryptor?: Parameters<typeof SubtensorChain.open>[0]['encryptor'];
}

/** A connection to a stub node, without the adapter around it. */
export function connectedTo({ url, genesisHash }: StubNode): SubtensorConnection {
  return new SubtensorConnection({
    options: {
      endpoints: [url],
      genesisHash,
      ...{ netuid: 1, mecid: 0, eraBlocks: 8 },
      headTimeoutMs: 60_000,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    },
    clock: new ManualClock(),
    events: new Events({ logger: new RecordingLogger() }),
  });
}

/** The real adapter in front of a stub node. */
export class SubtensorRig {
  readonly node: StubNode;
  readonly chain: SubtensorChain;
  readonly logger: RecordingLogger;
  readonly #others: readonly StubNode[];

  static async start(options: RigOptions = {}): Promise<SubtensorRig> {
    const wallet = options.wallet ?? (await developmentWallet());
    const node = await StubNode.start({
      ...METADATA_FILE,
      validatorHotkey: wallet.address,
      ...options.node,
    });
    const logger = new RecordingLogger();
    const mirrors = Array.from({ length: options.mirrorCount ?? 0 }, () => node.mirror());
    const others = [...(options.others ?? []), ...(await Promise.all(mirrors))];
    const { netuid = 1, mecid = 0 } = options.node ?? {};
    const chain = await SubtensorChain.open({
      wallet,
      clock: options.clock ?? new ManualClock(node.best.timeMs),
      events: new Events({ logger }),
      ...(options.encryptor === undefined ? {} : { encryptor: options.encryptor }),
      options: {
        endpoints: [node, ...others].map(({ url }) => url),
        genesisHash: node.genesisHash,
        headTimeoutMs: 60_000,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        eraBlocks: 8,
        beacon: node.beacon,
        ...{ netuid, mecid },
        ...options.chain,
      },
    });
    return new SubtensorRig({ node, chain, logger, others });
  }

  private constructor(parts: {
    readonly node: StubNode;
    readonly chain: SubtensorChain;
    readonly logger: RecordingLogger;
    readonly others: readonly StubNode[];
  }) {
    this.node = parts.node;
    this.chain = parts.chain;
    this.logger = parts.logger;
    this.#others = parts.others;
  }

  /**
   * Makes blocks, final with the lag of the chain, and waits after each until the adapter knows of it and has read what it
   * wanted to read then.
   */
  async advance(blocks = 1): Promise<void> {
    for (let made = 0; made < blocks; made += 1) {
      this.node.produceBlock();
      await this.caughtUp();
      await this.quiet();
    }
  }

  /** Waits until the adapter asks nothing any more: what it sends over loopback arrives within a few turns. */
  async quiet(): Promise<void> {
    let asked = this.#askedCount();
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = this.#askedCount();
      if (now !== asked) turn = 0;
      asked = now;
    }
  }

  async caughtUp(): Promise<void> {
    const { number } = this.node.finalized;
    await until(() => (this.chain.head?.block ?? -1) >= number, `block ${number} is known`);
  }

  follow(wanted: WeightIntent, signal = new AbortController().signal): FollowedSubmission {
    return new FollowedSubmission(this.chain.submit(wanted, signal));
  }

  /** Submits and makes blocks until the submission has ended. */
  async submitted(wanted: WeightIntent, blocksMax = 100): Promise<readonly SubmissionStep[]> {
    const followed = this.follow(wanted);
    await until(() => followed.has('submitted') || followed.hasEnded, 'it is submitted');
    for (let made = 0; made < blocksMax && !followed.hasEnded; made += 1) await this.advance();
    await until(() => followed.hasEnded, 'the submission has ended');
    return followed.steps;
  }

  #askedCount(): number {
    return READING_METHODS.reduce((sum, method) => sum + this.node.callCount(method), 0);
  }

  async stop(): Promise<void> {
    await this.chain.close();
    await this.node.stop();
    for (const other of this.#others) await other.stop();
  }
}

/** A submission that is read in the background. */
export class FollowedSubmission {
  readonly steps: SubmissionStep[] = [];
  error: unknown;
  hasEnded = false;

  constructor(steps: AsyncIterable<SubmissionStep>) {
    void this.#read(steps);
  }

  has(state: SubmissionStep['state']): boolean {
    return this.steps.some((step) => step.state === state);
  }

  get states(): readonly SubmissionStep['state'][] {
    return this.steps.map(({ state }) => state);
  }

  async #read(steps: AsyncIterable<SubmissionStep>): Promise<void> {
    try {
      for await (const step of steps) this.steps.push(step);
    } catch (error) {
      this.error = error;
    } finally {
      this.hasEnded = true;
    }
  }
}
