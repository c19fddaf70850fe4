import { allocate } from '../../src/domain/allocate.ts';
import type { CategoryKey } from '../../src/domain/gpu/catalogue.ts';
import { primaryCategory } from '../../src/domain/gpu/distribution.ts';
import type { Change } from '../../src/domain/ledger/counterfactual.ts';
import type { FactGpus } from '../../src/domain/miner-facts.ts';
import { PopulationBuilder } from '../../src/domain/population-builder.ts';
import { SAMPLE_RULES, type SampleDecision, sampleFacts } from './ledger-samples.ts';

/** In a ledger the primary category follows from the GPUs. */
export function consistent(decision: SampleDecision): SampleDecision {
  const miners = decision.miners.map((facts) => ({
    ...facts,
    primaryCategory: primaryOfGpus(facts.gpus),
  }));
  return { ...decision, miners };
}

function primaryOfGpus(groups: readonly FactGpus[]): CategoryKey {
  const counts = new Map<CategoryKey, number>();
  for (const { category, count } of groups) {
    counts.set(category, (counts.get(category) ?? 0) + count);
  }
  return primaryCategory(counts);
}

const UID_FREE = 70;

/** What a full calculation gives a UID when the change is carried out. */
export function recalculated({ miners, policy }: SampleDecision, uid: number, change: Change) {
  const { holding, joining, rule } = change;
  const changed = sampleFacts(uid, {
    gpus: holding.gpus,
    scoreMicros: holding.scoreMicros,
    primaryCategory: primaryOfGpus(holding.gpus),
  });
  const alike = holding.gpus.filter(({ category }) => category === rule.category);
  const joined = Array.from({ length: joining }, (_, index) =>
    sampleFacts(UID_FREE + index, {
      gpus: alike,
      scoreMicros: holding.scoreMicros,
      primaryCategory: rule.category,
    }),
  );
  const others = miners.filter((facts) => facts.uid !== uid);
  const builder = new PopulationBuilder(SAMPLE_RULES);
  for (const facts of [...others, changed, ...joined]) builder.add(facts);
  const allocation = allocate(builder.build(), policy);
  const own = Array.from(allocation.pairs.uid, (each, row) =>
    each === uid ? (allocation.pairs.weight[row] as number) : 0,
  );
  const burn = policy.burnUid === uid ? allocation.burn.weight : 0;
  const weight = own.reduce((sum, value) => sum + value, burn);
  return {
    allocation,
    weight,
    percentage: (100 * weight) / allocation.totalWeight,
    minerCount: others.length + joining + 1,
  };
}
