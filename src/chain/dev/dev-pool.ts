import type { SignedFacts, WeightIntent } from '../../actors/ports.ts';
import type { WeightSetFailure } from '../../domain/weight-set.ts';
import { hashOf, type OpenedBlock } from './dev-block.ts';
import { failure } from './dev-errors.ts';
import type { DevChainFaults } from './dev-faults.ts';
import type { DevChainOptions } from './dev-genesis.ts';
import { poolRefusal, type WeightCall } from './dev-rules.ts';
import { signedFacts } from './dev-signing.ts';
import { DevSubmission, failureContext } from './dev-submission.ts';
import type { DevSubnet } from './dev-subnet.ts';

/** A call that is signed and not sent. */
interface SignedCall {
  readonly call: WeightCall;
  readonly facts: SignedFacts;
}

/** What the pool answers: it follows the submission, or says why it does not take it. */
type PoolAnswer =
  | { readonly kind: 'taken'; readonly submission: DevSubmission }
  | { readonly kind: 'refused'; readonly failure: WeightSetFailure };

/** Submissions on their way. They are lost with the process, as a node's pool is. */
export class DevPool {
  readonly #terms: Pick<DevChainOptions, 'eraBlocks' | 'finalityLagBlocks'>;
  readonly #faults: DevChainFaults;
  #submissions: DevSubmission[] = [];
  #signedCount = 0;

  constructor(terms: DevChainOptions, faults: DevChainFaults) {
    this.#terms = terms;
    this.#faults = faults;
  }

  sign(intent: WeightIntent, subnet: DevSubnet): SignedCall {
    const call = this.#callOf(intent, subnet);
    return { call, facts: signedFacts(call, subnet, this.#terms.eraBlocks) };
  }

  offer(signed: SignedCall, subnet: DevSubnet): PoolAnswer {
    const refused = this.#refusalOf(signed.call, subnet);
    if (refused !== undefined) return { kind: 'refused', failure: refused };
    const submission = this.#pooled(signed, subnet);
    this.#submissions.push(submission);
    return { kind: 'taken', submission };
  }

  /** Lets an opened block take what it may and moves every submission on. */
  intoBlock({ subnet, reveals }: OpenedBlock): DevSubnet {
    let after = subnet;
    for (const submission of this.#submissions) after = submission.include(after);
    for (const submission of this.#submissions) {
      const isStored = reveals.get(submission.call.extrinsicHash);
      if (isStored !== undefined) submission.noteReveal(after.block, isStored);
      submission.follow(after);
    }
    this.#submissions = this.#submissions.filter((submission) => !submission.hasEnded);
    return after;
  }

  /** Which kind of call the subnet takes is read when it is signed, as a client of the real chain does. */
  #callOf({ vector, versionKey }: WeightIntent, subnet: DevSubnet): WeightCall {
    const { seed, netuid, mecid, block } = subnet;
    this.#signedCount += 1;
    return {
      kind: subnet.hyperparameters.isCommitRevealEnabled ? 'commit' : 'set',
      signer: subnet.validatorHotkey,
      vector: { uids: vector.uids.slice(), weights: vector.weights.slice() },
      versionKey,
      extrinsicHash: hashOf(`extrinsic ${seed}/${netuid}/${mecid}/${block}/${this.#signedCount}`),
    };
  }

  #refusalOf(call: WeightCall, subnet: DevSubnet): WeightSetFailure | undefined {
    const { refusal } = this.#faults;
    this.#faults.refusal = undefined;
    if (refusal !== undefined) return refusal;
    const reason = poolRefusal(subnet, call);
    return reason && failure(reason, failureContext(subnet, call));
  }

  #pooled({ call, facts }: SignedCall, { block }: DevSubnet): DevSubmission {
    const { willDropNext, inclusionDelayBlocks } = this.#faults;
    this.#faults.willDropNext = false;
    return new DevSubmission(call, {
      includeAtBlock: willDropNext ? undefined : block + 1 + inclusionDelayBlocks,
      lastBlock: facts.lastBlock,
      finalityLagBlocks: this.#terms.finalityLagBlocks,
    });
  }
}
