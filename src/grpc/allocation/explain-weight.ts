import { type ExplanationSources, readExplanation } from '../../actors/weight-explanation.ts';
import { minerUid } from '../../domain/ids.ts';
import type { UnaryHandler } from '../calls.ts';
import type { ExplainWeightRequest__Output } from '../generated/assay/v1/ExplainWeightRequest.ts';
import type { ExplainWeightResponse } from '../generated/assay/v1/ExplainWeightResponse.ts';
import { blockNumber } from '../list-filters.ts';
import { toExplanationMessage } from './explanation-message.ts';

type Handler = UnaryHandler<ExplainWeightRequest__Output, ExplainWeightResponse>;

export function explainWeight(sources: ExplanationSources): Handler {
  return async (request) => {
    const uid = minerUid(request.miner_uid);
    const block = blockNumber('block', request.block);
    const explanation = await readExplanation(sources, { uid, block });
    return { explanation: toExplanationMessage(explanation) };
  };
}
