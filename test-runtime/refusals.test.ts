import type { KeyringPair } from '@polkadot/keyring/types';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WeightSetFailure } from '../src/domain/weight-set.ts';
import { extrinsic, outcomeOf } from './direct-call.ts';
import type { RuntimeChain } from './runtime-chain.ts';
import {
  hotkeyPair,
  NETUID,
  NEURON_COUNT,
  resetSubnet,
  type SubnetRules,
  seededChain,
  strangerPair,
  VALIDATOR_UID,
  VERSION_KEY,
} from './seeded-subnet.ts';
import { caughtUp, intent, openSubmitter, submitted } from './submitter.ts';

let chain: RuntimeChain;

beforeAll(async () => {
  chain = await seededChain();
});
afterAll(() => chain.close());
beforeEach(() => resetSubnet(chain));

const everyUid = Array.from({ length: NEURON_COUNT }, (_, uid) => uid);
const WEIGHTS = [
  [3, 10],
  [4, 20],
] as const;
const RATE_LIMIT_BLOCKS = 1_000;
/** No epoch ends while the tests run: it would give the permits anew. */
const TEMPO_LONG_BLOCKS = 1_000;
/** Epochs end at once: older runtimes reveal nothing of the first two. */
const TEMPO_SHORT_BLOCKS = 2;

/** Weights that the runtime refuses, and what the submitter makes of it. */
interface Refusal {
  readonly reason: string;
  readonly action: WeightSetFailure['action']['kind'];
  readonly rules?: Partial<SubnetRules>;
  readonly signer?: () => KeyringPair;
  readonly netuid?: number;
  readonly weights?: readonly (readonly [number, number])[];
  readonly versionKey?: number;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'a signer with too little stake': {
    reason: 'NotEnoughStakeToSetWeights',
    action: 'stop',
    signer: () => hotkeyPair(4),
  },
  'a signer without a UID, for its stake': {
    reason: 'NotEnoughStakeToSetWeights',
    action: 'stop',
    signer: strangerPair,
  },
  'a signer without a UID, where no stake is asked for': {
    reason: 'HotKeyNotRegisteredInSubNet',
    action: 'stop',
    rules: { stakeThreshold: 0n },
    signer: strangerPair,
  },
  'a subnet that is not there, for the stake in it': {
    reason: 'NotEnoughStakeToSetWeights',
    action: 'stop',
    netuid: 99,
  },
  'a signer without a permit': {
    reason: 'NeuronNoValidatorPermit',
    action: 'retry_at_block',
    rules: { validatorPermit: everyUid.map(() => false) },
  },
  'an old version key': {
    reason: 'IncorrectWeightVersionKey',
    action: 'stop',
    versionKey: VERSION_KEY - 1,
  },
  'plain weights before the rate limit has passed': {
    reason: 'SettingWeightsTooFast',
    action: 'retry_at_block',
    rules: { weightsSetRateLimit: RATE_LIMIT_BLOCKS },
  },
  'a commitment before the rate limit has passed': {
    reason: 'CommittingWeightsTooFast',
    action: 'retry_at_block',
    rules: {
      weightsSetRateLimit: RATE_LIMIT_BLOCKS,
      tempo: TEMPO_SHORT_BLOCKS,
      ...commitReveal(),
    },
  },
  'a UID twice': {
    reason: 'DuplicateUids',
    action: 'stop',
    weights: [
      [3, 10],
      [3, 20],
    ],
  },
  'a UID that is not there': {
    reason: 'UidVecContainInvalidOne',
    action: 'retry_now',
    weights: [[NEURON_COUNT, 10]],
  },
  'more UIDs than the subnet has': {
    reason: 'UidsLengthExceedUidsInSubNet',
    action: 'stop',
    weights: [...everyUid, NEURON_COUNT].map((uid) => [uid, 1]),
  },
  'too few weights': {
    reason: 'WeightVecLengthIsLow',
    action: 'retry_now',
    rules: { minAllowedWeights: 3 },
  },
  'a weight above the largest share': {
    reason: 'MaxWeightExceeded',
    action: 'retry_now',
    rules: { maxWeightsLimit: 40_000 },
  },
};

describe('what the runtime refuses', () => {
  it.each(Object.entries(REFUSALS))('is decoded by name: %s', async (_, refusal) => {
    const failure = await failureOf(refusal);
    expect(failure.reason).toBe(refusal.reason);
    expect(failure.action.kind).toBe(refusal.action);
  });

  it('tells the block at which the rate limit ends', async () => {
    const rules = { weightsSetRateLimit: RATE_LIMIT_BLOCKS };
    const { action } = await failureOf({ rules });
    const block = (await lastUpdateBlock()) + RATE_LIMIT_BLOCKS;
    expect(action).toEqual({ kind: 'retry_at_block', block });
  });
});

/** The submitter reads which call the subnet takes, so that it makes these mistakes only when the subnet changes meanwhile. */
describe('what the submitter does not ask for', () => {
  it('is refused: plain weights where the subnet takes commitments', async () => {
    await resetSubnet(chain, commitReveal());
    expect(await plainOutcome(NETUID)).toBe('CommitRevealEnabled');
  });

  it('is refused: a commitment where the subnet takes plain weights', async () => {
    expect(await commitOutcome()).toBe('CommitRevealDisabled');
  });

  it('is refused: weights of the root network', async () => {
    await resetSubnet(chain, { stakeThreshold: 0n });
    expect(await plainOutcome(0)).toBe('CanNotSetRootNetworkWeights');
  });

  it('is refused: another version of commitments, where the chain asks for one', async ({
    skip,
  }) => {
    if (!chain.has('subtensorModule', 'commitRevealWeightsVersion')) skip();
    await resetSubnet(chain, { ...commitReveal(), commitRevealWeightsVersion: 5 });
    expect(await commitOutcome()).toBe('IncorrectCommitRevealVersion');
  });

  it('is refused: an eleventh commitment in one epoch', async () => {
    await resetSubnet(chain, { ...commitReveal(), tempo: TEMPO_LONG_BLOCKS });
    const outcomes: string[] = [];
    for (let count = 0; count <= 10; count += 1) outcomes.push(await commitOutcome());
    expect(outcomes).toEqual([...Array(10).fill('ok'), 'TooManyUnrevealedCommits']);
  });
});

async function failureOf(refusal: Omit<Refusal, 'reason' | 'action'>): Promise<WeightSetFailure> {
  const { rules = {}, signer = validator, netuid, versionKey = VERSION_KEY } = refusal;
  await chain.makeBlock();
  await resetSubnet(chain, { tempo: TEMPO_LONG_BLOCKS, ...rules });
  const submitter = await openSubmitter(chain, signer(), netuid);
  try {
    await caughtUp(submitter, chain);
    const wanted = intent(refusal.weights ?? WEIGHTS, versionKey);
    const last = (await submitted(chain, submitter, wanted)).at(-1);
    if (last?.state === 'failed') return last.failure;
    throw new Error(`the submission ended with ${JSON.stringify(last)}`);
  } finally {
    await submitter.close();
  }
}

function plainOutcome(netuid: number): Promise<string> {
  const [uids, weights] = [WEIGHTS.map(([uid]) => uid), WEIGHTS.map(([, weight]) => weight)];
  const call = extrinsic(chain, ['setWeights'], netuid, uids, weights, VERSION_KEY);
  return outcomeOf(chain, call, validator());
}

function commitOutcome(): Promise<string> {
  const names = ['commitTimelockedWeights', 'commitCrv3Weights'];
  const [ciphertext, round, version] = ['0x00', 1_000, 4];
  const call = extrinsic(chain, names, NETUID, ciphertext, round, version);
  return outcomeOf(chain, call, validator());
}

async function lastUpdateBlock(): Promise<number> {
  const blocks = await chain.api.query.subtensorModule?.lastUpdate?.(NETUID);
  const json = (blocks?.toJSON() ?? []) as readonly unknown[];
  return Number(json[VALIDATOR_UID]);
}

function commitReveal(): Partial<SubnetRules> {
  return { commitRevealWeightsEnabled: true };
}

function validator(): KeyringPair {
  return hotkeyPair(VALIDATOR_UID);
}
