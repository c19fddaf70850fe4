/**
 * Each source of configuration becomes one layer: its values by dotted path, in the spelling of `assay.toml`. A later layer
 * replaces a value whole, tables of categories and aliases included, so that allocations always sum to 100 by themselves.
 */
import { parse } from 'smol-toml';
import { HIDDEN } from '../lib/secret.ts';
import type { ConfigProblem } from './config-error.ts';
import { shownValue } from './config-error.ts';
import { DEFAULTS } from './defaults.ts';
import { isTable } from './field-types.ts';
import {
  isSection,
  joinPath,
  KEY_ALIASES,
  KEY_TYPES,
  nearestKnownKey,
  REFUSED_KEYS,
} from './keys.ts';
import { isSecretPath } from './shown-secrets.ts';

/** A value and where it was written. */
export interface Setting {
  readonly value: unknown;
  /** The file, `environment`, `flag`, `preset` or `default`. */
  readonly source: string;
  /** The key as the source spells it. */
  readonly writtenAs: string;
}

/** What one source says, and what is wrong with its keys. */
export interface Layer {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly problems: readonly ConfigProblem[];
}

/** Values by dotted key, for example `{ 'chain.dev.seed': 7 }`; `undefined` says nothing, text is read as in the environment. */
export type ConfigFlags = Readonly<Record<string, unknown>>;

const ENDPOINTS = 'chain.subtensor.endpoints';
const ENV_PREFIX = 'ASSAY_';

/** The variables that btcli reads, for the keys that mean the same. */
const BTCLI_VARIABLES: Readonly<Record<string, string>> = {
  BT_WALLET_PATH: 'wallet.path',
  BT_WALLET_NAME: 'wallet.name',
  BT_WALLET_HOTKEY: 'wallet.hotkey',
  BT_SUBTENSOR_NETWORK: 'chain.subtensor.network',
  BT_SUBTENSOR_CHAIN_ENDPOINT: ENDPOINTS,
};

export function defaultLayer(): Layer {
  return tableLayer(DEFAULTS, 'default');
}

/** The tables of a file. */
export function tableLayer(root: Readonly<Record<string, unknown>>, source: string): Layer {
  return layerOf(source, entriesOf(root, []));
}

/** `ASSAY_CHAIN__DEV__SEED` is `chain.dev.seed`. Names without `__` are somebody else's, empty values count as absent. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const entries = Object.entries(env)
    .filter(([name, value]) => name.startsWith(ENV_PREFIX) && name.includes('__') && value)
    .map(([name, value]) => {
      const path = name.slice(ENV_PREFIX.length).toLowerCase().replaceAll('__', '.');
      return { path, writtenAs: name, value: typedValue(path, value) };
    });
  return layerOf('environment', entries);
}

/** What btcli's own variables say; they are text, and its one endpoint is a list of one. */
export function btcliLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const entries = Object.entries(BTCLI_VARIABLES).flatMap(([writtenAs, path]) => {
    const value = env[writtenAs];
    if (!value) return [];
    return [{ path, writtenAs, value: path === ENDPOINTS ? [value] : value }];
  });
  return layerOf('environment', entries);
}

export function flagLayer(flags: ConfigFlags): Layer {
  return valueLayer('flag', flags);
}

export function presetLayer(presets: ConfigFlags): Layer {
  return valueLayer('preset', presets);
}

function valueLayer(source: string, values: ConfigFlags): Layer {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([path, value]) => ({ path, writtenAs: path, value: typedValue(path, value) }));
  return layerOf(source, entries);
}

interface Entry {
  readonly path: string;
  readonly writtenAs: string;
  readonly value: unknown;
}

function entriesOf(root: Readonly<Record<string, unknown>>, parents: readonly string[]): Entry[] {
  return Object.entries(root).flatMap(([name, value]) => {
    const parts = [...parents, name];
    const path = joinPath(parts);
    if (isSection(path) && isTable(value)) return entriesOf(value, parts);
    return [{ path, writtenAs: path, value }];
  });
}

function layerOf(source: string, entries: readonly Entry[]): Layer {
  const settings = new Map<string, Setting>();
  const problems: ConfigProblem[] = [];
  for (const { path, writtenAs, value } of entries) {
    const alias = KEY_ALIASES.get(path);
    const key = alias?.key ?? path;
    const refuse = (rule: string, nearest?: string) => {
      const hint = nearest === undefined ? {} : { nearest };
      const shown = !KEY_TYPES.has(key) && isSecretPath(path) ? HIDDEN : shownValue(value);
      problems.push({ source, key: writtenAs, value: shown, rule, ...hint });
    };
    const earlier = settings.get(key);
    const noPlace = REFUSED_KEYS.get(path);
    if (isSection(path)) refuse('is a table');
    else if (noPlace !== undefined) refuse(noPlace);
    else if (!KEY_TYPES.has(key)) refuse('is not a key', nearestKnownKey(path));
    else if (alias !== undefined && typeof value !== 'number') refuse(alias.rule);
    else if (earlier !== undefined && earlier.value !== value) {
      refuse(
        `agrees with ${earlier.writtenAs} = ${shownValue(earlier.value)}, which means the same`,
      );
    } else settings.set(key, { value, source, writtenAs });
  }
  return { settings, problems };
}

/** Text as it is where the key takes such text, otherwise as the TOML value that it spells. */
function typedValue(path: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const alias = KEY_ALIASES.has(path);
  if (!alias && KEY_TYPES.get(path)?.safeParse(value).success) return value;
  try {
    const parsed = parse(`value = ${value}`, { integersAsBigInt: 'asNeeded' });
    return Object.keys(parsed).length === 1 ? parsed.value : value;
  } catch {
    return value;
  }
}
