import { describe, expect, it } from 'vitest';
import type { FigureLine } from '../../bench/figure.ts';
import { BENCH_CHARTS, type Figures } from '../../scripts/bench-charts.ts';

function figuresOf(values: Readonly<Record<string, number>>): Figures {
  const lines = Object.entries(values).map(([name, value]): FigureLine => {
    return { name, value, unit: 'ms', ceiling: value * 2, ratio: 0.5, runs: 3, spread: 0.1 };
  });
  return new Map(lines.map((line) => [line.name, line]));
}

function drawn(file: string, values: Readonly<Record<string, number>>): string | undefined {
  return BENCH_CHARTS.find((chart) => chart.file === file)?.draw(figuresOf(values));
}

const ALLOCATIONS = Object.fromEntries(
  [256, 65_536].flatMap((miners) =>
    ['inline', 'one_worker', 'two_workers', 'one_worker.caller_held'].map((way) => [
      `allocate.${miners}.${way}`,
      miners / 1_000,
    ]),
  ),
);

const WHOLE: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'allocate.svg': ALLOCATIONS,
  'ingest.svg': { 'ingest.full': 12_000, 'ingest.full.beside_acknowledging': 12_000 },
  'weight-set.svg': {
    'weight_set.65534_miners.two_category.to_ledger': 1_430,
    'weight_set.65534_miners.two_category.snapshot': 900,
  },
  'memory.svg': { 'backpressure.rss_peak': 190, 'memory.65536_actors.rss_peak': 230 },
};

describe.each(BENCH_CHARTS)('$file', ({ file }) => {
  it('is a drawing for light and dark pages', () => {
    const svg = drawn(file, WHOLE[file] ?? {});
    expect(svg).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('is not drawn without its figures', () => {
    expect(drawn(file, { 'store.journal': 1 })).toBeUndefined();
  });
});

describe('the charts', () => {
  it('say what each bar is, with its number', () => {
    const svg = drawn('weight-set.svg', WHOLE['weight-set.svg'] ?? {});
    expect(svg).toContain('>65,534 miners, two category</text>');
    expect(svg).toContain('>snapshot</text>');
    expect(svg).toContain('>1,430</text>');
  });

  it('leave out an allocation that was measured at one size only', () => {
    const { 'allocate.256.inline': inline = 0 } = ALLOCATIONS;
    expect(drawn('allocate.svg', { 'allocate.256.inline': inline })).toBeUndefined();
  });

  it('begin at a power of ten where numbers differ by orders', () => {
    const svg = drawn('allocate.svg', ALLOCATIONS);
    expect(svg).toContain('>0.1</text>');
    expect(svg).toContain('>100</text>');
  });
});
