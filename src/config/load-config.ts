import { availableParallelism } from 'node:os';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { problemOf } from './issue-problems.ts';
import { KEY_TYPES } from './keys.ts';
import {
  btcliLayer,
  type ConfigFlags,
  defaultLayer,
  environmentLayer,
  flagLayer,
  type Layer,
  presetLayer,
  type Setting,
  tableLayer,
} from './layers.ts';
import { configSchema } from './schema.ts';
import { withoutUrlKeys } from './shown-secrets.ts';
import { toConfig } from './to-config.ts';
import { type FileChoice, readTomlFile } from './toml-file.ts';

/** Where the configuration comes from; later ones win: defaults, presets, file, `ASSAY_…`, btcli's `BT_…`, flags. */
export interface ConfigSources extends FileChoice {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: ConfigFlags;
  /** What a command would rather have than the defaults. */
  readonly presets?: ConfigFlags;
}

/** One key's value in the spelling of `assay.toml` as it may be shown, its URLs without keys, and where it was set. */
export interface ConfigOrigin extends Setting {
  readonly key: string;
}

/** The configuration, and where each value came from in the order of the schema. */
export interface LoadedConfig {
  readonly config: Config;
  readonly origins: readonly ConfigOrigin[];
}

/** @throws ConfigError with every problem at once. */
export function loadConfig(sources: ConfigSources): Config {
  return loadConfigWithOrigins(sources).config;
}

/** @throws ConfigError with every problem at once. */
export function loadConfigWithOrigins(sources: ConfigSources): LoadedConfig {
  const file = readTomlFile(sources);
  const layers = [
    defaultLayer(),
    presetLayer(sources.presets ?? {}),
    ...(file === undefined ? [] : [tableLayer(file.root, file.name)]),
    environmentLayer(sources.env),
    btcliLayer(sources.env),
    flagLayer(sources.flags ?? {}),
  ];
  return resolveLayers(layers, sources.env);
}

/** Puts layers on top of each other and checks the result; the environment has the home folder and btcli's password. */
export function resolveLayers(
  layers: readonly Layer[],
  env: ConfigSources['env'] = {},
): LoadedConfig {
  const settings = new Map(layers.flatMap((layer) => [...layer.settings]));
  // Compiling a parser for each object takes longer than the one reading that a process does.
  const parsed = configSchema.safeParse(nested(settings), { jitless: true });
  const problems = [
    ...layers.flatMap((layer) => layer.problems),
    ...(parsed.error?.issues ?? []).map((issue) => problemOf(issue, settings)),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError('invalid', problems);
  const origins = [...KEY_TYPES.keys()].flatMap((key) => {
    const setting = settings.get(key);
    if (setting === undefined) return [];
    return [{ key, ...setting, value: withoutUrlKeys(setting.value) }];
  });
  const isEmissionGiven = origins.some(
    ({ key, source }) => key.startsWith('emission.') && source !== 'default',
  );
  const config = toConfig(parsed.data, {
    emissionSource: isEmissionGiven ? 'file' : 'default',
    processors: availableParallelism(),
    env,
  });
  return { config, origins };
}

/** The tables that the settings came from. */
export function nested(
  settings: Iterable<readonly [string, Pick<Setting, 'value'>]>,
): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [path, { value }] of settings) {
    const parts = path.split('.');
    const last = parts.pop() ?? path;
    let table = root;
    for (const part of parts) {
      table[part] ??= {};
      table = table[part] as Record<string, unknown>;
    }
    table[last] = value;
  }
  return root;
}
