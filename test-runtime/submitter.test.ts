import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SubmissionStep } from '../src/actors/ports.ts';
import type { SubtensorChain } from '../src/chain/subtensor/subtensor-chain.ts';
import { QUICKNET_PERIOD_S } from '../src/domain/epoch-schedule.ts';
import { KNOWN_ROUND, knownPulse } from './drand-round.ts';
import type { RuntimeChain } from './runtime-chain.ts';
import {
  AXON_UID,
  hotkeyPair,
  NETUID,
  NEURON_COUNT,
  OWNER_UID,
  REGISTERED_AT_BLOCK,
  resetSubnet,
  STAKE_THRESHOLD,
  seededChain,
  TEMPO_BLOCKS,
  VALIDATOR_UID,
  VERSION_KEY,
} from './seeded-subnet.ts';
import { caughtUp, entriesOf, intent, openSubmitter, signedOnly, submitted } from './submitter.ts';

let chain: RuntimeChain;
let submitter: SubtensorChain;

beforeAll(async () => {
  chain = await seededChain();
  submitter = await openSubmitter(chain, hotkeyPair(VALIDATOR_UID));
});
afterAll(async () => {
  await submitter.close();
  await chain.close();
});

const WANTED = intent(
  [
    [3, 10],
    [4, 20],
  ],
  VERSION_KEY,
);
const STORED = [
  [3, 32_768],
  [4, 65_535],
];

/** When a commitment is made, and what the chain is to store; other weights each time, so that the last ones do not pass. */
const REVEALS = [
  [
    'of the epoch that it was made in',
    { periodEpochs: 1, isInLastBlock: false, wanted: one(4), stored: [[4, 65_535]] },
  ],
  [
    "of a later epoch, by the subnet's reveal period",
    { periodEpochs: 2, isInLastBlock: false, wanted: one(5), stored: [[5, 65_535]] },
  ],
  [
    'of the next epoch, when an epoch ends at the block that takes it',
    { periodEpochs: 1, isInLastBlock: true, wanted: one(6), stored: [[6, 65_535]] },
  ],
] as const;

describe('the subnet of a real runtime', () => {
  it('is read as a metagraph', async () => {
    const { neurons, ...subnet } = await submitter.metagraph();
    expect(subnet).toMatchObject({
      block: chain.block,
      blockTimeMs: await chain.nowMs(),
      netuid: NETUID,
      ownerHotkey: hotkeyPair(OWNER_UID).address,
      hyperparameters: {
        weightsRateLimitBlocks: 0,
        weightsVersionKey: VERSION_KEY,
        minAllowedWeights: 1,
        maxWeightLimit: 65_535,
        isCommitRevealEnabled: false,
        tempoBlocks: TEMPO_BLOCKS,
      },
    });
    expect(neurons).toEqual(
      Array.from({ length: NEURON_COUNT }, (_, uid) => ({
        uid,
        hotkey: hotkeyPair(uid).address,
        registeredAtBlock: REGISTERED_AT_BLOCK,
        isAxonActive: uid === AXON_UID,
        ...(uid === AXON_UID ? { axon: '8.8.4.4:8091' } : {}),
        hasValidatorPermit: uid === VALIDATOR_UID || uid === VALIDATOR_UID + 1,
        lastUpdateBlock: REGISTERED_AT_BLOCK,
      })),
    );
  });

  it('tells what it asks of the validator', async () => {
    expect(await submitter.standing()).toMatchObject({
      runtime: chain.runtimeText,
      block: chain.block,
      hasSubnet: true,
      mechanismCount: 1,
      stake: { weightRao: 2n * STAKE_THRESHOLD, thresholdRao: STAKE_THRESHOLD },
      commitReveal: {
        isEnabled: false,
        version: commitVersion(),
        isSupported: true,
        revealPeriodEpochs: 1,
      },
    });
  });
});

describe('plain weights', () => {
  it('are final, and read back as the chain scaled them', async () => {
    const steps = await submitted(chain, submitter, WANTED);
    expect(statesOf(steps)).toEqual(['prepared', 'submitted', 'in_block', 'finalized']);
    expect(steps[0]).toMatchObject({ extrinsic: { call: 'set_weights' } });
    const { vector, lastUpdateBlock, pendingCommitments } = await submitter.storedWeights();
    expect(entriesOf(vector)).toEqual(STORED);
    expect(lastUpdateBlock).toBe(blockOf(steps, 'finalized'));
    expect(pendingCommitments).toEqual([]);
  });
});

describe('a commitment', () => {
  it('is not sent before its signed facts were taken', async () => {
    await commitReveal(1);
    const { commitment } = await signedOnly(submitter, WANTED);
    await chain.makeBlock();
    await caughtUp(submitter, chain);
    expect(commitment).toMatchObject({ version: commitVersion() });
    expect((await submitter.storedWeights()).pendingCommitments).toEqual([]);
  });

  it.each(REVEALS)('is opened by the runtime at the foreseen block: %s', async (_, reveal) => {
    await commitReveal(reveal.periodEpochs);
    if (reveal.isInLastBlock) await makeBlocksToEndOfEpoch();
    await travelToKnownRound();
    await chain.write(knownPulse());
    const steps = await submitted(chain, submitter, reveal.wanted);
    expect(statesOf(steps)).toEqual([...COMMITTED, 'revealed']);
    const { call, commitment } = factsOf(steps);
    expect(call).toBe(isLegacy() ? 'commit_crv3_weights' : 'commit_timelocked_mechanism_weights');
    expect(commitment).toMatchObject({ revealRound: KNOWN_ROUND, version: commitVersion() });
    expect(blockOf(steps, 'revealed')).toBe(commitment?.revealBlock);
    if (reveal.isInLastBlock) expect(blocksBetween(steps)).toBeGreaterThanOrEqual(TEMPO_BLOCKS);
    const { vector, lastUpdateBlock, pendingCommitments } = await submitter.storedWeights();
    expect(entriesOf(vector)).toEqual(reveal.stored);
    expect(lastUpdateBlock).toBe(blockOf(steps, 'committed'));
    expect(pendingCommitments).toEqual([]);
  });

  it('is lost when the runtime never has the signature of its round', async () => {
    await commitReveal(1);
    const { vector: before } = await submitter.storedWeights();
    const steps = await submitted(chain, submitter, intent([[0, 1]], VERSION_KEY));
    expect(statesOf(steps)).toEqual([...COMMITTED, 'lost']);
    expect(steps.at(-1)).toMatchObject({ failure: { reason: 'WeightsNotRevealed' } });
    expect((await submitter.storedWeights()).vector).toEqual(before);
  });
});

function one(uid: number) {
  return intent([[uid, 7]], VERSION_KEY);
}

const COMMITTED = ['prepared', 'submitted', 'in_block', 'finalized', 'committed'];

async function commitReveal(revealPeriodEpochs: number): Promise<void> {
  await resetSubnet(chain, { commitRevealWeightsEnabled: true, revealPeriodEpochs });
  // Nothing is revealed in the first epochs.
  await chain.makeBlocksTo(2 * TEMPO_BLOCKS);
  await caughtUp(submitter, chain);
}

/** Epochs end where commitments are opened. The next block ends one afterwards. */
async function makeBlocksToEndOfEpoch(): Promise<void> {
  const { commitment } = await signedOnly(submitter, WANTED);
  await chain.makeBlocksTo((commitment?.revealBlock ?? 0) - 1);
  await caughtUp(submitter, chain);
}

/** A commitment of now would wait for some round: moves the chain's time so that it is the one with a known signature. */
async function travelToKnownRound(): Promise<void> {
  const { commitment } = await signedOnly(submitter, WANTED);
  const rounds = KNOWN_ROUND - (commitment?.revealRound ?? 0);
  await chain.travelTo((await chain.nowMs()) + rounds * QUICKNET_PERIOD_S * 1_000);
}

/** A runtime from before commitments had versions. */
function isLegacy(): boolean {
  return !chain.has('subtensorModule', 'commitRevealWeightsVersion');
}

function commitVersion(): number {
  return isLegacy() ? 3 : 4;
}

/** Without what a chain may tell twice: that a block has the transaction. */
function statesOf(steps: readonly SubmissionStep[]): string[] {
  return [...new Set(steps.map(({ state }) => state))];
}

function blockOf(steps: readonly SubmissionStep[], state: string): number | undefined {
  const found = steps.find((step) => step.state === state);
  return found !== undefined && 'block' in found ? found.block : undefined;
}

/** From the commitment to its reveal. */
function blocksBetween(steps: readonly SubmissionStep[]): number {
  return Number(blockOf(steps, 'revealed')) - Number(blockOf(steps, 'committed'));
}

function factsOf([first]: readonly SubmissionStep[]) {
  if (first?.state !== 'prepared') throw new Error('the first step is not the signed one');
  return first.extrinsic;
}
