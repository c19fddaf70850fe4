/** Charts as SVG texts: lines over two logarithmic axes, and groups of horizontal bars. Readable on light and dark pages. */

/** Lines over logarithmic axes; all values are above zero. */
export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
}

export interface Line {
  readonly label: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Groups of bars from the left. */
export interface BarChart {
  readonly title: string;
  readonly valueLabel: string;
  /** Over a logarithmic axis bars begin at the power of ten below the least value. */
  readonly isLogarithmic: boolean;
  /** What the bars of each group are, in their order. */
  readonly bars: readonly string[];
  readonly groups: readonly BarGroup[];
  /** A value that bars should not pass. */
  readonly bound?: { readonly value: number; readonly label: string };
}

export interface BarGroup {
  readonly label: string;
  /** One for each name in `bars`; undefined leaves its place out. */
  readonly values: readonly (number | undefined)[];
}

const WIDTH = 760;
const MARGIN = 16;
const LINE_CHART_HEIGHT = 440;
const TITLE_Y = 28;
const LEGEND_Y = 50;
const PLOT_TOP = 70;
/** Below the label of the axis that stands above it. */
const LINES_TOP = 92;
/** Half of the last number below the axis. */
const RIGHT = WIDTH - 40;
const AXIS_HEIGHT = 48;
const LEGEND_GAP = 28;
/** About the width of a character at 12 pixels. */
const CHARACTER = 7.2;
const BAR_HEIGHT = 14;
const BAR_STEP = 17;
const GROUP_GAP = 12;
/** Room for the number behind the longest bar. */
const NUMBER_WIDTH = 62;
const LINEAR_TICKS = 5;

const STYLE = `<style>
text { font: 12px system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.page { fill: #ffffff; } .grid { stroke: #d1d9e0; } .bound { stroke: #cf222e; stroke-dasharray: 5 4; }
.boundText { fill: #cf222e; }
.s0 { fill: #0969da; stroke: #0969da; } .s1 { fill: #bf5600; stroke: #bf5600; } .s2 { fill: #1a7f37; stroke: #1a7f37; }
.s3 { fill: #8250df; stroke: #8250df; } .s4 { fill: #6e7781; stroke: #6e7781; } .line { fill: none; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; } .page { fill: #0d1117; } .grid { stroke: #30363d; } .bound { stroke: #ff7b72; } .boundText { fill: #ff7b72; }
.s0 { fill: #58a6ff; stroke: #58a6ff; } .s1 { fill: #f0883e; stroke: #f0883e; } .s2 { fill: #3fb950; stroke: #3fb950; }
.s3 { fill: #bc8cff; stroke: #bc8cff; } .s4 { fill: #9198a1; stroke: #9198a1; } .line { fill: none; }
}
</style>`;

/** Where a value stands along an axis, in pixels. */
type Place = (value: number) => number;

interface Axis {
  readonly place: Place;
  readonly ticks: readonly number[];
}

export function lineChartSvg({ title, xLabel, yLabel, lines }: LineChart): string {
  const left = 64;
  const bottom = LINE_CHART_HEIGHT - AXIS_HEIGHT;
  const points = lines.flatMap((line) => line.points);
  const x = logarithmic(
    points.map(([at]) => at),
    { from: left, to: RIGHT },
  );
  const y = logarithmic(
    points.map(([, value]) => value),
    { from: bottom, to: LINES_TOP },
  );
  const parts = [
    ...x.ticks.flatMap((tick) => verticalTick(tick, { x: x.place(tick), top: LINES_TOP, bottom })),
    ...y.ticks.flatMap((tick) => [
      line('grid', [left, y.place(tick)], [RIGHT, y.place(tick)]),
      text(numberText(tick), [left - 8, y.place(tick) + 4], 'end'),
    ]),
    text(xLabel, [(left + RIGHT) / 2, LINE_CHART_HEIGHT - 10], 'middle'),
    text(yLabel, [left - 8, LINES_TOP - 14], 'end'),
    ...lines.flatMap((each, index) => drawnLine(each, { index, x: x.place, y: y.place })),
  ];
  const labels = lines.map(({ label }) => label);
  return svg(title, { height: LINE_CHART_HEIGHT, parts: [...legend(labels), ...parts] });
}

export function barChartSvg(chart: BarChart): string {
  const { title, valueLabel, bars, groups, bound } = chart;
  const labelWidth = Math.max(...groups.map(({ label }) => label.length)) * CHARACTER;
  const left = MARGIN + labelWidth + 10;
  const groupHeight = bars.length * BAR_STEP + GROUP_GAP;
  const bottom = PLOT_TOP + groups.length * groupHeight;
  const values = groups.flatMap((group) => group.values).filter((value) => value !== undefined);
  const range = { from: left, to: WIDTH - MARGIN - NUMBER_WIDTH };
  const all = bound === undefined ? values : [...values, bound.value];
  const axis = chart.isLogarithmic ? logarithmic(all, range) : linear(all, range);
  const parts = [
    ...axis.ticks.flatMap((tick) =>
      verticalTick(tick, { x: axis.place(tick), top: PLOT_TOP, bottom }),
    ),
    ...groups.flatMap((group, index) =>
      drawnGroup(group, { left, top: PLOT_TOP + index * groupHeight, place: axis.place }),
    ),
    ...(bound === undefined ? [] : drawnBound(bound.label, { x: axis.place(bound.value), bottom })),
    text(valueLabel, [(left + range.to) / 2, bottom + 36], 'middle'),
  ];
  return svg(title, { height: bottom + AXIS_HEIGHT, parts: [...legend(bars), ...parts] });
}

function drawnLine(
  { points }: Line,
  { index, x, y }: { readonly index: number; readonly x: Place; readonly y: Place },
): string[] {
  const path = points.map(([at, value]) => `${pixels(x(at))},${pixels(y(value))}`).join(' ');
  return [
    `<polyline class="s${index} line" points="${path}"/>`,
    ...points.map(
      ([at, value]) =>
        `<circle class="s${index}" cx="${pixels(x(at))}" cy="${pixels(y(value))}" r="3"/>`,
    ),
  ];
}

function drawnGroup(
  { label, values }: BarGroup,
  { left, top, place }: { readonly left: number; readonly top: number; readonly place: Place },
): string[] {
  const middle = top + (values.length * BAR_STEP) / 2 + 4;
  return [
    text(label, [left - 10, middle], 'end'),
    ...values.flatMap((value, index) => {
      if (value === undefined) return [];
      const y = top + index * BAR_STEP;
      const end = Math.max(left + 1, place(value));
      return [
        `<rect class="s${index}" x="${pixels(left)}" y="${pixels(y)}" width="${pixels(end - left)}" height="${BAR_HEIGHT}"/>`,
        text(numberText(value), [end + 6, y + BAR_HEIGHT - 3], 'start'),
      ];
    }),
  ];
}

function drawnBound(label: string, { x, bottom }: { readonly x: number; readonly bottom: number }) {
  const shown = `<text class="boundText" x="${pixels(x)}" y="${PLOT_TOP - 8}" text-anchor="middle">${escaped(label)}</text>`;
  return [line('bound', [x, PLOT_TOP - 4], [x, bottom]), shown];
}

function verticalTick(
  tick: number,
  { x, top, bottom }: { readonly x: number; readonly top: number; readonly bottom: number },
): string[] {
  return [line('grid', [x, top], [x, bottom]), text(numberText(tick), [x, bottom + 18], 'middle')];
}

function legend(labels: readonly string[]): string[] {
  let x = MARGIN;
  return labels.flatMap((label, index) => {
    const at = x;
    x += 16 + label.length * CHARACTER + LEGEND_GAP;
    return [
      `<rect class="s${index}" x="${pixels(at)}" y="${LEGEND_Y - 10}" width="11" height="11"/>`,
      text(label, [at + 17, LEGEND_Y], 'start'),
    ];
  });
}

interface PixelRange {
  readonly from: number;
  readonly to: number;
}

/** From the power of ten below the least value to the one above the largest. */
function logarithmic(values: readonly number[], { from, to }: PixelRange): Axis {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return {
    place: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
    ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)),
  };
}

/** From zero in steps of 1, 2 or 5 times a power of ten. */
function linear(values: readonly number[], { from, to }: PixelRange): Axis {
  const most = Math.max(...values);
  const rough = most / LINEAR_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((times) => times * power >= rough) ?? 10);
  const count = Math.ceil(most / step);
  return {
    place: (value) => from + (value / (count * step)) * (to - from),
    ticks: Array.from({ length: count + 1 }, (_, index) => index * step),
  };
}

function svg(title: string, { height, parts }: { height: number; parts: readonly string[] }) {
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="${TITLE_Y}">${escaped(title)}</text>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

type Point = readonly [x: number, y: number];

function line(kind: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<line class="${kind}" x1="${pixels(x1)}" y1="${pixels(y1)}" x2="${pixels(x2)}" y2="${pixels(y2)}"/>`;
}

function text(content: string, [x, y]: Point, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${pixels(x)}" y="${pixels(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
