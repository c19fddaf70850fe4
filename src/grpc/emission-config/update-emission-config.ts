import { AssayError } from '../../domain/errors.ts';
import type { UnaryHandler } from '../calls.ts';
import type { UpdateEmissionConfigRequest__Output } from '../generated/assay/v1/UpdateEmissionConfigRequest.ts';
import type { UpdateEmissionConfigResponse } from '../generated/assay/v1/UpdateEmissionConfigResponse.ts';
import { changeEmissionConfig, type EmissionChangePorts } from './change-emission-config.ts';
import { toEmissionConfig } from './emission-config-message.ts';

type Handler = UnaryHandler<UpdateEmissionConfigRequest__Output, UpdateEmissionConfigResponse>;

export function updateEmissionConfig(ports: EmissionChangePorts): Handler {
  return ({ emission_config, etag, validate_only }) => {
    if (emission_config === null) throw required('emission_config');
    if (etag === '') throw required('etag');
    const config = toEmissionConfig(emission_config);
    return changeEmissionConfig(ports, { config, etag, validateOnly: validate_only });
  };
}

function required(field: string): AssayError {
  return AssayError.invalid({ field, value: '', rule: 'is required' });
}
