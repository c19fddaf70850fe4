import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import { GENESIS_DIGEST, type LedgerContent } from '../../../src/domain/ledger/ledger-entry.ts';
import { FINDINGS_MAX } from '../../../src/domain/ledger/ledger-finding.ts';
import { sha256Hex } from '../../../src/lib/digest.ts';
import {
  anyDecision,
  anyDecisionOfOtherVersion,
  ledgerContent,
  replayed,
  resealed,
  SAMPLE_CATALOGUE,
  SAMPLE_POLICY,
  sampleContent,
  sampleFacts,
} from '../../support/ledger-samples.ts';
import { policyOf } from '../../support/populations.ts';
import { sampleHotkey } from '../../support/profile-samples.ts';

const RUNS = { numRuns: 200 };
const A100 = 'A100' as CategoryKey;

describe('an entry that was written by the decision', () => {
  it('has no finding', () => {
    fc.assert(
      fc.property(anyDecision, (decision) => {
        expect(replayed(ledgerContent(decision))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('has no finding either when the catalogue had another order then', () => {
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, (decision) => {
        expect(replayed(ledgerContent(decision))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('may follow any other, when that is the one before', () => {
    const content = sampleContent({ previousDigest: 'a'.repeat(64) });
    expect(replayed(content)).toEqual([]);
    expect(replayed(content, 'a'.repeat(64))).toEqual([]);
    expect(replayed(sampleContent(), GENESIS_DIGEST)).toEqual([]);
  });
});

describe('an entry in which anything was changed', () => {
  it('has a finding, whatever it was', () => {
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, fc.nat(), (decision, choice) => {
        const content = ledgerContent(decision);
        const places = placesIn(content);
        const place = places[choice % places.length] as Place;
        const changed = withChange(content, place, other);
        expect(replayed(changed), place.join('.')).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('has one for every value of a sample entry', () => {
    const content = sampleContent();
    const unnoticed = placesIn(content).filter(
      (place) => replayed(withChange(content, place, other)).length === 0,
    );
    expect(unnoticed).toEqual([]);
  });

  it('has one even when all digests were taken anew, where a result was changed', () => {
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, fc.nat(), (decision, choice) => {
        const content = ledgerContent(decision);
        const places = placesIn(content).filter(isResult);
        const place = places[choice % places.length] as Place;
        const changed = resealed(withChange(content, place, other));
        expect(replayed(changed), place.join('.')).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['pairs', 'weights', 'miners'] as const)(
    'has one when a line of its %s is gone, there twice or in another place',
    (part) => {
      const content = sampleContent();
      const [first, second, ...rest] = content[part] as readonly unknown[];
      for (const lines of [
        [second, ...rest],
        [first, first, second, ...rest],
        [second, first, ...rest],
      ]) {
        const changed = { ...content, [part]: lines } as LedgerContent;
        expect(replayed(changed)).not.toEqual([]);
        expect(replayed(resealed(changed))).not.toEqual([]);
      }
    },
  );

  it('never makes the replay throw', () => {
    const odd = fc.constantFrom<unknown>(
      ...[Number.NaN, -1, 0.5, 2 ** 31, 2 ** 53, 1e300, Number.POSITIVE_INFINITY],
      ...['', 'UNKNOWN', null, undefined, true, [], {}, 7n, -1n],
    );
    const change = fc.tuple(fc.nat(), odd);
    fc.assert(
      fc.property(anyDecisionOfOtherVersion, change, (decision, [choice, value]) => {
        const content = ledgerContent(decision);
        const places = placesIn(content);
        const place = places[choice % places.length] as Place;
        if (Object.is(valueAt(content, place), value)) return;
        const changed = withChange(content, place, () => value);
        expect(replayed(changed), place.join('.')).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the findings', () => {
  it('say that another version of Assay is needed for a format that this one does not know', () => {
    const content = sampleContent();
    const { sealed } = content;
    const entry = { ...sealed.entry, format: 2, policy: policyOf({ burnUid: -5 }) };
    expect(replayed({ ...content, sealed: { ...sealed, entry } })).toEqual([
      {
        where: 'format',
        message: 'expected 1, found 2: use a version of Assay that writes format 2',
      },
    ]);
  });

  it('say that the text is not that of the values', () => {
    const content = sampleContent();
    const { sealed } = content;
    const spaced = sealed.text.replace(',', ', ');
    expect(
      replayed({ ...content, sealed: { ...sealed, text: spaced, digest: sha256Hex(spaced) } }),
    ).toEqual([{ where: 'entry', message: 'its text is not the canonical text of its values' }]);
  });

  it('say both digests when the text gives another one', () => {
    const content = sampleContent();
    const { text } = content.sealed;
    const digest = 'f'.repeat(64);
    expect(replayed({ ...content, sealed: { ...content.sealed, digest } })).toEqual([
      {
        where: 'digest',
        message: `the entry has the digest ${digest}, but its text gives ${sha256Hex(text)}`,
      },
    ]);
  });

  it('say both digests when it follows another entry', () => {
    expect(replayed(sampleContent(), 'b'.repeat(64))).toEqual([
      {
        where: 'previous_digest',
        message: `the entry follows one with the digest ${GENESIS_DIGEST}, but the one before it has ${'b'.repeat(64)}`,
      },
    ]);
  });

  it('name the pair, what it should be and what it is, and the sum that no longer holds', () => {
    const content = sampleContent();
    const [first, ...rest] = content.pairs;
    const pairs = [{ ...(first as (typeof content.pairs)[number]), weight: 7 }, ...rest];
    expect(replayed(resealed({ ...content, pairs }))).toEqual([
      {
        where: 'pair of UID 1 in H200',
        message:
          'expected included, 8 GPUs, score 900000, basis 7200000, weight 26214; ' +
          'found included, 8 GPUs, score 900000, basis 7200000, weight 7',
      },
      {
        where: 'weight of UID 1',
        message: 'its pairs and the burn come to 13114, found 39321',
      },
    ]);
  });

  it('name what is missing and what is too much', () => {
    const content = sampleContent();
    const pairs = content.pairs.map((pair) =>
      pair.category === undefined ? { ...pair, category: A100 } : pair,
    );
    const weights = [...content.weights, { uid: 9, weight: 0, hotkey: sampleHotkey(9) }].sort(
      (a, b) => a.uid - b.uid,
    );
    expect(replayed(resealed({ ...content, pairs, weights }))).toEqual([
      { where: 'pair of UID 4 without a category', message: 'expected, but not recorded' },
      { where: 'pair of UID 4 in A100', message: 'recorded, but not expected' },
      { where: 'pairs', message: 'expected by category in catalogue order, then UID' },
      { where: 'weight of UID 9', message: 'expected none, found 0' },
    ]);
  });

  it('name a weight that somebody else would get', () => {
    const content = sampleContent();
    const weights = content.weights.map((weight) => ({ ...weight, hotkey: sampleHotkey(77) }));
    expect(replayed(resealed({ ...content, weights }))).toEqual(
      [1, 2].map((uid) => ({
        where: `hotkey of UID ${uid}`,
        message: `expected ${sampleHotkey(uid)}, found ${sampleHotkey(77)}`,
      })),
    );
  });

  it('name a weight of a UID that nobody held', () => {
    const content = sampleContent();
    const { policy } = content.sealed.entry;
    const toNobody = ledgerContent({
      miners: [...content.miners.slice(0, 2), sampleFacts(5, { neuron: undefined })],
      policy: { ...policy, burnUid: 5, burnMicroPercent: 1_000_000 },
      catalogue: SAMPLE_CATALOGUE,
    });
    expect(replayed(toNobody)).toEqual([
      { where: 'hotkey of UID 5', message: `expected none, found ${sampleHotkey(5)}` },
    ]);
  });

  it('name a burn whose parts were told otherwise', () => {
    const content = sampleContent();
    const { entry } = content.sealed;
    const burn = { ...entry.burn, emptyCategoryWeight: 0, belowMinimumWeight: 13_107 };
    const told = { ...content.sealed, entry: { ...entry, burn } };
    expect(replayed(resealed({ ...content, sealed: told }))).toEqual([
      { where: 'burn.empty_category_weight', message: 'expected 13107, found 0' },
      { where: 'burn.below_minimum_weight', message: 'expected 0, found 13107' },
    ]);
  });

  it('name a category that was told otherwise, and one that is gone', () => {
    const content = sampleContent();
    const { entry } = content.sealed;
    const [first] = entry.categories;
    const categories = [{ ...(first as (typeof entry.categories)[number]), totalBasis: 2n ** 70n }];
    expect(
      replayed(
        resealed({ ...content, sealed: { ...content.sealed, entry: { ...entry, categories } } }),
      ),
    ).toEqual([
      { where: 'number of categories', message: 'expected 3, found 1' },
      { where: 'categories H200 total_basis', message: `expected 7200000, found ${2n ** 70n}` },
    ]);
  });

  it('are listed up to a limit, the rest is counted', () => {
    const miners = Array.from({ length: 30 }, (_, uid) => sampleFacts(uid));
    const content = ledgerContent({ miners, policy: SAMPLE_POLICY, catalogue: SAMPLE_CATALOGUE });
    const pairs = content.pairs.map((pair) => ({ ...pair, gpuCount: 9 }));
    const findings = replayed(resealed({ ...content, pairs }));
    expect(findings).toHaveLength(FINDINGS_MAX + 1);
    expect(findings.at(-1)).toEqual({ where: 'further findings', message: 'and 10 more' });
  });
});

type Place = readonly (string | number)[];

/** Where every single value of the content stands. */
function placesIn(value: unknown, place: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([key, part]) => placesIn(part, [...place, key]));
}

function valueAt(value: unknown, place: Place): unknown {
  return place.reduce<unknown>((at, key) => Object(at)[key], value);
}

function withChange(
  content: LedgerContent,
  place: Place,
  change: (value: unknown) => unknown,
): LedgerContent {
  const copy = structuredClone(content);
  const parent = Object(valueAt(copy, place.slice(0, -1)));
  const key = place.at(-1) as string;
  parent[key] = change(parent[key]);
  return copy;
}

/** Another value of the same type. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'bigint') return value + 1n;
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') return `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
  return value === null ? 1 : 'STALE';
}

/** Whether a value is a result of the calculation, and not its input or a mere statement. */
function isResult([part, ...rest]: Place): boolean {
  if (part === 'pairs') return true;
  if (part === 'weights') return rest.at(-1) !== 'hotkey';
  const [object, field] = rest;
  const fields = ['totalWeight', 'minersServed', 'burn', 'categories'];
  return part === 'sealed' && object === 'entry' && fields.includes(String(field));
}
