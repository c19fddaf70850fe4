/**
 * Changes the configuration in force and says what that means for categories and miners. A change is checked first; then
 * its impact is calculated, while the old configuration is still in force; only then it takes effect. That the impact
 * cannot be calculated never stops a change.
 */
import type { EmissionConfigs, WeightSetting } from '../../actors/ports.ts';
import type { EmissionConfig } from '../../domain/emission.ts';
import { AssayError } from '../../domain/errors.ts';
import type { WeightSet } from '../../domain/weight-set.ts';
import type { Clock } from '../../lib/clock.ts';
import type { UpdateEmissionConfigResponse } from '../generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { toVersionMessage } from './emission-config-message.ts';
import { toChangeMessages } from './emission-impact-message.ts';
import { type ImpactAnswer, impactAnswer, under } from './impact-answer.ts';

export interface EmissionChangePorts {
  readonly emissionConfigs: Pick<EmissionConfigs, 'update'>;
  readonly weightSetting: Pick<WeightSetting, 'preview'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

type Change = Parameters<EmissionConfigs['update']>[0];

/** How long a change waits for its impact: well below the deadline of a unary call. */
const IMPACT_TIMEOUT_MS = 10_000;

/** What both RPCs that change the configuration answer. */
export async function changeEmissionConfig(
  ports: EmissionChangePorts,
  change: Change,
): Promise<UpdateEmissionConfigResponse> {
  const { emissionConfigs } = ports;
  const checked = await emissionConfigs.update({ ...change, validateOnly: true });
  const isChanged = checked.changes.length > 0;
  const impact = await impactOf(ports, isChanged ? change.config : undefined);
  const { version, changes } =
    isChanged && !change.validateOnly ? await emissionConfigs.update(change) : checked;
  return { version: toVersionMessage(version), changes: toChangeMessages(changes), ...impact };
}

async function impactOf(
  { weightSetting, clock }: EmissionChangePorts,
  candidate: EmissionConfig | undefined,
): Promise<ImpactAnswer> {
  const calculated = new AbortController();
  const late = clock.sleep(IMPACT_TIMEOUT_MS, calculated.signal).then(
    () => {
      const message = `the calculation takes longer than ${IMPACT_TIMEOUT_MS / 1_000} s`;
      throw new AssayError('compute_unavailable', message);
    },
    () => new Promise<never>(() => undefined),
  );
  try {
    return await impactAnswer(Promise.race([previews(weightSetting, candidate), late]));
  } finally {
    calculated.abort();
  }
}

/** The sets under the configuration in force and under a candidate; one and the same when there is none. */
async function previews(
  weightSetting: Pick<WeightSetting, 'preview'>,
  candidate: EmissionConfig | undefined,
): Promise<readonly [WeightSet, WeightSet]> {
  if (candidate === undefined) {
    const set = await weightSetting.preview();
    return [set, set];
  }
  // Both begin in the same turn, so that they see the same metagraph and the same time.
  return Promise.all([
    under('the configuration in force', weightSetting.preview()),
    under('the new configuration', weightSetting.preview(candidate)),
  ]);
}
