import type { KeyringPair } from '@polkadot/keyring/types';
import type { SignedFacts, SubmissionStep, WeightIntent } from '../src/actors/ports.ts';
import { SubtensorChain } from '../src/chain/subtensor/subtensor-chain.ts';
import type { HotkeyWallet } from '../src/chain/subtensor/wallet/hotkey-wallet.ts';
import type { WeightVector } from '../src/domain/allocation.ts';
import { hotkey } from '../src/domain/ids.ts';
import { Events, silentLogger } from '../src/events.ts';
import { systemClock } from '../src/lib/clock.ts';
import type { RuntimeChain } from './runtime-chain.ts';
import { NETUID } from './seeded-subnet.ts';

/** A runtime is compiled anew for each question to it, and the machine may be busy. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Blocks come only when a test makes them. */
const HEAD_TIMEOUT_MS = 600_000;
const ERA_BLOCKS = 16;

/** The chain as the service has it, signing with the pair. */
export function openSubmitter(
  chain: RuntimeChain,
  pair: KeyringPair,
  netuid = NETUID,
): Promise<SubtensorChain> {
  return SubtensorChain.open({
    options: {
      endpoints: ['ws://in-process.invalid'],
      netuid,
      mecid: 0,
      headTimeoutMs: HEAD_TIMEOUT_MS,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      eraBlocks: ERA_BLOCKS,
      createProvider: () => chain.createProvider(),
    },
    wallet: walletOf(pair),
    clock: systemClock,
    events: new Events({ logger: silentLogger }),
  });
}

/** Waits until the submitter has seen the newest block: what a test wrote into the state is read from there. */
export async function caughtUp(submitter: SubtensorChain, chain: RuntimeChain): Promise<void> {
  for await (const head of submitter.heads(AbortSignal.timeout(REQUEST_TIMEOUT_MS))) {
    if (head.block >= chain.block) return;
  }
  throw new Error(`the submitter never saw block ${chain.block}`);
}

export function intent(entries: readonly (readonly [number, number])[], versionKey: number) {
  return {
    vector: {
      uids: Uint16Array.from(entries, ([uid]) => uid),
      weights: Uint16Array.from(entries, ([, weight]) => weight),
    },
    versionKey,
  };
}

export function entriesOf({ uids, weights }: WeightVector): number[][] {
  return [...uids].map((uid, index) => [uid, Number(weights[index])]);
}

/** What would be signed now; nothing is sent. */
export async function signedOnly(
  submitter: SubtensorChain,
  wanted: WeightIntent,
): Promise<SignedFacts> {
  for await (const step of submitter.submit(wanted, new AbortController().signal)) {
    if (step.state === 'prepared') return step.extrinsic;
    throw new Error(`the first step is ${JSON.stringify(step)}`);
  }
  throw new Error('a submission without steps');
}

/** Every step of a submission, with a block made as soon as it is sent and blocks after it until its outcome is known. */
export async function submitted(
  chain: RuntimeChain,
  submitter: SubtensorChain,
  wanted: WeightIntent,
): Promise<SubmissionStep[]> {
  const steps: SubmissionStep[] = [];
  const stop = new AbortController();
  let blocks: Promise<void> | undefined;
  try {
    for await (const step of submitter.submit(wanted, stop.signal)) {
      steps.push(step);
      if (step.state === 'submitted') blocks = chain.makeBlocks(stop.signal);
    }
  } finally {
    stop.abort();
    await blocks;
  }
  return steps;
}

function walletOf(pair: KeyringPair): HotkeyWallet {
  return {
    address: hotkey(pair.address),
    publicKey: pair.publicKey,
    cryptoType: 'sr25519',
    description: 'a hotkey of the test',
    sign: (message) => pair.sign(message, { withType: true }),
    close: () => undefined,
  };
}
