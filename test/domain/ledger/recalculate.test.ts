import { describe, expect, it } from 'vitest';
import type { AllocationPolicy } from '../../../src/domain/allocation.ts';
import type { CategoryKey } from '../../../src/domain/gpu/catalogue.ts';
import type { LedgerFinding } from '../../../src/domain/ledger/ledger-finding.ts';
import {
  replayed,
  resealed,
  SAMPLE_CATALOGUE,
  sampleContent,
  sampleFacts,
} from '../../support/ledger-samples.ts';
import { policyOf, ruleOf } from '../../support/populations.ts';

const [H200, H100] = ['H200', 'H100'] as [CategoryKey, CategoryKey];

describe('an entry whose digests hold', () => {
  it.each<[string, Partial<AllocationPolicy>, LedgerFinding]>([
    [
      'a burn target beyond the UIDs',
      { burnUid: 2 ** 31 },
      {
        where: 'policy.burn_uid',
        message: 'expected an integer from 0 to 65535, found 2147483648',
      },
    ],
    [
      'a category that is not in the catalogue',
      { categories: [{ ...ruleOf(0, 100), category: 'T4' as CategoryKey }] },
      {
        where: 'policy.categories T4',
        message: 'it is not at place 0 of the catalogue',
      },
    ],
    [
      'a category at another place of the catalogue',
      { categories: [{ ...ruleOf(0, 100), category: H100 }] },
      {
        where: 'policy.categories H100',
        message: 'it is not at place 0 of the catalogue',
      },
    ],
    [
      'categories in another order',
      {
        categories: [
          { ...ruleOf(1, 50), category: H100 },
          { ...ruleOf(0, 50), category: H200 },
        ],
      },
      {
        where: 'policy.categories H200',
        message: 'the categories are not in the order of the catalogue',
      },
    ],
  ])('cannot be calculated with %s', (_, policy, finding) => {
    const content = sampleContent();
    const { entry } = content.sealed;
    const changed = { ...entry, policy: { ...entry.policy, ...policy } };
    const forged = { ...content, sealed: { ...content.sealed, entry: changed } };
    expect(replayed(resealed(forged))).toEqual([finding]);
  });

  it.each<[string, Parameters<typeof sampleFacts>[1], LedgerFinding]>([
    [
      'a primary category that is not in the catalogue',
      { primaryCategory: 'T4' as CategoryKey },
      { where: 'miner at UID 9', message: "T4 is not in the entry's catalogue" },
    ],
    [
      'a score beyond 1',
      { scoreMicros: 1_000_001 },
      {
        where: 'score of the miner at UID 9',
        message: 'expected an integer from 0 to 1000000, found 1000001',
      },
    ],
    [
      'a group of no GPUs',
      { gpus: [{ executor: 0, category: H100, count: 0, memoryMib: 1 }] },
      {
        where: 'GPUs of the miner at UID 9',
        message: 'expected an integer from 1 to 2147483647, found 0',
      },
    ],
    [
      'a machine that would be another one in 32 bits',
      { gpus: [{ executor: 2 ** 32, category: H100, count: 1, memoryMib: 1 }] },
      {
        where: 'machine of the miner at UID 9',
        message: 'expected an integer from 0 to 32766, found 4294967296',
      },
    ],
    [
      'a machine with which those of all miners cannot be numbered through',
      { gpus: [{ executor: 32_767, category: H100, count: 1, memoryMib: 1 }] },
      {
        where: 'machine of the miner at UID 9',
        message: 'expected an integer from 0 to 32766, found 32767',
      },
    ],
    [
      'more GPUs than a column holds',
      {
        gpus: [0, 1].map((executor) => ({
          executor,
          category: H100,
          count: 2 ** 31 - 1,
          memoryMib: 1,
        })),
      },
      {
        where: 'entry',
        message: 'it cannot be examined to its end: a miner has fewer than 2³¹ GPUs of a category',
      },
    ],
  ])('cannot be calculated with %s', (_, facts, finding) => {
    const content = sampleContent();
    const miners = [...content.miners, sampleFacts(9, facts)];
    expect(replayed(resealed({ ...content, miners }))).toEqual([finding]);
  });

  it('cannot be calculated with a UID that comes twice, or a category that is listed twice', () => {
    const content = sampleContent();
    const { entry } = content.sealed;
    const catalogue = [...SAMPLE_CATALOGUE, H200];
    const changed = {
      ...content,
      miners: [...content.miners, sampleFacts(1)],
      sealed: {
        ...content.sealed,
        entry: { ...entry, catalogue, policy: policyOf({ categories: [] }) },
      },
    };
    expect(replayed(resealed(changed))).toEqual([
      { where: 'catalogue', message: 'a category is listed twice' },
      { where: 'miner at UID 1', message: 'it comes after UID 4: UIDs must rise' },
    ]);
  });
});
