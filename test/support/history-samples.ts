import type { WeightDecision } from '../../src/actors/ports.ts';
import { type Allocation, NO_CATEGORY } from '../../src/domain/allocation.ts';
import { type CategoryKey, categoryIndex } from '../../src/domain/gpu/catalogue.ts';
import { minerUid } from '../../src/domain/ids.ts';
import { minerLine } from '../../src/domain/ledger/miner-line.ts';
import { type ExclusionReason, exclusionCode } from '../../src/domain/population.ts';
import type { WeightSetState } from '../../src/domain/weight-set.ts';
import { LinePacker } from '../../src/lib/packed-lines.ts';
import { HolderLines } from '../../src/store/holder-lines.ts';
import { SAMPLE_TIME_MS, sampleHotkey } from './profile-samples.ts';
import { sampleAllocation, sampleDecision } from './weight-set-samples.ts';

/** A pair of a made-up set: without a category its miner has no valid GPU. */
export interface HistoryPair {
  readonly uid: number;
  readonly category?: string;
  readonly reason?: ExclusionReason;
}

export interface HistorySet {
  readonly block: number;
  /** Twelve seconds for each block unless told otherwise. */
  readonly decidedAtMs?: number;
  readonly netuid?: number;
  readonly mecid?: number;
  readonly pairs?: readonly HistoryPair[];
  /** Computed unless told otherwise. */
  readonly state?: Exclude<WeightSetState, 'failed'>;
  /** Whose the UIDs are: another number gives another hotkey to each of them. */
  readonly holder?: number;
}

/** The hotkey at a UID of a made-up set. */
export function historyHotkey(uid: number, holder = 0) {
  return sampleHotkey(holder * 100_000 + uid);
}

/** A decision with these pairs, put into the order of the ledger; figures differ from pair to pair. */
export function historyDecision(set: HistorySet): WeightDecision {
  const { block, netuid = 39, mecid = 0, state = 'computed', holder = 0 } = set;
  const { decidedAtMs = SAMPLE_TIME_MS + block * 12_000, pairs = [{ uid: 7, category: 'H100' }] } =
    set;
  const time = { decidedAtMs, updatedAtMs: decidedAtMs };
  const ordered = pairs.toSorted((a, b) => indexOf(a) - indexOf(b) || a.uid - b.uid);
  const decision = sampleDecision(
    { block, netuid, mecid, state, ...time },
    allocationOf(ordered, block),
  );
  const holders = new HolderLines(0);
  for (const uid of new Set(ordered.map((pair) => pair.uid).sort((a, b) => a - b))) {
    holders.add(uid, historyHotkey(uid, holder));
  }
  const input = inputOf(ordered, holder);
  return { ...decision, basis: { ...decision.basis, input, holders: [holders.take()] } };
}

function allocationOf(pairs: readonly HistoryPair[], block: number): Allocation {
  const reward = (category: string, share: number) => ({
    category: category as CategoryKey,
    shareMicroPercent: share,
    minerCount: pairs.filter((pair) => pair.category === category && !pair.reason).length,
    gpuCount: 8,
    totalBasis: BigInt(block) * 1_000n,
    averageScore: 0.5,
    weightPool: block % 1_000,
  });
  return {
    ...sampleAllocation(),
    categories: [reward('H100', 75_500_000), reward('A100', 24_500_000)],
    pairs: {
      uid: Int32Array.from(pairs, ({ uid }) => uid),
      category: Uint16Array.from(pairs, indexOf),
      reason: Uint8Array.from(pairs, ({ reason }) => (reason ? exclusionCode(reason) : 0)),
      gpuCount: Int32Array.from(pairs, ({ uid }) => (uid % 8) + 1),
      scoreMicros: Int32Array.from(pairs, ({ uid }) => (uid * 7_919 + block) % 1_000_001),
      basis: Float64Array.from(pairs, ({ uid, reason }) => (reason ? 0 : uid + 1)),
      weight: Float64Array.from(pairs, ({ uid, reason }) => (reason ? 0 : uid % 100)),
    },
  };
}

function inputOf(pairs: readonly HistoryPair[], holder: number) {
  const packer = new LinePacker();
  for (const uid of [...new Set(pairs.map((pair) => pair.uid))].sort((a, b) => a - b)) {
    const line = minerLine({
      uid: minerUid(uid),
      hotkey: historyHotkey(uid, holder),
      registeredAtBlock: 100,
      neuron: undefined,
      scoreMicros: 1_000_000,
      lastObservedAtMs: SAMPLE_TIME_MS,
      primaryCategory: 'H100' as CategoryKey,
      gpus: [],
    });
    packer.add(uid, line);
  }
  return packer.finish();
}

function indexOf({ category }: HistoryPair): number {
  return category === undefined ? NO_CATEGORY : categoryIndex(category as CategoryKey);
}
