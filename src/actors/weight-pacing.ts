import type { Hotkey } from '../domain/ids.ts';
import type { Metagraph } from '../domain/metagraph.ts';
import { isDue, nextSetBlock, type Schedule } from '../domain/schedule.ts';
import type { WeightSet, WeightSetFailure } from '../domain/weight-set.ts';

/** Tries in a row that `retry_now` may ask for before an operator must act. */
export const RETRIES_MAX = 5;

/** Blocks after which weights that were withheld, or could not be stored, are decided again by themselves. */
export const WITHHELD_RETRY_BLOCKS = 10;

/** When the next set may happen, and why none does. */
export class WeightPacing {
  #lastSetBlock = 0;
  #lastTriedBlock = -1;
  /** The chain's `LastUpdate` with the block at which that was true: an older reading never replaces a newer one. */
  #chain = { lastUpdateBlock: 0, atBlock: -1 };
  #weightsRateLimitBlocks = 0;
  #retryBlock = 0;
  #withheldUntilBlock = 0;
  #retries = 0;
  #isStopped = false;
  #alarm: string | undefined;
  /** The block of the first failure since the chain took a set, and what the newest one said. */
  #failing: { readonly sinceBlock: number; readonly message: string } | undefined;

  get lastSetBlock(): number {
    return this.#lastSetBlock;
  }

  /** Why weights are withheld or stopped. */
  get alarm(): string | undefined {
    return this.#alarm;
  }

  /** As `alarm`; failures that are tried again at some block are one too when a whole interval has passed with nothing else. */
  alarmAt(block: number, intervalBlocks: number): string | undefined {
    if (this.#alarm !== undefined || this.#failing === undefined) return this.#alarm;
    const { sinceBlock, message } = this.#failing;
    const isOverdue = block - sinceBlock >= intervalBlocks;
    return isOverdue
      ? `the chain has taken no weights since block ${sinceBlock}: ${message}`
      : undefined;
  }

  /** Goes on from what is stored and what the chain says. */
  resume(fact: {
    readonly lastSetBlock: number;
    readonly lastTriedBlock: number;
    readonly weightsRateLimitBlocks: number;
    /** The head. */
    readonly atBlock: number;
    /** The chain's `LastUpdate` as it was at a block, which may be behind the head. */
    readonly lastUpdate: { readonly block: number; readonly atBlock: number };
  }): void {
    // A record from beyond the head is of another chain, or of one that began anew: it says nothing about this one.
    this.#lastSetBlock = fact.lastSetBlock <= fact.atBlock ? fact.lastSetBlock : 0;
    this.#lastTriedBlock = fact.lastTriedBlock <= fact.atBlock ? fact.lastTriedBlock : -1;
    this.#weightsRateLimitBlocks = fact.weightsRateLimitBlocks;
    this.#learn(fact.lastUpdate.block, fact.lastUpdate.atBlock);
  }

  /** Takes over what a metagraph says of the validator. */
  observe(metagraph: Metagraph, validatorHotkey: Hotkey): void {
    if (metagraph.block <= this.#chain.atBlock) return;
    const validator = metagraph.neurons.find(({ hotkey }) => hotkey === validatorHotkey);
    this.#weightsRateLimitBlocks = metagraph.hyperparameters.weightsRateLimitBlocks;
    this.#learn(validator?.lastUpdateBlock ?? 0, metagraph.block);
  }

  /** Notes that a set was decided at this block: a block has one set at most. */
  tried(block: number): void {
    this.#lastTriedBlock = block;
  }

  /**
   * Notes that the chain took a set, at the block that included it. Only a verified set is a success: a commitment ends
   * the withholding, but neither a stop nor a row of failures, because its reveal may fail like those before.
   */
  taken(set: WeightSet, includedAtBlock: number): void {
    if (set.state === 'verified') this.clearAlarm();
    else if (!this.#isStopped) this.#endWithholding();
    this.#failing = undefined;
    if (set.block < this.#lastSetBlock) return;
    this.#lastSetBlock = set.block;
    this.#learn(includedAtBlock, includedAtBlock);
    this.#retryBlock = 0;
  }

  /** Notes that the set of a block failed. */
  failed({ action, message }: WeightSetFailure, block: number): void {
    this.#failing = { sinceBlock: this.#failing?.sinceBlock ?? block, message };
    this.#retries = action.kind === 'retry_now' ? this.#retries + 1 : 0;
    if (action.kind === 'retry_at_block') this.#retryBlock = action.block;
    if (action.kind === 'stop') this.#stop(message);
    if (this.#retries >= RETRIES_MAX)
      this.#stop(`${RETRIES_MAX} tries failed in a row: ${message}`);
  }

  withheld(block: number, message: string): void {
    this.#alarm = message;
    this.#withheldUntilBlock = block + WITHHELD_RETRY_BLOCKS;
  }

  /** An operator has acted. */
  clearAlarm(): void {
    this.#isStopped = false;
    this.#retries = 0;
    this.#failing = undefined;
    this.#endWithholding();
  }

  /** First block, from `block` on, at which the chain and the interval allow a set. */
  nextBlock(block: number, intervalBlocks: number): number {
    const next = nextSetBlock(this.#schedule(intervalBlocks));
    return block === this.#lastTriedBlock ? Math.max(next, block + 1) : next;
  }

  /** Whether the interval asks for a set at this block. */
  isDue(block: number, intervalBlocks: number): boolean {
    if (this.#isStopped || block === this.#lastTriedBlock) return false;
    return block >= this.#withheldUntilBlock && isDue(block, this.#schedule(intervalBlocks));
  }

  #schedule(intervalBlocks: number): Schedule {
    return {
      lastSetBlock: this.#lastSetBlock,
      chainLastUpdateBlock: this.#chain.lastUpdateBlock,
      intervalBlocks,
      weightsRateLimitBlocks: this.#weightsRateLimitBlocks,
      retryBlock: this.#retryBlock,
    };
  }

  #learn(lastUpdateBlock: number, atBlock: number): void {
    if (atBlock >= this.#chain.atBlock) this.#chain = { lastUpdateBlock, atBlock };
  }

  #endWithholding(): void {
    this.#alarm = undefined;
    this.#withheldUntilBlock = 0;
  }

  #stop(message: string): void {
    this.#isStopped = true;
    this.#alarm = message;
  }
}
