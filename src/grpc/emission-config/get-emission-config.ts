import type { EmissionConfigs } from '../../actors/ports.ts';
import type { UnaryHandler } from '../calls.ts';
import type { GetEmissionConfigRequest__Output } from '../generated/assay/v1/GetEmissionConfigRequest.ts';
import type { GetEmissionConfigResponse } from '../generated/assay/v1/GetEmissionConfigResponse.ts';
import { toVersionMessage } from './emission-config-message.ts';

type Handler = UnaryHandler<GetEmissionConfigRequest__Output, GetEmissionConfigResponse>;

export function getEmissionConfig(emissionConfigs: Pick<EmissionConfigs, 'current'>): Handler {
  return () => ({ version: toVersionMessage(emissionConfigs.current()) });
}
