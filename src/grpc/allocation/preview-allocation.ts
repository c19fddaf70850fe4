import type { EmissionConfigs, WeightSetting } from '../../actors/ports.ts';
import type { EmissionConfig } from '../../domain/emission.ts';
import { emissionChanges } from '../../domain/emission-diff.ts';
import type { UnaryHandler } from '../calls.ts';
import { toEmissionConfig } from '../emission-config/emission-config-message.ts';
import { toChangeMessages } from '../emission-config/emission-impact-message.ts';
import { impactAnswer, under } from '../emission-config/impact-answer.ts';
import type { PreviewAllocationRequest__Output } from '../generated/assay/v1/PreviewAllocationRequest.ts';
import type { PreviewAllocationResponse } from '../generated/assay/v1/PreviewAllocationResponse.ts';
import { toWeightSetMessage } from './weight-set-message.ts';

type Handler = UnaryHandler<PreviewAllocationRequest__Output, PreviewAllocationResponse>;

interface PreviewPorts {
  readonly weightSetting: Pick<WeightSetting, 'preview'>;
  readonly emissionConfigs: Pick<EmissionConfigs, 'current'>;
}

export function previewAllocation(ports: PreviewPorts): Handler {
  return async ({ emission_config: given }) => {
    if (given !== null) return previewCandidate(ports, toEmissionConfig(given));
    return { weight_set: toWeightSetMessage(await ports.weightSetting.preview()) };
  };
}

async function previewCandidate(
  { weightSetting, emissionConfigs }: PreviewPorts,
  candidate: EmissionConfig,
): Promise<PreviewAllocationResponse> {
  const changes = emissionChanges(emissionConfigs.current().config, candidate);
  const preview = weightSetting.preview(candidate);
  // Begins in the same turn, so that both see the same metagraph and the same time.
  const current =
    changes.length === 0 ? preview : under('the configuration in force', weightSetting.preview());
  // A candidate can be calculated where the configuration in force cannot, for example because that one pays nobody.
  const [set, impact] = await Promise.all([preview, impactAnswer(Promise.all([current, preview]))]);
  return { weight_set: toWeightSetMessage(set), changes: toChangeMessages(changes), ...impact };
}
