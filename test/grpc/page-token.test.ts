import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageSize, readPage } from '../../src/grpc/page-token.ts';

type Row = Readonly<Record<'block' | 'id', number>>;

interface Asked {
  readonly page_size?: number;
  readonly page_token?: string;
  readonly method?: string;
  readonly filters?: object;
  readonly keyMax?: Row;
}

/** Twenty rows in blocks of three. */
const ROWS: readonly Row[] = Array.from({ length: 20 }, (_, index) => ({
  block: 100 - Math.floor(index / 3),
  id: 50 - index,
}));
const KEY_MAX: Row = { block: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

function page({ page_size = 0, page_token = '', ...listing }: Asked) {
  const { method = 'ListRows', filters = { category: 'H100' }, keyMax = KEY_MAX } = listing;
  return readPage(
    { page_size, page_token },
    {
      method,
      filters,
      keyMax,
      read: async (limit, after) =>
        ROWS.filter(({ id }) => after === undefined || id < after.id).slice(0, limit),
      keyOf: (row: Row) => row,
    },
  );
}

async function refusal(asked: Asked) {
  const error: unknown = await page(asked).catch((thrown: unknown) => thrown);
  return error;
}

const REFUSED = {
  code: 'invalid_argument',
  details: { violations: [{ field: 'page_token' }] },
};

describe('pages', () => {
  it('join to the whole list, whatever their sizes', async () => {
    const property = fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7 })), async (sizes) => {
      const rows: Row[] = [];
      let token = '';
      let turn = 0;
      do {
        const found = await page({ page_size: sizes[turn] ?? 3, page_token: token });
        rows.push(...found.rows);
        token = found.nextPageToken;
        turn += 1;
      } while (token !== '');
      expect(rows).toEqual(ROWS);
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('have no token on the last one, though it is full', async () => {
    expect((await page({ page_size: 20 })).nextPageToken).toBe('');
    expect((await page({ page_size: 19 })).nextPageToken).not.toBe('');
  });

  it('hold 100 rows unless told otherwise, and 1,000 at most', () => {
    expect([0, 1, 999, 1_000, 1_001, 2 ** 31 - 1].map(pageSize)).toEqual([
      100, 1, 999, 1_000, 1_000, 1_000,
    ]);
  });

  it('refuse a negative size', async () => {
    expect(await refusal({ page_size: -1 })).toMatchObject({
      code: 'invalid_argument',
      details: { violations: [{ field: 'page_size', value: '-1' }] },
    });
  });

  it('refuse a token of another method or with other filters', async () => {
    const { nextPageToken: page_token } = await page({ page_size: 2 });
    expect((await page({ page_token })).rows).toEqual(ROWS.slice(2));
    for (const other of [
      { method: 'ListOthers' },
      { filters: {} },
      { filters: { category: 'A100' } },
      { filters: { category: 'H100', fromBlock: 0 } },
    ]) {
      expect(await refusal({ page_token, ...other })).toMatchObject(REFUSED);
    }
  });

  it('refuse a token with any character changed, left out or added, and one that is too long', async () => {
    const { nextPageToken: token } = await page({ page_size: 2 });
    const property = fc.asyncProperty(
      fc.nat(token.length),
      fc.constantFrom(...'AZaz09-_.=+/ é'),
      fc.constantFrom(0, 1),
      async (at, character, removed) => {
        const changed = token.slice(0, at) + character + token.slice(at + removed);
        fc.pre(changed !== token);
        expect(await refusal({ page_token: changed })).toMatchObject(REFUSED);
        if (at === 0) return;
        expect(await refusal({ page_token: token.slice(0, -at) || 'x' })).toMatchObject(REFUSED);
      },
    );
    await fc.assert(property);
    expect(await refusal({ page_token: token.repeat(10) })).toMatchObject(REFUSED);
  });

  it('refuse a position that no row can have, though its checksum is right', async () => {
    const { nextPageToken: page_token } = await page({ page_size: 2 });
    expect((await page({ page_token, keyMax: { block: 100, id: 49 } })).rows).toHaveLength(18);
    expect(await refusal({ page_token, keyMax: { block: 100, id: 48 } })).toMatchObject(REFUSED);
    expect(await refusal({ page_token, keyMax: { block: 99, id: 49 } })).toMatchObject(REFUSED);
  });
});
