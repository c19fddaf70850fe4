import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultEmissionConfig } from '../../../src/domain/emission-rules.ts';
import { toEmissionConfigMessage } from '../../../src/grpc/emission-config/emission-config-message.ts';
import type { EmissionConfigVersion__Output } from '../../../src/grpc/generated/assay/v1/EmissionConfigVersion.ts';
import type { GetEmissionConfigResponse__Output } from '../../../src/grpc/generated/assay/v1/GetEmissionConfigResponse.ts';
import type { ListEmissionConfigsRequest } from '../../../src/grpc/generated/assay/v1/ListEmissionConfigsRequest.ts';
import type { ListEmissionConfigsResponse__Output } from '../../../src/grpc/generated/assay/v1/ListEmissionConfigsResponse.ts';
import type { RestoreEmissionConfigRequest } from '../../../src/grpc/generated/assay/v1/RestoreEmissionConfigRequest.ts';
import type { RestoreEmissionConfigResponse__Output } from '../../../src/grpc/generated/assay/v1/RestoreEmissionConfigResponse.ts';
import { present } from '../../../src/lib/assert.ts';
import { answer, type connect, refusal } from '../../support/grpc-client.ts';
import { GrpcFixture } from '../../support/grpc-fixture.ts';

let fixture: GrpcFixture;
let client: ReturnType<typeof connect>;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
  client = fixture.client();
});
afterEach(() => fixture.close());

async function current(): Promise<EmissionConfigVersion__Output> {
  const { version } = await answer<GetEmissionConfigResponse__Output>((callback) =>
    client.emissionConfig.GetEmissionConfig({}, callback),
  );
  return present(version, 'there is always a version');
}

/** Makes as many versions more, each with its number as the burn. */
async function makeVersions(count: number) {
  for (let index = 0; index < count; index += 1) {
    const { etag, version } = await current();
    const burnPercentage = version + 1;
    const emission_config = toEmissionConfigMessage({ ...defaultEmissionConfig(), burnPercentage });
    await answer((callback) =>
      client.emissionConfig.UpdateEmissionConfig({ emission_config, etag }, callback),
    );
  }
}

const list = (request: ListEmissionConfigsRequest = {}) =>
  answer<ListEmissionConfigsResponse__Output>((callback) =>
    client.emissionConfig.ListEmissionConfigs(request, callback),
  );
const restore = (request: RestoreEmissionConfigRequest) =>
  answer<RestoreEmissionConfigResponse__Output>((callback) =>
    client.emissionConfig.RestoreEmissionConfig(request, callback),
  );
const notRestored = (request: RestoreEmissionConfigRequest) =>
  refusal((callback) => client.emissionConfig.RestoreEmissionConfig(request, callback));

describe('ListEmissionConfigs', () => {
  const numbers = ({ versions }: ListEmissionConfigsResponse__Output) =>
    versions.map(({ version }) => version);

  it('lists every version with digest, source and time, the newest first', async () => {
    await makeVersions(2);
    const page = await list();
    expect(page.next_page_token).toBe('');
    expect(numbers(page)).toEqual([3, 2, 1]);
    expect(page.versions[0]).toEqual(await current());
    expect(page.versions.map(({ source }) => source)).toEqual(['api', 'api', 'default']);
    for (const { etag, create_time } of page.versions) {
      expect(etag).toMatch(/^[0-9a-f]{64}$/);
      expect(create_time).toEqual({ seconds: fixture.clock.now() / 1_000, nanos: 0 });
    }
  });

  it('goes on after the last version of a page, whatever was added since', async () => {
    await makeVersions(4);
    const first = await list({ page_size: 2 });
    await makeVersions(1);
    const second = await list({ page_size: 2, page_token: first.next_page_token });
    const third = await list({ page_size: 2, page_token: second.next_page_token });
    expect([first, second, third].map(numbers)).toEqual([[5, 4], [3, 2], [1]]);
    expect(third.next_page_token).toBe('');
  });

  it('ends without an empty page when the last one is full', async () => {
    await makeVersions(1);
    expect((await list({ page_size: 2 })).next_page_token).toBe('');
  });

  it.each([
    [{ page_size: -1 }, 'page_size'],
    [{ page_token: 'made up' }, 'page_token'],
  ])('refuses %j', async (request, field) => {
    expect(
      await refusal((callback) => client.emissionConfig.ListEmissionConfigs(request, callback)),
    ).toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field }] });
  });
});

describe('RestoreEmissionConfig', () => {
  it('makes the configuration of an old version current as a new version', async () => {
    const first = await current();
    await makeVersions(2);
    const { version, changes, impact } = await restore({
      version: 1,
      etag: (await current()).etag,
    });
    expect(version).toMatchObject({
      version: 4,
      etag: first.etag,
      source: 'api',
      restored_from_version: 1,
      emission_config: first.emission_config,
    });
    expect(changes).toEqual([{ field: 'burn_percentage', old_value: '3', new_value: '0' }]);
    expect(impact).not.toBeNull();
    expect(await current()).toEqual(version);
    expect((await list()).versions.map((each) => each.restored_from_version)).toEqual([1, 0, 0, 0]);
  });

  it('only says what would change with validate_only', async () => {
    await makeVersions(1);
    const before = await current();
    const { version, changes } = await restore({
      version: 1,
      etag: before.etag,
      validate_only: true,
    });
    expect(version).toEqual(before);
    expect(changes).toHaveLength(1);
    expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
  });

  it('changes nothing when the version is what is in force', async () => {
    await makeVersions(1);
    const before = await current();
    const { version, changes } = await restore({ version: 2, etag: before.etag });
    expect({ version, changes }).toEqual({ version: before, changes: [] });
    expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
  });

  it('does not find a version that never was', async () => {
    const { etag } = await current();
    expect(await notRestored({ version: 2, etag })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'EMISSION_CONFIG_NOT_FOUND',
    });
  });

  it.each([
    ['no version', { etag: 'x' }, 'version'],
    ['a version beyond 2⁵³', { version: '18446744073709551615', etag: 'x' }, 'version'],
    ['no etag', { version: 1 }, 'etag'],
  ])('refuses %s', async (_, request, field) => {
    expect(await notRestored(request)).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field }],
    });
  });

  it('is aborted when another version is in force than the caller has seen', async () => {
    const { etag } = await current();
    await makeVersions(1);
    expect(await notRestored({ version: 1, etag })).toMatchObject({
      code: 'ABORTED',
      reason: 'ETAG_MISMATCH',
      metadata: { current_version: '2' },
    });
    expect(fixture.emissionConfigVersions.versions).toHaveLength(2);
  });

  it('refuses a version that breaks a rule of today', async () => {
    const { etag } = await current();
    const [first] = fixture.emissionConfigVersions.versions;
    const old = present(first, 'there is always a version');
    const config = { ...old.config, burnPercentage: 101 };
    fixture.emissionConfigVersions.versions.unshift({ ...old, config, version: 99 });
    expect(await notRestored({ version: 99, etag })).toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: [{ field: 'burn_percentage' }],
    });
  });
});
