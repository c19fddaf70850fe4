import type { WeightSetting } from '../../actors/ports.ts';
import type { UnaryHandler } from '../calls.ts';
import { toEmissionConfig } from '../emission-config/emission-config-message.ts';
import type { PreviewAllocationRequest__Output } from '../generated/assay/v1/PreviewAllocationRequest.ts';
import type { PreviewAllocationResponse } from '../generated/assay/v1/PreviewAllocationResponse.ts';
import { toWeightSetMessage } from './weight-set-message.ts';

type Handler = UnaryHandler<PreviewAllocationRequest__Output, PreviewAllocationResponse>;

export function previewAllocation(weightSetting: Pick<WeightSetting, 'preview'>): Handler {
  return async ({ emission_config: candidate }) => {
    const set = await (candidate === null
      ? weightSetting.preview()
      : weightSetting.preview(toEmissionConfig(candidate)));
    return { weight_set: toWeightSetMessage(set) };
  };
}
