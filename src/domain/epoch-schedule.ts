/**
 * When a timelocked commitment is opened, and which drand round opens it. Subtensor keys a commitment by the subnet's epoch
 * at its inclusion and opens it in the epoch that lies the reveal period later, at the first block of it. Within a block the
 * order is: open commitments (an epoch that is due at this block counts already), run a due epoch, then the extrinsics; so
 * what is included in the block of an epoch belongs to that epoch. Sources: `block_step.rs`, `run_coinbase.rs`
 * (`should_run_epoch`, `drain_pending`), `reveal_commits.rs` and `subnets/weights.rs` of the pallet. What cannot
 * be foreseen: an epoch that is put off because too many others are due at the same block, or that the owner asks for.
 */

/** A subnet's epochs as the chain's storage has them at `block`. */
export interface EpochState {
  /** Block of the newest epoch, or of the newest change of the tempo. */
  readonly lastEpochBlock: number;
  /** Block from which an epoch is due besides the regular ones; 0 when there is none. */
  readonly pendingEpochAt: number;
  /** Epochs so far. */
  readonly epochIndex: number;
  /** Blocks from epoch to epoch; 0 when the subnet runs none. */
  readonly tempo: number;
  /** Blocks since the newest epoch that paid out. */
  readonly blocksSinceLastStep: number;
  /** The head at which all of this was read. */
  readonly block: number;
}

/** What the epochs of runtimes before the stateful scheduler follow from. */
export interface LegacyEpochState {
  readonly netuid: number;
  /** Blocks between epochs, one less than from epoch to epoch; 0 when the subnet runs none. */
  readonly tempo: number;
  /** The head at which the tempo was read. */
  readonly block: number;
}

/** When the chain opens a commitment that is included in the block after the head. */
export interface RevealSchedule {
  readonly kind: 'scheduled';
  /** The epoch under which the chain files the commitment. */
  readonly commitEpoch: number;
  /** The first block at which the chain tries to open it. */
  readonly revealBlock: number;
  /** Blocks from `revealBlock` to the time of the round that opens it. */
  readonly roundOffsetBlocks: number;
}

/**
 * A commitment would never be opened. `tempo_zero`: the subnet runs no epochs. `reveal_period_out_of_range`: the chain's
 * reveal period is not from 1 to `REVEAL_PERIOD_EPOCHS_MAX`. `before_first_reveal`: the chain is too young (legacy only).
 */
export interface ScheduleRefusal {
  readonly kind: 'refused';
  readonly reason: 'tempo_zero' | 'reveal_period_out_of_range' | 'before_first_reveal';
}

/** Reveal period in epochs, at most: the chain's `MAX_COMMIT_REVEAL_PEROIDS`. */
export const REVEAL_PERIOD_EPOCHS_MAX = 100;

/** Blocks after which the chain runs an epoch whatever the schedule says: its `MAX_TEMPO`. */
const TEMPO_BLOCKS_MAX = 50_400;

/**
 * Blocks from the reveal block to the time of the round, so that nobody can read the weights before their epoch has begun
 * even when blocks come late. The chain tries again at every block of the epoch until it has the round.
 */
export const SECURITY_BLOCK_OFFSET = 3;

/**
 * The same for the legacy runtimes, which try only once: the round is drawn 6 blocks before (72 s at 12 s a block, the 24
 * rounds that the clients of that time kept), so that the chain has it in time.
 */
const LEGACY_BLOCK_OFFSET = -6;

/**
 * The first epoch whose end opens commitments on a legacy runtime. It opens those of epoch 0 whatever the reveal period, so
 * that these are refused altogether.
 */
const LEGACY_FIRST_REVEAL_EPOCH = 2;

/** When the stateful scheduler opens what is included in the block after `state.block`. */
export function revealSchedule(
  state: EpochState,
  revealPeriodEpochs: number,
): RevealSchedule | ScheduleRefusal {
  if (state.tempo === 0) return refused('tempo_zero');
  if (!isPeriod(revealPeriodEpochs)) return refused('reveal_period_out_of_range');
  const first = nextEpoch(state);
  const isCommitInFirst = first.runBlock === state.block + 1;
  const epochs = revealPeriodEpochs + (isCommitInFirst ? 1 : 0);
  return {
    kind: 'scheduled',
    commitEpoch: state.epochIndex + (isCommitInFirst ? 1 : 0),
    revealBlock: epochs === 1 ? first.revealBlock : laterRevealBlock(state, first, epochs),
    roundOffsetBlocks: SECURITY_BLOCK_OFFSET,
  };
}

/**
 * When a runtime before the stateful scheduler (spec 293 and its like) opens what is included in the block after
 * `state.block`. Epoch `floor((block + netuid + 1) / (tempo + 1))`; its last block runs it and opens commitments of the
 * epoch `revealPeriodEpochs − 1` before, a period of 0 counting as 1; what is included in that last block belongs to the next.
 */
export function legacyRevealSchedule(
  { block, netuid, tempo }: LegacyEpochState,
  revealPeriodEpochs: number,
): RevealSchedule | ScheduleRefusal {
  if (tempo === 0) return refused('tempo_zero');
  const period = Math.max(1, revealPeriodEpochs);
  if (!isPeriod(period)) return refused('reveal_period_out_of_range');
  const cycle = tempo + 1;
  const shifted = block + 1 + netuid + 1;
  const commitEpoch = Math.floor((shifted + 1) / cycle);
  const revealEpoch = commitEpoch + period - 1;
  if (commitEpoch === 0 || revealEpoch < LEGACY_FIRST_REVEAL_EPOCH) {
    return refused('before_first_reveal');
  }
  const revealBlock = (revealEpoch + 1) * cycle - (netuid + 1) - 1;
  return { kind: 'scheduled', commitEpoch, revealBlock, roundOffsetBlocks: LEGACY_BLOCK_OFFSET };
}

/** Quicknet's first round, in seconds since the epoch. */
export const QUICKNET_GENESIS_S = 1_692_803_367;

/** Quicknet's time from round to round, in seconds. */
export const QUICKNET_PERIOD_S = 3;

/** A drand beacon's time. */
export interface DrandTimes {
  /** Time of its first round, in seconds since the epoch. */
  readonly genesisS: number;
  /** From round to round, in seconds. */
  readonly periodS: number;
}

const QUICKNET_TIMES: DrandTimes = { genesisS: QUICKNET_GENESIS_S, periodS: QUICKNET_PERIOD_S };

/** What a round is chosen from. */
export interface DrandRoundRequest extends DrandTimes {
  /** The chain's own time at `head`, in milliseconds since the epoch. */
  readonly nowMs: number;
  readonly head: number;
  readonly revealBlock: number;
  readonly blockTimeMs: number;
  /** Blocks from the reveal block to the time of the round; `SECURITY_BLOCK_OFFSET` by default. */
  readonly roundOffsetBlocks?: number;
}

/**
 * The drand round that opens a commitment: `max(1, floor((now + (revealBlock + offset − head) · blockTime − genesis) / period))`,
 * as bittensor-drand chooses it.
 */
export function drandRound(request: DrandRoundRequest): number {
  const { nowMs, head, revealBlock, blockTimeMs, genesisS, periodS } = request;
  const { roundOffsetBlocks = SECURITY_BLOCK_OFFSET } = request;
  const timeMs = nowMs + (revealBlock + roundOffsetBlocks - head) * blockTimeMs;
  return Math.max(1, Math.floor((timeMs - genesisS * 1_000) / (periodS * 1_000)));
}

/** The newest round that the beacon has published by a time (milliseconds since the epoch), 0 before its first. */
export function newestDrandRound(timeMs: number, times: DrandTimes = QUICKNET_TIMES): number {
  const { genesisS, periodS } = times;
  return Math.max(0, Math.floor((timeMs - genesisS * 1_000) / (periodS * 1_000)) + 1);
}

interface EpochBlocks {
  /** The block that runs the epoch. */
  readonly runBlock: number;
  /** The first block that opens what the epoch opens. */
  readonly revealBlock: number;
}

function nextEpoch(state: Omit<EpochState, 'epochIndex'>): EpochBlocks {
  const { lastEpochBlock, pendingEpochAt, tempo, blocksSinceLastStep, block } = state;
  const regular = lastEpochBlock + tempo;
  const dueBlock = pendingEpochAt > 0 ? Math.min(regular, pendingEpochAt) : regular;
  const overdueBlock = block + TEMPO_BLOCKS_MAX + 1 - blocksSinceLastStep;
  // A block counts itself as a block since the last step only after it has opened commitments, so that it
  // opens them one block late where that count alone makes the epoch due.
  return {
    runBlock: Math.max(block + 1, Math.min(dueBlock, overdueBlock)),
    revealBlock: Math.max(block + 1, Math.min(dueBlock, overdueBlock + 1)),
  };
}

/** The reveal block of the epoch that is `epochs` after the head; after the first one they are all as far apart. */
function laterRevealBlock({ tempo }: EpochState, first: EpochBlocks, epochs: number): number {
  const cycle = Math.min(tempo, TEMPO_BLOCKS_MAX + 1);
  const block = first.runBlock + (epochs - 2) * cycle;
  const after = { lastEpochBlock: block, pendingEpochAt: 0, blocksSinceLastStep: 0 };
  return nextEpoch({ ...after, tempo, block }).revealBlock;
}

function isPeriod(epochs: number): boolean {
  return epochs >= 1 && epochs <= REVEAL_PERIOD_EPOCHS_MAX;
}

function refused(reason: ScheduleRefusal['reason']): ScheduleRefusal {
  return { kind: 'refused', reason };
}
