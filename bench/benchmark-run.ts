/** What `npm run bench` was asked for, and figures as a table. */
import type { FigureLine } from './figure.ts';

/** Run when none is named: together they take less than ten minutes. */
const USUAL = [
  ...['ingest', 'ingest-latency', 'backpressure', 'memory', 'allocate', 'weight-set'],
  ...['gpu-names', 'store', 'cold-start', 'explain'],
];
/** Run when they are named, or with `--all`. */
const LONG = ['ledger', 'timelock', 'chain', 'chain-faults', 'chain-blocks'];
/** What others would use in Assay's place; they need what `apt-get` installs, and are run when they are named. */
const PEERS = ['peer-nats', 'peer-postgres', 'peer-numpy'];

/** The benchmarks to run one after the other. */
export interface BenchmarkRun {
  readonly names: readonly string[];
  /** Those that were left out because nobody named them. */
  readonly leftOut: readonly string[];
  readonly isJson: boolean;
  /** Options that the benchmarks themselves take, such as `--runs=100`. */
  readonly options: readonly string[];
}

/** Why nothing is run. */
export interface RefusedRun {
  readonly refusal: string;
}

/** Reads the command line: names, `--json`, `--all`, and options that are handed on. */
export function readBenchmarkRun(args: readonly string[]): BenchmarkRun | RefusedRun {
  const all = [...USUAL, ...LONG, ...PEERS];
  const asked = args.filter((argument) => !argument.startsWith('--'));
  const flags = args.filter((argument) => argument.startsWith('--'));
  const unknown = asked.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    return { refusal: `no benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}` };
  }
  const unasked = flags.includes('--all') ? [...USUAL, ...LONG] : USUAL;
  const names = asked.length === 0 ? unasked : asked;
  return {
    names,
    leftOut: asked.length === 0 ? all.filter((name) => !names.includes(name)) : [],
    isJson: flags.includes('--json'),
    options: flags.filter((flag) => flag !== '--json' && flag !== '--all'),
  };
}

/** The figure that a line of a benchmark's output tells, if it tells one. */
export function readFigure(line: string): FigureLine | undefined {
  if (!line.startsWith('{"name":')) return undefined;
  try {
    return JSON.parse(line) as FigureLine;
  } catch {
    return undefined;
  }
}

const COLUMNS = ['name', 'value', 'unit', 'ceiling', 'ratio', 'runs', 'spread'];
/** Texts stand at the left. */
const TEXT_COLUMNS = ['name', 'unit'];

/** The figures of one benchmark, numbers aligned at the right. */
export function figureTable(figures: readonly FigureLine[]): string {
  const rows = [COLUMNS, ...figures.map(cellsOf)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        TEXT_COLUMNS.includes(COLUMNS[column] ?? '')
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

function cellsOf({ name, value, unit, ceiling, ratio, runs, spread }: FigureLine): string[] {
  return [
    ...[name, numberText(value), unit],
    ...[numberText(ceiling), numberText(ratio), String(runs)],
    runs === 1 ? '-' : `${Math.round(spread * 100)}%`,
  ];
}

function numberText(value: number | null): string {
  if (value === null) return '-';
  return value.toLocaleString('en-US', { maximumSignificantDigits: 4 });
}
