import { emissionImpact } from '../../domain/emission-impact.ts';
import { AssayError } from '../../domain/errors.ts';
import type { WeightSet } from '../../domain/weight-set.ts';
import type { EmissionImpact } from '../generated/assay/v1/EmissionImpact.ts';
import { toImpactMessage } from './emission-impact-message.ts';

/** The impact of another configuration, or why there is none, as every answer about one says it. */
export interface ImpactAnswer {
  readonly impact?: EmissionImpact;
  readonly impact_unavailable?: string;
}

/** @param sets under the configuration in force and under the other one. */
export async function impactAnswer(
  sets: Promise<readonly [before: WeightSet, after: WeightSet]>,
): Promise<ImpactAnswer> {
  try {
    const [before, after] = await sets;
    return { impact: toImpactMessage(emissionImpact(before, after)) };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { impact_unavailable: error.message };
  }
}

/** An error says which of the two could not be calculated. */
export async function under(
  configuration: 'the configuration in force' | 'the new configuration',
  preview: Promise<WeightSet>,
): Promise<WeightSet> {
  try {
    return await preview;
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    throw new AssayError(cause.code, `under ${configuration}: ${cause.message}`, { cause });
  }
}
