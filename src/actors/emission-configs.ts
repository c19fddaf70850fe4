/**
 * Keeps the current emission configuration as a row of versions. Whoever appends a number first has it, so of two updates
 * that saw the same version exactly one wins, in this process or in another one on the same database.
 */
import type {
  EmissionConfig,
  EmissionConfigSource,
  EmissionConfigVersion,
} from '../domain/emission.ts';
import { canonicalEmissionText, emissionChanges } from '../domain/emission-diff.ts';
import { checkEmissionConfig } from '../domain/emission-rules.ts';
import { AssayError } from '../domain/errors.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import type { EmissionConfigStore, EmissionConfigs, EmissionConfigUpdate } from './ports.ts';

/** What the keeper works with. */
interface EmissionConfigKeeperParts {
  readonly store: EmissionConfigStore;
  readonly clock: Clock;
  readonly events: Events;
  /** SHA-256 of a text, hexadecimal. */
  readonly digestOf: (text: string) => string;
}

/** The configuration that the process was started with. */
interface StartingEmissionConfig {
  readonly fileConfig: EmissionConfig;
  readonly source: Exclude<EmissionConfigSource, 'api'>;
}

type UpdateRequest = Parameters<EmissionConfigs['update']>[0];

const OPEN_ATTEMPTS_MAX = 8;

export class EmissionConfigKeeper implements EmissionConfigs {
  readonly #parts: EmissionConfigKeeperParts;
  #current: EmissionConfigVersion;

  private constructor(parts: EmissionConfigKeeperParts, current: EmissionConfigVersion) {
    this.#parts = parts;
    this.#current = current;
  }

  /**
   * A file that changed since it was last taken becomes a new version; an unchanged one leaves what an update made current.
   *
   * @throws AssayError `invalid_argument`, `store_unavailable`.
   */
  static async open({
    fileConfig,
    source,
    ...parts
  }: EmissionConfigKeeperParts & StartingEmissionConfig): Promise<EmissionConfigKeeper> {
    refuseInvalid(fileConfig);
    const digest = parts.digestOf(canonicalEmissionText(fileConfig));
    for (let attempt = 0; attempt < OPEN_ATTEMPTS_MAX; attempt += 1) {
      const [latest, fromFile] = [await parts.store.latest(), await parts.store.latestFromFile()];
      if (latest !== undefined && fromFile?.digest === digest) {
        return new EmissionConfigKeeper(parts, latest);
      }
      const version = {
        config: fileConfig,
        version: (latest?.version ?? 0) + 1,
        digest,
        source,
        createdAtMs: parts.clock.now(),
      };
      if (await parts.store.append(version)) {
        parts.events.emissionConfigAccepted({ version: version.version, source, digest });
        return new EmissionConfigKeeper(parts, version);
      }
    }
    throw new AssayError('store_unavailable', 'other writers keep adding emission configurations');
  }

  current(): EmissionConfigVersion {
    return this.#current;
  }

  async update(request: UpdateRequest): Promise<EmissionConfigUpdate> {
    const { config, etag, validateOnly, restoredFrom } = request;
    refuseInvalid(config);
    const before = this.#current;
    if (etag !== before.digest) throw etagMismatch(before);
    const changes = emissionChanges(before.config, config);
    if (validateOnly || changes.length === 0) return { version: before, changes };
    const version: EmissionConfigVersion = {
      config,
      version: before.version + 1,
      digest: this.#parts.digestOf(canonicalEmissionText(config)),
      source: 'api',
      ...(restoredFrom === undefined ? {} : { restoredFrom }),
      createdAtMs: this.#parts.clock.now(),
    };
    if (!(await this.#parts.store.append(version))) throw etagMismatch(await this.#refresh());
    this.#adopt(version);
    const { digest, source } = version;
    this.#parts.events.emissionConfigAccepted({ version: version.version, source, digest });
    return { version, changes };
  }

  /** Reads what another writer made current. */
  async #refresh(): Promise<EmissionConfigVersion> {
    const latest = await this.#parts.store.latest();
    if (latest !== undefined) this.#adopt(latest);
    return this.#current;
  }

  /** Never goes back: reads and appends may end in any order. */
  #adopt(version: EmissionConfigVersion) {
    if (version.version > this.#current.version) this.#current = version;
  }
}

function refuseInvalid(config: EmissionConfig) {
  const violations = checkEmissionConfig(config);
  if (violations.length > 0) throw AssayError.invalid(...violations);
}

function etagMismatch({ version, digest }: EmissionConfigVersion): AssayError {
  return new AssayError(
    'etag_mismatch',
    `the emission configuration is version ${version} now; read it again and repeat the change`,
    { metadata: { current_version: String(version), current_etag: digest } },
  );
}
