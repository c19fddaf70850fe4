import { AssayError } from '../domain/errors.ts';
import type { MinerUid } from '../domain/ids.ts';
import {
  explainWeight,
  unpaidCategories,
  type WeightQuestion,
} from '../domain/ledger/explain-weight.ts';
import type { WeightExplanation } from '../domain/ledger/explanation.ts';
import { receivedWeight } from '../domain/ledger/outlook.ts';
import type { WeightSetStore } from './ports.ts';
import type { LedgerReader } from './record-ports.ts';

/** What an explanation is read from. */
export interface ExplanationSources {
  readonly ledger: LedgerReader;
  /** Has what became of a decision on chain, and sets that are older than the ledger. */
  readonly weightSets: Pick<WeightSetStore, 'at' | 'outcomeAt' | 'latest'>;
}

/**
 * Why a UID got its weight at a block, or in the newest weight set.
 *
 * @throws AssayError `weight_set_not_found`, `ledger_entry_not_found`, `miner_not_found`, `store_unavailable`; and
 * `store_unusable` when what is stored of the UID does not fit together.
 */
export async function readExplanation(
  sources: ExplanationSources,
  { uid, block }: { readonly uid: MinerUid; readonly block?: number | undefined },
): Promise<WeightExplanation> {
  const { ledger, weightSets } = sources;
  const sealed = await ledger.entryAt(block);
  if (sealed === undefined) throw await missing(sources, block);
  const { entry } = sealed;
  const [facts, pairs, ...shutPairs] = await Promise.all([
    ledger.minerAt(entry.block, uid),
    ledger.pairsAt(entry.block, uid),
    ...unpaidCategories(entry).map((category) => ledger.shutPairsAt(entry.block, category)),
  ]);
  const set = await weightSets.outcomeAt(entry.block, uid);
  // Read last: while the entry is there, nothing of it was deleted before it was read.
  const isThere = (await ledger.entryAt(entry.block)) !== undefined;
  if (set === undefined || !isThere) throw await missing(sources, entry.block);
  const question = { sealed, uid, set, facts, pairs, shutPairs: shutPairs.flat() };
  requireWhole(question, set.weight);
  return explainWeight(question);
}

/** A row that was changed or lost would be explained as if it had been decided. */
function requireWhole(question: WeightQuestion, setWeight: number): void {
  const { sealed, uid, facts, pairs } = question;
  const { entry } = sealed;
  const weight = receivedWeight({ entry, uid, pairs });
  if (weight !== setWeight) {
    const what = `its pairs and the burn come to ${weight} units, the set has ${setWeight}`;
    throw damaged(question, what);
  }
  if ((facts === undefined) !== (pairs.length === 0)) {
    const what =
      facts === undefined
        ? 'there are pairs, but no line of its miner'
        : 'there is a miner, but no pair';
    throw damaged(question, what);
  }
}

function damaged({ sealed, uid }: WeightQuestion, what: string): AssayError {
  const { block } = sealed.entry;
  const where = `what is stored of UID ${uid} at block ${block} is damaged`;
  const advice = `assay weights replay --block ${block} says all that does not hold`;
  return new AssayError('store_unusable', `${where}: ${what}; ${advice}`, {
    metadata: { block: String(block), miner_uid: String(uid) },
  });
}

async function missing(
  { weightSets }: ExplanationSources,
  block: number | undefined,
): Promise<AssayError> {
  const set = await (block === undefined ? weightSets.latest() : weightSets.at(block));
  if (set !== undefined) {
    const message = `the weight set of block ${set.block} has no ledger entry: it is older than the ledger`;
    return new AssayError('ledger_entry_not_found', message);
  }
  const which = block === undefined ? 'no weight set yet' : `no weight set at block ${block}`;
  return new AssayError('weight_set_not_found', which);
}
