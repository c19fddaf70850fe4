import type { WeightSetting } from '../../actors/ports.ts';
import { toWeightSetMessage } from '../allocation/weight-set-message.ts';
import type { UnaryHandler } from '../calls.ts';
import type { SetWeightsRequest__Output } from '../generated/assay/v1/SetWeightsRequest.ts';
import type { SetWeightsResponse } from '../generated/assay/v1/SetWeightsResponse.ts';

type Handler = UnaryHandler<SetWeightsRequest__Output, SetWeightsResponse>;

export function setWeights(weightSetting: Pick<WeightSetting, 'setNow' | 'preview'>): Handler {
  return async ({ dry_run }) => {
    const set = await (dry_run ? weightSetting.preview() : weightSetting.setNow());
    return { weight_set: toWeightSetMessage(set) };
  };
}
