import type { WeightSetStore } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { UnaryHandler } from '../calls.ts';
import type { GetWeightsRequest__Output } from '../generated/assay/v1/GetWeightsRequest.ts';
import type { GetWeightsResponse } from '../generated/assay/v1/GetWeightsResponse.ts';
import { blockNumber } from '../list-filters.ts';
import { toWeightSetMessage } from './weight-set-message.ts';

type Handler = UnaryHandler<GetWeightsRequest__Output, GetWeightsResponse>;

export function getWeights(weightSets: Pick<WeightSetStore, 'at' | 'latest'>): Handler {
  return async (request) => {
    const block = blockNumber('block', request.block);
    const set = await (block === undefined ? weightSets.latest() : weightSets.at(block));
    if (set !== undefined) return { weight_set: toWeightSetMessage(set) };
    const which = block === undefined ? 'no weight set yet' : `no weight set at block ${block}`;
    throw new AssayError('weight_set_not_found', which);
  };
}
