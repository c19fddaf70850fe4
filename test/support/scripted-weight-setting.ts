import type {
  StoredOutcome,
  WeightSetStore,
  WeightSetting,
  WeightSettingStatus,
} from '../../src/actors/ports.ts';
import type { EmissionConfig } from '../../src/domain/emission.ts';
import type { MinerUid } from '../../src/domain/ids.ts';
import type { WeightSet } from '../../src/domain/weight-set.ts';
import { outcomeOf } from './memory-weight-set-store.ts';
import { sampleWeightSet } from './weight-set-samples.ts';

/** A weight setter that does what the test says. */
export class ScriptedWeightSetting implements WeightSetting {
  state: WeightSettingStatus = {
    head: undefined,
    lastSetBlock: 0,
    nextSetBlock: 0,
    isSetting: false,
    alarm: undefined,
  };
  setNow: () => Promise<WeightSet> = async () => sampleWeightSet({ state: 'verified' });
  readonly previews: (EmissionConfig | undefined)[] = [];
  calculate: (candidate?: EmissionConfig) => Promise<WeightSet> = async () => sampleWeightSet();
  changes: (signal: AbortSignal) => AsyncIterable<WeightSet> = async function* () {};

  status(): WeightSettingStatus {
    return this.state;
  }

  preview(candidate?: EmissionConfig): Promise<WeightSet> {
    this.previews.push(candidate);
    return this.calculate(candidate);
  }

  watch(signal: AbortSignal): AsyncIterable<WeightSet> {
    return this.changes(signal);
  }
}

/** Weight sets that the test put there, the newest last. */
export class MemoryWeightSets
  implements Pick<WeightSetStore, 'latest' | 'latestTaken' | 'at' | 'outcomeAt'>
{
  readonly sets: WeightSet[] = [];

  async latest(): Promise<WeightSet | undefined> {
    return this.sets.at(-1);
  }

  async latestTaken(): Promise<WeightSet | undefined> {
    return this.sets.findLast(({ state }) => state === 'verified');
  }

  async at(block: number): Promise<WeightSet | undefined> {
    return this.sets.find((set) => set.block === block);
  }

  async outcomeAt(block: number, uid: MinerUid): Promise<StoredOutcome | undefined> {
    return outcomeOf(await this.at(block), uid);
  }
}
