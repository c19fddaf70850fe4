/** A miner's facts as one line of the ledger's input, and back. The input digest is taken of these lines. */
import type { CategoryKey } from '../gpu/catalogue.ts';
import { hotkey, minerUid } from '../ids.ts';
import type { FactGpus, MinerFacts } from '../miner-facts.ts';
import { list, parsedJson, whole, word } from './line-values.ts';

/**
 * One line of JSON without its line break:
 * `[uid,hotkey,registered_at_block,neuron,score_micros,last_observed_ms,primary_category,gpus]`. `neuron` is `null` or
 * `[hotkey,registered_at_block,is_axon_active]` with 0 or 1; `gpus` a list of `[executor,category,count,memory_mib]`.
 * Integers and ASCII text only, so that every JSON writer gives the same bytes.
 */
export function minerLine(facts: MinerFacts): string {
  return heldMinerLine(facts, gpusText(facts.gpus));
}

const HOLDER = /^\[(\d+),"(\w+)",/;

/** The same line for whoever knows the text of the facts' GPUs already. */
export function heldMinerLine(facts: Omit<MinerFacts, 'gpus'>, gpus: string): string {
  // Put together by hand, because a weight set writes one for every miner; hotkeys and category keys need no escaping.
  const { uid, neuron, registeredAtBlock, scoreMicros, lastObservedAtMs, primaryCategory } = facts;
  const registration =
    neuron === undefined
      ? 'null'
      : `["${neuron.hotkey}",${neuron.registeredAtBlock},${Number(neuron.isAxonActive)}]`;
  const holding = `${uid},"${facts.hotkey}",${registeredAtBlock},${registration}`;
  return `[${holding},${scoreMicros},${lastObservedAtMs},"${primaryCategory}",${gpus}]`;
}

/** The last value of the line; many miners hold the same. */
export function gpusText(gpus: readonly FactGpus[]): string {
  return `[${gpus.map(groupText).join(',')}]`;
}

/**
 * The GPUs of a text.
 *
 * @throws Error when the text is not one that `gpusText` writes, to the byte.
 */
export function gpusOfText(text: string): readonly FactGpus[] {
  const gpus = list(parsedJson(text, 'the list of GPUs'), 'the list of GPUs').map((group) =>
    gpusOf(list(group, 'a group of GPUs')),
  );
  if (gpusText(gpus) !== text) throw new Error('the list of GPUs has another form');
  return gpus;
}

function groupText({ executor, category, count, memoryMib }: FactGpus): string {
  return `[${executor},"${category}",${count},${memoryMib}]`;
}

/**
 * The facts of a line.
 *
 * @throws Error when the line is not one that `minerLine` writes, to the byte, whoever wrote it.
 */
export function minerOfLine(line: string): MinerFacts {
  const [uid, holder, registeredAtBlock, neuron, scoreMicros, observed, primary, gpus] = list(
    parsedJson(line),
    'a miner',
  );
  const facts = {
    uid: minerUid(whole(uid, 'the UID')),
    hotkey: hotkey(word(holder, 'the hotkey')),
    registeredAtBlock: whole(registeredAtBlock, 'the block of the registration'),
    neuron: neuron === null ? undefined : neuronOf(list(neuron, 'the neuron')),
    scoreMicros: whole(scoreMicros, 'the score'),
    lastObservedAtMs: whole(observed, 'the time of the observation'),
    primaryCategory: word(primary, 'the primary category') as CategoryKey,
    gpus: list(gpus, 'the list of GPUs').map((group) => gpusOf(list(group, 'a group of GPUs'))),
  };
  if (minerLine(facts) !== line) throw new Error('the line has more than a miner or another form');
  return facts;
}

/**
 * UID and hotkey of a line, without the rest of it.
 *
 * @throws Error when the line does not begin with them.
 */
export function holderOfLine(line: string): Pick<MinerFacts, 'uid' | 'hotkey'> {
  const [, uid, holder] = HOLDER.exec(line) ?? [];
  if (uid === undefined || holder === undefined) {
    throw new Error('the line does not begin with a UID and a hotkey');
  }
  return { uid: minerUid(Number(uid)), hotkey: hotkey(holder) };
}

function neuronOf([holder, registeredAtBlock, isAxonActive]: readonly unknown[]) {
  return {
    hotkey: hotkey(word(holder, "the neuron's hotkey")),
    registeredAtBlock: whole(registeredAtBlock, "the block of the neuron's registration"),
    isAxonActive: whole(isAxonActive, 'whether an axon is announced') === 1,
  };
}

function gpusOf([executor, category, count, memoryMib]: readonly unknown[]): FactGpus {
  return {
    executor: whole(executor, 'the number of a machine'),
    category: word(category, 'the category of GPUs') as CategoryKey,
    count: whole(count, 'the count of GPUs'),
    memoryMib: whole(memoryMib, 'the memory of GPUs'),
  };
}
