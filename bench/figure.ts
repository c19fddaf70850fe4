/** One measured figure; `values` has one entry per run and `ceilings` the ceiling of the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly ceilings?: readonly number[];
}

/** A figure as it is printed: `bench.case.quantity`, with one line of JSON each. */
export interface FigureLine {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ceiling: number | null;
  readonly ratio: number | null;
  readonly runs: number;
  readonly spread: number;
}

/**
 * Prints one JSON line: `value` is the median of the runs, `ceiling` that of the ceilings, `ratio` the median of the ratios
 * run by run, and `spread` the largest minus the smallest run as a part of the median.
 */
export function printFigure({ name, unit, values, ceilings }: Figure): void {
  const value = median(values);
  const ratios = ceilings?.map((ceiling, run) => (values[run] as number) / ceiling);
  const figure: FigureLine = {
    name,
    value: rounded(value),
    unit,
    ceiling: ceilings === undefined ? null : rounded(median(ceilings)),
    ratio: ratios === undefined ? null : rounded(median(ratios)),
    runs: values.length,
    spread: value === 0 ? 0 : rounded((Math.max(...values) - Math.min(...values)) / value),
  };
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** Prints `<name>.p50` and `<name>.p99` of the durations of single calls. */
export function printPercentiles(name: string, timesMs: readonly number[]): void {
  for (const percent of [50, 99]) {
    const values = [percentile(timesMs, percent)];
    printFigure({ name: `${name}.p${percent}`, unit: 'ms', values });
  }
}

/** How long each call took, one after the other. */
export async function timesMs<T>(
  items: Iterable<T>,
  run: (item: T) => unknown,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (const item of items) {
    const startedMs = performance.now();
    await run(item);
    times.push(performance.now() - startedMs);
  }
  return times;
}

/** The middle one, the upper of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The value that `percent` of the others do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
