/** Asks a chain everything that setting weights depends on, and changes nothing. */
import type { LiveChain } from '../actors/ports.ts';
import type { Config } from '../config/config.ts';
import {
  CHAIN_CHECK_NAMES,
  type ChainCheck,
  type ChainCheckName,
  chainChecks,
} from '../domain/chain-checks.ts';
import { AssayError, type ErrorCode } from '../domain/errors.ts';
import type { Clock } from '../lib/clock.ts';
import { untilAborted } from '../lib/until-aborted.ts';

/** What was found, in the order of the checks. */
export interface ChainExamination {
  readonly checks: readonly ChainCheck[];
  /** Whether the chain answered at all. */
  readonly isAnswered: boolean;
}

interface ExaminationSetup {
  readonly config: Pick<Config, 'chain'>;
  /** Opens the chain; what comes too late is closed at once. */
  open(signal: AbortSignal): Promise<LiveChain>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Three endpoints that each keep a request waiting for its 20 s; whoever waits longer wants to know why. */
const LIMIT_MS = 60_000;

/** @throws the signal's reason when it aborts. */
export async function examineChain(setup: ExaminationSetup): Promise<ChainExamination> {
  const limit = new AbortController();
  const isDone = new AbortController();
  setup.clock.sleep(LIMIT_MS, isDone.signal).then(
    () => limit.abort(tooSlow()),
    () => undefined,
  );
  const signal = AbortSignal.any([setup.signal, limit.signal]);
  try {
    return { checks: await checksWithin(setup, signal), isAnswered: true };
  } catch (error) {
    if (setup.signal.aborted || !(error instanceof AssayError)) throw error;
    return { checks: checksWithout(failureOf(error)), isAnswered: error.kind !== 'busy' };
  } finally {
    isDone.abort();
  }
}

async function checksWithin(
  { config: { chain: options }, open, clock }: ExaminationSetup,
  signal: AbortSignal,
): Promise<readonly ChainCheck[]> {
  signal.throwIfAborted();
  const opening = open(signal);
  const chain = await untilAborted(opening, signal).catch((error: unknown) => {
    opening.then((late) => late.close()).catch(() => undefined);
    throw error;
  });
  try {
    const standing = await untilAborted(chain.standing(), signal);
    if (!standing.hasSubnet) return checksWithout(noSubnet(options.netuid));
    return chainChecks({
      metagraph: await untilAborted(chain.metagraph(), signal),
      standing,
      validatorHotkey: chain.validatorHotkey,
      versionKey: options.versionKey,
      nowMs: clock.now(),
      mecid: options.mecid,
    });
  } finally {
    await chain.close();
  }
}

function tooSlow(): AssayError {
  const message = `the chain has not answered everything within ${LIMIT_MS / 1_000} s`;
  return new AssayError('chain_unreachable', message);
}

/** The check that failed first. */
interface Failure {
  readonly name: ChainCheckName;
  readonly detail: string;
  readonly remedy: string;
}

function noSubnet(netuid: number): Failure {
  return {
    name: 'mechanism',
    detail: `there is no subnet ${netuid} on this chain`,
    remedy: 'change chain.netuid, or name the subnet with --netuid',
  };
}

const FAILURES: Partial<Record<ErrorCode, Omit<Failure, 'detail'>>> = {
  wallet_unusable: {
    name: 'wallet',
    remedy: 'correct [wallet], or name the hotkey with --wallet.name and --wallet.hotkey',
  },
  chain_unreachable: {
    name: 'endpoint',
    remedy:
      'check network and endpoints in [chain.subtensor]; of several endpoints one must answer',
  },
  chain_unusable: {
    name: 'endpoint',
    remedy: 'check that network, endpoints and genesis_hash in [chain.subtensor] mean one chain',
  },
};

function failureOf({ code, message }: AssayError): Failure {
  const remedy = 'do what the message says, then run the command again';
  return { ...(FAILURES[code] ?? { name: 'endpoint', remedy }), detail: message };
}

/** One check has failed, and no other was made. */
function checksWithout({ name, detail, remedy }: Failure): readonly ChainCheck[] {
  return CHAIN_CHECK_NAMES.map((each) =>
    each === name
      ? { name, verdict: 'failed', detail, remedy }
      : { name: each, verdict: 'skipped', detail: `not asked: ${name} failed` },
  );
}
