import type { EmissionConfigs } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { UnaryHandler } from '../calls.ts';
import type { UpdateEmissionConfigRequest__Output } from '../generated/assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse } from '../generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { toEmissionConfig, toVersionMessage } from './emission-config-message.ts';

type Handler = UnaryHandler<UpdateEmissionConfigRequest__Output, UpdateEmissionConfigResponse>;

export function updateEmissionConfig(emissionConfigs: Pick<EmissionConfigs, 'update'>): Handler {
  return async ({ emission_config, etag, validate_only }) => {
    if (emission_config === null) throw required('emission_config');
    if (etag === '') throw required('etag');
    const { version, changes } = await emissionConfigs.update({
      config: toEmissionConfig(emission_config),
      etag,
      validateOnly: validate_only,
    });
    return {
      version: toVersionMessage(version),
      changes: changes.map(({ field, oldValue, newValue }) => ({
        field,
        old_value: oldValue,
        new_value: newValue,
      })),
    };
  };
}

function required(field: string): AssayError {
  return AssayError.invalid({ field, value: '', rule: 'is required' });
}
