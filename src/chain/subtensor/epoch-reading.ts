import type { Head } from '../../actors/ports.ts';
import {
  type EpochState,
  legacyRevealSchedule,
  REVEAL_PERIOD_EPOCHS_MAX,
  type RevealSchedule,
  revealSchedule,
  type ScheduleRefusal,
} from '../../domain/epoch-schedule.ts';
import { unusable } from './chain-failures.ts';
import type { SubnetKey } from './metagraph-reading.ts';
import { hasStorage, readStorage, safeInteger, subtensor } from './storage-reading.ts';
import type { SubtensorNode } from './subtensor-node.ts';

/** When commitments are opened, as it is known at one block. */
export interface EpochReading {
  readonly block: number;
  readonly netuid: number;
  /** Of the schedule that keeps its state in storage; absent on chains from before it, whose epochs follow from the block. */
  readonly state?: EpochState;
  readonly tempo: number;
  readonly revealPeriodEpochs: number;
}

/** @throws AssayError `chain_unreachable`; `chain_unusable` when the runtime keeps its epochs in another way. */
export async function readEpoch(
  node: SubtensorNode,
  head: Pick<Head, 'block' | 'hash'>,
  { netuid }: Pick<SubnetKey, 'netuid'>,
): Promise<EpochReading> {
  const [tempo, period, last, pending, index, since] = await readStorage(
    node,
    head.hash,
    EPOCH_STORAGE.map((name) => subtensor(name, netuid)),
  );
  const reading = {
    block: head.block,
    netuid,
    tempo: safeInteger(tempo),
    revealPeriodEpochs: safeInteger(period ?? 1),
  };
  if (!hasEpochState(node)) return reading;
  if (last === undefined || pending === undefined || since === undefined) {
    throw unusable(
      `${node.endpoint} runs ${node.runtimeText}, which keeps its epochs in a way that this version of Assay does not know`,
    );
  }
  return {
    ...reading,
    state: {
      block: head.block,
      tempo: reading.tempo,
      lastEpochBlock: safeInteger(last),
      pendingEpochAt: safeInteger(pending),
      epochIndex: safeInteger(index),
      blocksSinceLastStep: safeInteger(since),
    },
  };
}

const EPOCH_STORAGE = [
  'tempo',
  'revealPeriodEpochs',
  'lastEpochBlock',
  'pendingEpochAt',
  'subnetEpochIndex',
  'blocksSinceLastStep',
];

/** When what the next block includes is opened. */
export function scheduleOf(reading: EpochReading): RevealSchedule | ScheduleRefusal {
  const { state, revealPeriodEpochs } = reading;
  return state === undefined
    ? legacyRevealSchedule(reading, revealPeriodEpochs)
    : revealSchedule(state, revealPeriodEpochs);
}

/** Epochs, newest first, whose commitments may still wait at the block. */
export function openEpochs({
  state,
  block,
  netuid,
  tempo,
  revealPeriodEpochs,
}: EpochReading): number[] {
  // The next one takes the commitments of a block that puts a due epoch off, because too many others are due; on a chain
  // without the state those of the last block of an epoch.
  const newest = 1 + (state?.epochIndex ?? Math.floor((block + netuid + 1) / (tempo + 1)));
  const count = Math.min(revealPeriodEpochs, REVEAL_PERIOD_EPOCHS_MAX) + (state ? 3 : 2);
  return Array.from({ length: Math.min(count, newest + 1) }, (_, age) => newest - age);
}

/** Blocks after which a subnet that runs no epochs is looked at again: an epoch of the chain's default tempo. */
const NO_EPOCH_BLOCKS = 360;

/** First block of the next epoch, as far as it can be told. */
export function nextEpochBlock({ state, block, netuid, tempo }: EpochReading): number {
  if (tempo === 0) return block + NO_EPOCH_BLOCKS;
  if (state !== undefined) return Math.max(block + 1, state.lastEpochBlock + tempo);
  return block + (tempo + 1) - ((block + netuid + 1) % (tempo + 1));
}

/** Whether the chain keeps the number of a subnet's epoch, and with it commitments by that number. */
function hasEpochState({ api }: Pick<SubtensorNode, 'api'>): boolean {
  return hasStorage(api, subtensor('subnetEpochIndex'));
}
