import { stringify } from 'smol-toml';
import type { EmissionConfig } from '../domain/emission.ts';
import { emissionDocument } from '../domain/emission-diff.ts';
import { errorText } from '../lib/error-text.ts';
import { ConfigError } from './config-error.ts';
import { isTable } from './field-types.ts';
import { defaultLayer, tableLayer } from './layers.ts';
import { resolveLayers } from './load-config.ts';
import { parseToml } from './toml-file.ts';

/** The configuration as the `[emission]` section of `assay.toml`. */
export function emissionToToml(config: EmissionConfig): string {
  return stringify({ emission: emissionDocument(config) });
}

/** The configuration as JSON with the same keys. */
export function emissionToJson(config: EmissionConfig): string {
  return JSON.stringify({ emission: emissionDocument(config) }, null, 2);
}

/** @throws ConfigError `malformed` or `invalid`. */
export function emissionFromToml(text: string): EmissionConfig {
  return emissionFrom(parseToml(text, 'TOML'), 'TOML');
}

/** @throws ConfigError `malformed` or `invalid`. */
export function emissionFromJson(text: string): EmissionConfig {
  return emissionFrom(parseJson(text), 'JSON');
}

function emissionFrom(root: unknown, source: string): EmissionConfig {
  if (!isTable(root)) {
    throw new ConfigError('malformed', [{ source, key: '', value: '', rule: 'is an object' }]);
  }
  return resolveLayers([defaultLayer(), tableLayer(root, source)]).config.emission;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const rule = `is not JSON: ${errorText(cause)}`;
    throw new ConfigError('malformed', [{ source: 'JSON', key: '', value: '', rule }], { cause });
  }
}
