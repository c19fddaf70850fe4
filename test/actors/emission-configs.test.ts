import { describe, expect, it, vi } from 'vitest';
import { EmissionConfigKeeper } from '../../src/actors/emission-configs.ts';
import type { EmissionConfigStore } from '../../src/actors/ports.ts';
import type { EmissionConfig, EmissionConfigVersion } from '../../src/domain/emission.ts';
import { canonicalEmissionText } from '../../src/domain/emission-diff.ts';
import { defaultEmissionConfig, mergeWithDefaults } from '../../src/domain/emission-rules.ts';
import { Events, silentLogger } from '../../src/events.ts';
import { sha256Hex } from '../../src/lib/digest.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryEmissionConfigStore } from '../support/memory-emission-config-store.ts';

const defaults = defaultEmissionConfig();
const burning = (burnPercentage: number) => mergeWithDefaults({ burnPercentage });

function open(
  store: EmissionConfigStore,
  fileConfig: EmissionConfig = defaults,
  source: 'file' | 'default' = 'file',
) {
  const events = new Events({ logger: silentLogger });
  const accepted = vi.spyOn(events, 'emissionConfigAccepted');
  return EmissionConfigKeeper.open({
    store,
    clock: new ManualClock(1_000),
    events,
    fileConfig,
    source,
    digestOf: sha256Hex,
  }).then((keeper) => ({ keeper, accepted }));
}

function change(keeper: EmissionConfigKeeper, config: EmissionConfig, etag?: string) {
  return keeper.update({ config, etag: etag ?? keeper.current().digest, validateOnly: false });
}

describe('starting', () => {
  it('makes the configuration version 1 of an empty store and says so', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper, accepted } = await open(store, burning(5), 'default');
    expect(keeper.current()).toEqual({
      config: burning(5),
      version: 1,
      digest: sha256Hex(canonicalEmissionText(burning(5))),
      source: 'default',
      createdAtMs: 1_000,
    });
    expect(store.versions).toEqual([keeper.current()]);
    expect(accepted).toHaveBeenCalledOnce();
  });

  it.each(['file', 'default'] as const)(
    'with an unchanged %s leaves an update current',
    async (source) => {
      const store = new MemoryEmissionConfigStore();
      const first = await open(store, defaults, source);
      await change(first.keeper, burning(10));
      const second = await open(store, defaults, source);
      expect(second.keeper.current()).toMatchObject({ version: 2, source: 'api' });
      expect(second.keeper.current().config).toEqual(burning(10));
      expect(second.accepted).not.toHaveBeenCalled();
    },
  );

  it('with a changed file lets the file win', async () => {
    const store = new MemoryEmissionConfigStore();
    const first = await open(store);
    await change(first.keeper, burning(10));
    const second = await open(store, burning(20));
    expect(second.keeper.current()).toMatchObject({ version: 3, source: 'file' });
    expect(second.keeper.current().config).toEqual(burning(20));
  });

  it('remembers a file that repeats an update, so that a later update survives it', async () => {
    const store = new MemoryEmissionConfigStore();
    await change((await open(store)).keeper, burning(10));
    const second = await open(store, burning(10));
    await change(second.keeper, burning(30));
    const third = await open(store, burning(10));
    expect(third.keeper.current().config).toEqual(burning(30));
  });

  it('tries again when another process adds a version first', async () => {
    const store = new MemoryEmissionConfigStore();
    const [a, b] = await Promise.all([open(store, burning(1)), open(store, burning(2))]);
    expect([a.keeper.current().version, b.keeper.current().version].sort()).toEqual([1, 2]);
    expect(store.versions).toHaveLength(2);
  });

  it('gives up when others never stop adding versions', async () => {
    const store = new MemoryEmissionConfigStore();
    store.append = () => Promise.resolve(false);
    await expect(open(store)).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  it('refuses a configuration that breaks a rule and stores nothing', async () => {
    const store = new MemoryEmissionConfigStore();
    await expect(open(store, burning(NaN))).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(store.versions).toEqual([]);
  });
});

describe('an update', () => {
  it('becomes the next version, says what changed and is stored', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper, accepted } = await open(store);
    const { version, changes } = await change(keeper, burning(10));
    expect(version).toMatchObject({ version: 2, source: 'api', config: burning(10) });
    expect(changes).toEqual([{ field: 'burn_percentage', oldValue: '0', newValue: '10' }]);
    expect(keeper.current()).toBe(version);
    expect(store.versions.at(-1)).toEqual(version);
    expect(accepted).toHaveBeenLastCalledWith({
      version: 2,
      source: 'api',
      digest: version.digest,
    });
  });

  it('that breaks rules is refused with each of them, and changes nothing', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper } = await open(store);
    const config = mergeWithDefaults({ burnPercentage: 101, minMinersPerCategory: 0 });
    await expect(change(keeper, config)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: {
        violations: [{ field: 'burn_percentage' }, { field: 'min_miners_per_category' }],
      },
    });
    expect(keeper.current().config).toEqual(defaults);
    expect(store.versions).toHaveLength(1);
  });

  it('that has not seen the current version is refused', async () => {
    const { keeper } = await open(new MemoryEmissionConfigStore());
    const etag = keeper.current().digest;
    await change(keeper, burning(10));
    await expect(change(keeper, burning(20), etag)).rejects.toMatchObject({
      code: 'etag_mismatch',
      details: { metadata: { current_version: '2', current_etag: keeper.current().digest } },
    });
    await expect(change(keeper, burning(20), '')).rejects.toMatchObject({ code: 'etag_mismatch' });
  });

  it('that changes nothing makes no version', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper } = await open(store);
    const { version, changes } = await change(keeper, defaultEmissionConfig());
    expect({ version: version.version, changes }).toEqual({ version: 1, changes: [] });
    expect(store.versions).toHaveLength(1);
  });

  it('that only validates says what would change and stores nothing', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper } = await open(store);
    const { version, changes } = await keeper.update({
      config: burning(10),
      etag: keeper.current().digest,
      validateOnly: true,
    });
    expect(version.version).toBe(1);
    expect(changes).toHaveLength(1);
    expect(store.versions).toHaveLength(1);
  });

  it('wins alone among many that saw the same version', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper } = await open(store);
    const etag = keeper.current().digest;
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => change(keeper, burning(index + 1), etag)),
    );
    const winners = results.filter(({ status }) => status === 'fulfilled');
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') {
        expect(result.reason).toMatchObject({ code: 'etag_mismatch' });
      }
    }
    expect(store.versions).toHaveLength(2);
    expect(keeper.current()).toEqual(store.versions.at(-1));
  });

  it('loses to another process and then sees what that one stored', async () => {
    const store = new MemoryEmissionConfigStore();
    const [{ keeper: ours }, { keeper: theirs }] = [await open(store), await open(store)];
    await change(theirs, burning(50));
    await expect(change(ours, burning(60))).rejects.toMatchObject({ code: 'etag_mismatch' });
    expect(ours.current()).toEqual(theirs.current());
    await change(ours, burning(60));
    expect(store.versions).toHaveLength(3);
  });
});

describe('a restored version', () => {
  function restore(keeper: EmissionConfigKeeper, old: EmissionConfigVersion) {
    const { config, version: restoredFrom } = old;
    const etag = keeper.current().digest;
    return keeper.update({ config, etag, restoredFrom, validateOnly: false });
  }

  async function changedTwice(store: MemoryEmissionConfigStore) {
    const { keeper } = await open(store);
    const first = keeper.current();
    await change(keeper, burning(10));
    return { keeper, first };
  }

  it('is a new one with the digest of the old one', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper, first } = await changedTwice(store);
    const { version, changes } = await restore(keeper, first);
    expect(version).toEqual({
      config: first.config,
      version: 3,
      digest: first.digest,
      source: 'api',
      restoredFrom: 1,
      createdAtMs: 1_000,
    });
    expect(changes).toEqual([{ field: 'burn_percentage', oldValue: '10', newValue: '0' }]);
    expect(keeper.current()).toEqual(version);
    expect(store.versions).toHaveLength(3);
  });

  it('is none when it is what is current', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper } = await changedTwice(store);
    const before = keeper.current();
    expect(await restore(keeper, before)).toEqual({ version: before, changes: [] });
    expect(store.versions).toHaveLength(2);
  });

  it('stays current after a restart with an unchanged file, and a changed file wins', async () => {
    const store = new MemoryEmissionConfigStore();
    const { keeper, first } = await changedTwice(store);
    await restore(keeper, first);
    const unchanged = await open(store);
    expect(unchanged.keeper.current()).toMatchObject({ version: 3, restoredFrom: 1 });
    const changed = await open(store, burning(20));
    expect(changed.keeper.current()).toMatchObject({ version: 4, source: 'file' });
    expect(changed.keeper.current()).not.toHaveProperty('restoredFrom');
  });
});
