import type { EmissionConfigStore } from '../../actors/ports.ts';
import { AssayError } from '../../domain/errors.ts';
import type { UnaryHandler } from '../calls.ts';
import type { RestoreEmissionConfigRequest__Output } from '../generated/assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse } from '../generated/assay/v1/RestoreEmissionConfigResponse.ts';
import { changeEmissionConfig, type EmissionChangePorts } from './change-emission-config.ts';

type Handler = UnaryHandler<RestoreEmissionConfigRequest__Output, RestoreEmissionConfigResponse>;

export function restoreEmissionConfig(
  versions: Pick<EmissionConfigStore, 'at'>,
  ports: EmissionChangePorts,
): Handler {
  return async ({ version: number, etag, validate_only }) => {
    if (!(Number.isSafeInteger(number) && number >= 1)) {
      throw refused('version', number, 'is the number of a version, from 1');
    }
    if (etag === '') throw refused('etag', etag, 'is required');
    const old = await versions.at(number);
    if (old === undefined) {
      const message = `the emission configuration never had a version ${number}`;
      throw new AssayError('emission_config_not_found', message);
    }
    const { config, version: restoredFrom } = old;
    return changeEmissionConfig(ports, { config, etag, validateOnly: validate_only, restoredFrom });
  };
}

function refused(field: string, value: unknown, rule: string): AssayError {
  return AssayError.invalid({ field, value, rule });
}
