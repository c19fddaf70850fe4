import { setImmediate } from 'node:timers/promises';
import type { EmissionConfigPageQuery, EmissionConfigStore } from '../../src/actors/ports.ts';
import type { EmissionConfigVersion } from '../../src/domain/emission.ts';

/** Versions in memory; every answer comes a turn later, as from a database. */
export class MemoryEmissionConfigStore implements EmissionConfigStore {
  readonly versions: EmissionConfigVersion[] = [];

  async latest(): Promise<EmissionConfigVersion | undefined> {
    await setImmediate();
    return this.versions.at(-1);
  }

  async latestFromFile(): Promise<EmissionConfigVersion | undefined> {
    await setImmediate();
    return this.versions.findLast(({ source }) => source !== 'api');
  }

  async at(version: number): Promise<EmissionConfigVersion | undefined> {
    await setImmediate();
    return this.versions.find((stored) => stored.version === version);
  }

  async page({
    beforeVersion = Number.POSITIVE_INFINITY,
    limit,
  }: EmissionConfigPageQuery): Promise<readonly EmissionConfigVersion[]> {
    await setImmediate();
    return this.versions
      .filter(({ version }) => version < beforeVersion)
      .reverse()
      .slice(0, limit);
  }

  async append(version: EmissionConfigVersion): Promise<boolean> {
    await setImmediate();
    if (version.version <= (this.versions.at(-1)?.version ?? 0)) return false;
    this.versions.push(version);
    return true;
  }
}
