/**
 * The lines of a large decision, written down by the threads that have read its population: the thread that writes would store
 * no report meanwhile, or all of them first. Where they fail it does it nevertheless.
 */
import type { PairColumns } from '../domain/allocation.ts';
import type { Events } from '../events.ts';
import type { WorkerThreads } from '../lib/worker-threads.ts';
import { type DecisionLines, HISTORY_ROWS_MAX, type WeightLines } from './decision-lines.ts';
import type { TransferredDecision } from './decision-transfer.ts';
import type { HeldTask, PairLines, PairLinesTask, WeightLinesTask } from './line-tasks.ts';
import { chunkRanges } from './pair-chunks.ts';
import type { SetThreads } from './set-threads.ts';

interface ThreadedLinesOptions {
  readonly setThreads: SetThreads;
  readonly events: Pick<Events, 'workerReplaced'>;
  /** Time for the lines of one decision. */
  readonly timeoutMs?: number;
  /** Chunks that a thread writes down in one task. */
  readonly chunksPerTask?: number;
}

/** Some twenty times what they take beside a full load, and far less than a decision may be old. */
const TIMEOUT_MS = 20_000;
/** A quarter of the largest decision in two categories: what is left to one thread at the end is little. */
const CHUNKS_PER_TASK = 32;

/** See the top of this file. */
export class ThreadedLines {
  readonly #options: ThreadedLinesOptions;

  constructor(options: ThreadedLinesOptions) {
    this.#options = options;
  }

  /** Undefined where whoever writes the decision is to work them out. */
  async of(decision: TransferredDecision): Promise<DecisionLines | undefined> {
    const { setThreads, events } = this.#options;
    const threads = setThreads.takeKept();
    if (threads === undefined) return undefined;
    try {
      const isLarge = decision.allocation.pairs.uid.length > HISTORY_ROWS_MAX;
      return isLarge ? await this.#linesBy(threads, decision) : undefined;
    } catch (error) {
      if (!setThreads.closing.aborted) events.workerReplaced({ error, attempt: 1 });
      return undefined;
    } finally {
      void threads.close();
    }
  }

  async #linesBy(
    threads: WorkerThreads,
    {
      allocation: { pairs },
      basis: { holders },
      set: { vector },
      hotkeyLines,
    }: TransferredDecision,
  ): Promise<DecisionLines> {
    const { setThreads, timeoutMs: allMs = TIMEOUT_MS, chunksPerTask } = this.#options;
    const endMs = performance.now() + allMs;
    const run = <Answer>(name: string, task: unknown): Promise<Answer> => {
      const timeoutMs = Math.max(1, endMs - performance.now());
      return threads.run(name, task, { timeoutMs, signal: setThreads.closing });
    };
    const weightsTask: WeightLinesTask = { vector, hotkeyLines };
    const [weights, ...parts] = await Promise.all([
      run<WeightLines>('weightLines', weightsTask),
      ...pairTasks(pairs, chunksPerTask).map((task) => run<PairLines>('pairLines', task)),
    ]);
    const heldTask: HeldTask = { uids: pairs.uid, holders };
    const texts = parts.map(({ text }) => text);
    const [pairsDigest] = await Promise.all([
      run<string>('digest', texts),
      run<void>('assertPairsHeld', heldTask),
    ]);
    const chunks = parts.flatMap((part) => part.chunks);
    return { ...weights, pairsDigest, chunks, hotkeyAt: [] };
  }
}

function pairTasks(pairs: PairColumns, chunksPerTask = CHUNKS_PER_TASK): readonly PairLinesTask[] {
  const ranges = chunkRanges(pairs);
  const count = Math.ceil(ranges.length / chunksPerTask);
  return Array.from({ length: count }, (_, task) => {
    const first = task * chunksPerTask;
    return { pairs, ranges: ranges.slice(first, first + chunksPerTask) };
  });
}
