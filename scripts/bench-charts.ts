/** Which figures of the benchmarks make which chart. */
import type { FigureLine } from '../bench/figure.ts';
import { type BarGroup, barChartSvg, type Line, lineChartSvg } from './chart-svg.ts';

/** A chart of `docs/charts/`, and how it is made: undefined when figures that it needs are missing. */
export interface BenchChart {
  readonly file: string;
  draw(figures: Figures): string | undefined;
}

/** By their names. */
export type Figures = ReadonlyMap<string, FigureLine>;

const BACKPRESSURE_MIB = 256;

export const BENCH_CHARTS: readonly BenchChart[] = [
  { file: 'allocate.svg', draw: allocationChart },
  { file: 'ingest.svg', draw: ingestChart },
  { file: 'weight-set.svg', draw: weightSetChart },
  { file: 'memory.svg', draw: memoryChart },
];

function allocationChart(figures: Figures): string | undefined {
  const sizes = casesOf(figures, /^allocate\.(\d+)\.inline$/).map(Number);
  const line = (label: string, value: (miners: number) => number | null | undefined): Line => ({
    label,
    points: sizes.flatMap((miners) => {
      const found = value(miners);
      return typeof found === 'number' ? [[miners, found] as const] : [];
    }),
  });
  const timeOf = (way: string) => (miners: number) =>
    figures.get(`allocate.${miners}.${way}`)?.value;
  const lines = [
    line('inline', timeOf('inline')),
    line('one worker', timeOf('one_worker')),
    line('two workers', timeOf('two_workers')),
    line('caller held by a worker', timeOf('one_worker.caller_held')),
    line('memory ceiling', (miners) => figures.get(`allocate.${miners}.inline`)?.ceiling),
  ];
  if (lines.some(({ points }) => points.length < 2)) return undefined;
  return lineChartSvg({
    title: 'One allocation, by miners with GPUs in two categories',
    xLabel: 'miners (twice as many pairs)',
    yLabel: 'ms',
    lines,
  });
}

const INGEST_CASES: Readonly<Record<string, string>> = {
  normal: '16 a message, NORMAL',
  full: '16 a message, FULL',
  one_per_message: '1 a message, FULL',
};

function ingestChart(figures: Figures): string | undefined {
  const groups = Object.entries(INGEST_CASES).flatMap(([name, label]): BarGroup[] => {
    const stored = figures.get(`ingest.${name}`);
    const acknowledged = figures.get(`ingest.${name}.beside_acknowledging`)?.ceiling;
    if (stored === undefined) return [];
    return [
      { label, values: [stored.value, stored.ceiling ?? undefined, acknowledged ?? undefined] },
    ];
  });
  if (groups.length === 0) return undefined;
  return barChartSvg({
    title: 'Durable ingest over gRPC: reports of 8 executors, and its ceilings',
    valueLabel: 'reports/s',
    isLogarithmic: false,
    bars: [
      'stored and acknowledged',
      'plain insert of the same rows',
      'acknowledged without storing',
    ],
    groups,
  });
}

const PHASES = ['snapshot', 'score', 'apportion', 'ledger'];

function weightSetChart(figures: Figures): string | undefined {
  const cases = casesOf(figures, /^weight_set\.(.+)\.to_ledger$/);
  const found = PHASES.filter((phase) =>
    cases.some((name) => figures.has(`weight_set.${name}.${phase}`)),
  );
  if (cases.length === 0 || found.length === 0) return undefined;
  const groups = cases.map((name) => ({
    label: caseLabel(name),
    values: [...found, 'to_ledger'].map((what) => figures.get(`weight_set.${name}.${what}`)?.value),
  }));
  return barChartSvg({
    title: 'A weight set up to the ledger commit, by phase',
    valueLabel: 'ms',
    isLogarithmic: true,
    bars: [...found, 'all of it'],
    groups,
  });
}

function memoryChart(figures: Figures): string | undefined {
  const cases = casesOf(figures, /^(memory\..+|backpressure)\.rss_peak$/);
  if (cases.length === 0) return undefined;
  const groups = cases.map((name) => ({
    label: caseLabel(name.replace(/^memory\./, '')),
    values: ['start', 'peak', 'end'].map((when) => figures.get(`${name}.rss_${when}`)?.value),
  }));
  return barChartSvg({
    title: 'Resident memory of the service',
    valueLabel: 'MiB',
    isLogarithmic: false,
    bars: ['at the start', 'at most', 'at the end'],
    groups,
    bound: { value: BACKPRESSURE_MIB, label: `bound under backpressure: ${BACKPRESSURE_MIB}` },
  });
}

/** What stands at the group of the pattern, in the order of the figures. */
function casesOf(figures: Figures, pattern: RegExp): readonly string[] {
  return [...figures.keys()].flatMap((name) => pattern.exec(name)?.[1] ?? []);
}

/** `65534_miners.two_category.under_load` as people say it. */
function caseLabel(name: string): string {
  return name
    .replaceAll('.', ', ')
    .replaceAll('_', ' ')
    .replace(/\d{4,}/g, (digits) => Number(digits).toLocaleString('en-US'));
}
