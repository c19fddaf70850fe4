import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, type CategoryKey, OTHER } from '../../../src/domain/gpu/catalogue.ts';
import { createGpuNormaliser, GPU_NAME_CHARACTERS_MAX } from '../../../src/domain/gpu/normalise.ts';
import { AssertionError } from '../../../src/lib/assert.ts';

interface FixtureRow {
  readonly name: string;
  readonly category: string;
  readonly kind: string;
}

const rows = readFixture();
const normaliser = createGpuNormaliser(new Map());
const anyRow = fc.constantFrom(...rows);
const anyWholeCard = fc.constantFrom(...rows.filter(({ kind }) => kind === 'full'));

function readFixture(): readonly FixtureRow[] {
  const text = readFileSync(new URL('../../fixtures/gpu-names.csv', import.meta.url), 'utf8');
  const [header, ...lines] = text.replace(/\n$/, '').split('\n');
  expect(header).toBe('name,category,kind');
  return lines.map((line) => {
    const [name, category, kind] = line.split(',') as [string, string, string];
    return { name, category, kind };
  });
}

function categoryOf(name: string): CategoryKey {
  return normaliser.normalise(name).category;
}

describe('the names of the fixture', () => {
  it.each(rows)('$name is $category, $kind', ({ name, category, kind }) => {
    expect(normaliser.normalise(name)).toEqual({ category, kind });
  });

  it('are many, each one once, and show every kind', () => {
    expect(rows.length).toBeGreaterThan(350);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(
      new Set(['full', 'slice', 'laptop', 'max_q', 'embedded', 'mining', 'nameless', 'unknown']),
    );
  });
});

describe('a GPU name', () => {
  it.each([
    ['NVIDIA H100 PCIe', 'H100'],
    ['H100 SXM5', 'H100'],
    ['h100', 'H100'],
    ['NVIDIA H200', 'H200'],
    ['H200 SXM', 'H200'],
    ['A100 80GB', 'A100'],
    ['Tesla A100', 'A100'],
    ['GeForce RTX 4090', 'RTX4090'],
    ['RTX 3090 Ti', 'RTX3090'],
    ['Unknown GPU', 'OTHER'],
    ['', 'OTHER'],
  ])('%j is taken for %s', (name, category) => {
    expect(categoryOf(name)).toBe(category);
  });

  it.each([
    ['NVIDIA GH200 480GB', 'GH200', 'H200'],
    ['NVIDIA GB200', 'GB200', 'B200'],
    ['NVIDIA RTX A1000', 'RTXA1000', 'A100'],
    ['NVIDIA T400 4GB', 'OTHER', 'T4'],
    ['NVIDIA A100X', 'OTHER', 'A100'],
    ['NVIDIA L40S', 'L40S', 'L40'],
    ['NVIDIA RTX 6000 Ada Generation', 'RTX6000ADA', 'Quadro RTX 6000'],
  ])('is read by whole tokens: %j is %s and not %s', (name, category, trap) => {
    expect(categoryOf(name)).toBe(category);
    expect(categoryOf(name)).not.toBe(categoryOf(trap));
  });

  it('keeps digits apart that a separator keeps apart', () => {
    expect(categoryOf('NVIDIA A10 0')).toBe(OTHER);
    expect(categoryOf('NVIDIA L4-0')).toBe(OTHER);
    expect(categoryOf('RTX 40 90')).toBe(OTHER);
  });

  it('is not a whole card when a word of it is unknown or it has two models', () => {
    for (const name of ['NVIDIA H100 Emulator', 'Fake H100', 'H100 or A100', 'H100 7', 'H100 GB']) {
      expect(normaliser.normalise(name)).toEqual({ category: OTHER, kind: 'unknown' });
    }
  });

  it('has a memory size of any sensible length', () => {
    expect(categoryOf('NVIDIA H100 81559MiB')).toBe('H100');
    expect(categoryOf('NVIDIA H100 80 GB')).toBe('H100');
    expect(categoryOf('NVIDIA H100 8155900MiB')).toBe(OTHER);
  });

  it('is a slice before it is anything else', () => {
    expect(normaliser.normalise('NVIDIA RTX A5000 Laptop GPU MIG 1g.5gb').kind).toBe('slice');
    expect(normaliser.normalise('RTX 2080 Laptop GPU with Max-Q Design').kind).toBe('laptop');
    expect(normaliser.normalise('mystery 9000 MIG 1g.5gb').kind).toBe('slice');
  });

  it('has a vGPU type only after a model and at its end', () => {
    expect(normaliser.normalise('NVIDIA A40-48Q').kind).toBe('slice');
    expect(normaliser.normalise('NVIDIA Mystery-48Q').kind).toBe('unknown');
    expect(normaliser.normalise('NVIDIA A40-48Q-X').kind).toBe('unknown');
    expect(normaliser.normalise('NVIDIA A40 48 PCIe').kind).toBe('unknown');
  });

  it('is a whole card as a Max-Q Workstation Edition, and none as a Max-Q Design', () => {
    expect(categoryOf('RTX PRO 6000 Blackwell Max-Q Workstation Edition')).toBe('RTXPRO6000');
    expect(normaliser.normalise('RTX 2080 with Max-Q Design').kind).toBe('max_q');
  });
});

describe('a hostile name', () => {
  it.each([
    ['Cyrillic Н', 'NVIDIA Н100'],
    ['Cyrillic А', 'NVIDIA А100'],
    ['Greek Β', 'NVIDIA Β200'],
    ['full-width letters', 'ＮＶＩＤＩＡ Ｈ１００'],
    ['the Kelvin sign', 'NVIDIA K80'],
    ['a combining mark', 'NVIDIA H100\u0301'],
    ['a zero-width space', 'NVIDIA H\u200b100'],
    ['a right-to-left override', '\u202eNVIDIA H100'],
    ['a no-break space', 'NVIDIA\u00a0H100'],
    ['a NUL', 'NVIDIA H100\u0000'],
    ['a line break', 'NVIDIA H100\n'],
    ['an escape sequence', '\u001b[31mNVIDIA H100'],
    ['an emoji', 'NVIDIA H100 🚀'],
    ['a lone surrogate', 'NVIDIA H100\ud800'],
    ['a NUL only', '\u0000'],
    ['punctuation', 'NVIDIA H100; DROP TABLE'],
  ])('with %s is unknown', (_, name) => {
    expect(normaliser.normalise(name)).toEqual({ category: OTHER, kind: 'unknown' });
  });

  it.each([
    ['letters', 'A'.repeat(10_000)],
    ['digits', '9'.repeat(10_000)],
    ['spaces', `${' '.repeat(10_000)}H100`],
    ['prefixes', 'NVIDIA '.repeat(1_500)],
    ['a model and padding', `NVIDIA H100${' '.repeat(10_000)}`],
  ])('of 10,000 %s is unknown', (_, name) => {
    expect(normaliser.normalise(name)).toEqual({ category: OTHER, kind: 'unknown' });
  });

  it('is read up to the limit and unknown above it', () => {
    const padded = 'NVIDIA H100'.padEnd(GPU_NAME_CHARACTERS_MAX);
    expect(categoryOf(padded)).toBe('H100');
    expect(normaliser.normalise(`${padded} `).kind).toBe('unknown');
  });

  it('stays what it is after thousands of other names', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `NVIDIA Mystery ${index}`);
    expect(new Set(names.map(categoryOf))).toEqual(new Set([OTHER]));
    expect(rows.filter(({ name, category }) => categoryOf(name) !== category)).toEqual([]);
  });
});

describe('normalise, for any name', () => {
  it('never throws, and the category is OTHER unless the kind is full', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .array(
          fc.constantFrom(
            'NVIDIA',
            'RTX',
            'A',
            '100',
            '4090',
            'GB',
            'MIG',
            ' ',
            '-',
            '/',
            'Q',
            'C',
          ),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (name) => {
        const { category, kind } = normaliser.normalise(name);
        expect(CATALOGUE).toContain(category);
        expect(category !== OTHER).toBe(kind === 'full');
      }),
    );
  });

  it('gives each key of the catalogue for the key itself', () => {
    for (const key of CATALOGUE) expect(categoryOf(key)).toBe(key);
    fc.assert(
      fc.property(anyRow, ({ name }) => {
        const category = categoryOf(name);
        expect(categoryOf(category)).toBe(category);
      }),
    );
  });

  it('does not depend on case', () => {
    fc.assert(
      fc.property(anyRow, fc.infiniteStream(fc.boolean()), ({ name, category, kind }, upper) => {
        const cased = Array.from(name, (letter) =>
          upper.next().value ? letter.toUpperCase() : letter.toLowerCase(),
        );
        expect(normaliser.normalise(cased.join(''))).toEqual({ category, kind });
      }),
    );
  });

  it('does not depend on which separators are written, or how many', () => {
    const gap = fc.array(fc.constantFrom(' ', '-', '_'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(anyRow, gap, ({ name, category, kind }, separators) => {
        const separated = name.replace(/[ _-]+/g, separators.join(''));
        expect(normaliser.normalise(separated)).toEqual({ category, kind });
      }),
    );
  });

  it('does not depend on separators between letters and digits', () => {
    fc.assert(
      fc.property(anyRow, ({ name, category, kind }) => {
        const apart = name.replace(/([a-z])(?=\d)|(\d)(?=[a-z])/gi, '$& ');
        const together = name.replace(/([a-z])[ _-]+(?=\d)|(\d)[ _-]+(?=[a-z])/gi, '$1$2');
        expect(normaliser.normalise(apart)).toEqual({ category, kind });
        expect(normaliser.normalise(together)).toEqual({ category, kind });
      }),
    );
  });

  it('does not depend on the brands before a whole card', () => {
    const brands = fc.array(fc.constantFrom('NVIDIA', 'GeForce', 'Tesla', 'Quadro'), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(anyWholeCard, brands, ({ name, category }, before) => {
        expect(categoryOf([...before, name].join(' '))).toBe(category);
      }),
    );
  });
});

describe('an alias', () => {
  const aliases = new Map<string, CategoryKey>([
    ['NVIDIA M403', 'H200' as CategoryKey],
    ['AMD Instinct MI300X VF', 'MI300X' as CategoryKey],
    ['NVIDIA RTX 6000 Ada Generation', 'L40' as CategoryKey],
    ['NVIDIA T4', OTHER],
    ['AMD Radeon™ Graphics', 'W7900' as CategoryKey],
  ]);
  const aliased = createGpuNormaliser(aliases);

  it('makes a whole card of an unknown name, whatever its case and separators', () => {
    for (const name of ['NVIDIA M403', 'nvidia-m403', 'Nvidia  M_403']) {
      expect(aliased.normalise(name)).toEqual({ category: 'H200', kind: 'full' });
    }
    expect(aliased.normalise('AMD Radeon™ Graphics').category).toBe('W7900');
  });

  it('wins over the tables', () => {
    expect(aliased.normalise('AMD Instinct MI300X VF').category).toBe('MI300X');
    expect(aliased.normalise('NVIDIA RTX 6000 Ada Generation').category).toBe('L40');
    expect(aliased.normalise('NVIDIA T4')).toEqual({ category: OTHER, kind: 'unknown' });
  });

  it('is for the whole name only', () => {
    expect(aliased.normalise('NVIDIA M403 MIG 1g.18gb').kind).toBe('slice');
    expect(aliased.normalise('NVIDIA M40 3').category).toBe(OTHER);
    expect(aliased.normalise('NVIDIA H100').category).toBe('H100');
  });

  it('may be given twice with one key, and is refused with two', () => {
    const twice = (second: string) =>
      new Map([
        ['NVIDIA M403', 'H200' as CategoryKey],
        ['nvidia m-403', second as CategoryKey],
      ]);
    expect(createGpuNormaliser(twice('H200')).normalise('NVIDIA M403').category).toBe('H200');
    expect(() => createGpuNormaliser(twice('H100'))).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('gpu.aliases.nvidia m-403: H100 is refused'),
      }),
    );
  });

  it('with a key that is not in the catalogue is a bug', () => {
    const wrong = new Map([['NVIDIA M403', 'H2000' as CategoryKey]]);
    expect(() => createGpuNormaliser(wrong)).toThrow(AssertionError);
  });
});
