import type { SubmissionStep } from '../../actors/ports.ts';
import { assert } from '../../lib/assert.ts';
import { nextEpochBlock } from './dev-block.ts';
import { type DevChainErrorName, type FailureContext, failure } from './dev-errors.ts';
import { dispatch, rateLimitBlock, type WeightCall } from './dev-rules.ts';
import type { DevSubnet } from './dev-subnet.ts';

/** When a submission gets into a block, and how it is followed. */
interface SubmissionTerms {
  /** First block that may take it; `undefined` when none ever will. */
  readonly includeAtBlock: number | undefined;
  /** Last block that may take it. */
  readonly lastBlock: number;
  readonly finalityLagBlocks: number;
}

/** One extrinsic on its way, from the pool to its last step. Steps are kept until their reader has seen them. */
export class DevSubmission {
  readonly call: WeightCall;
  readonly steps: SubmissionStep[] = [];
  readonly #terms: SubmissionTerms;
  #includedAtBlock: number | undefined;
  #isFinal = false;
  #reveal: { readonly block: number; readonly isStored: boolean } | undefined;
  #hasEnded = false;

  constructor(call: WeightCall, terms: SubmissionTerms) {
    this.call = call;
    this.#terms = terms;
    this.steps.push({ state: 'submitted' });
  }

  /** No step follows. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Lets the newest block take the extrinsic, if it may, and gives the subnet after it. */
  include(subnet: DevSubnet): DevSubnet {
    if (this.#includedAtBlock !== undefined || this.#hasEnded) return subnet;
    const { includeAtBlock, lastBlock } = this.#terms;
    if (subnet.block > lastBlock) {
      this.#endWithout('failed', 'SubmissionLost', subnet);
      return subnet;
    }
    if (includeAtBlock === undefined || subnet.block < includeAtBlock) return subnet;
    return this.#carryOut(subnet);
  }

  /** Notes that the epoch of the commitment came. */
  noteReveal(block: number, isStored: boolean): void {
    assert(this.call.kind === 'commit', 'only a commitment is revealed');
    this.#reveal = { block, isStored };
  }

  /** Adds the steps that wait for finality; a reveal is told only after it, whichever came first. */
  follow(subnet: DevSubnet): void {
    const block = this.#includedAtBlock;
    if (block === undefined || this.#hasEnded) return;
    if (!this.#isFinal) this.#finalize(block, subnet);
    if (this.#isFinal && !this.#hasEnded && this.#reveal !== undefined) {
      if (this.#reveal.isStored) this.#end({ state: 'revealed', block: this.#reveal.block });
      else this.#endWithout('lost', 'WeightsNotRevealed', subnet);
    }
  }

  #carryOut(subnet: DevSubnet): DevSubnet {
    this.#includedAtBlock = subnet.block;
    this.steps.push({ state: 'in_block', block: subnet.block });
    const ruling = dispatch(subnet, this.call);
    if (ruling.kind === 'accepted') return ruling.subnet;
    this.#endWithout('failed', ruling.reason, subnet);
    return subnet;
  }

  /** `finalized` and `committed` name the block that holds the extrinsic, not the head that made it final. */
  #finalize(block: number, subnet: DevSubnet): void {
    if (subnet.block < block + this.#terms.finalityLagBlocks) return;
    this.#isFinal = true;
    this.steps.push({ state: 'finalized', block });
    if (this.call.kind === 'commit') this.steps.push({ state: 'committed', block });
    else this.#hasEnded = true;
  }

  #endWithout(state: 'failed' | 'lost', reason: DevChainErrorName, subnet: DevSubnet): void {
    const context = failureContext(subnet, this.call);
    this.#end({ state, failure: failure(reason, context) });
  }

  #end(step: SubmissionStep): void {
    this.steps.push(step);
    this.#hasEnded = true;
  }
}

/** What the action of a failure depends on, at the newest block of `subnet`. */
export function failureContext(
  subnet: DevSubnet,
  { signer }: Pick<WeightCall, 'signer'>,
): FailureContext {
  return {
    block: subnet.block,
    nextEpochBlock: nextEpochBlock(subnet),
    rateLimitBlock: Math.max(subnet.block + 1, rateLimitBlock(subnet, signer)),
  };
}
