/**
 * `tsx scripts/charts.ts FILE`: writes the charts of `docs/charts/` from the lines that `npm run bench -- --json` printed into the
 * file. A chart whose figures are not there is left as it is, with a line on stderr.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFigure } from '../bench/benchmark-run.ts';
import { BENCH_CHARTS } from './bench-charts.ts';

const [file] = process.argv.slice(2);
if (file === undefined) {
  process.stderr.write('say which file has the figures: tsx scripts/charts.ts FILE\n');
  process.exit(2);
}
const lines = readFileSync(file, 'utf8').split('\n');
const figures = new Map(
  lines
    .map(readFigure)
    .flatMap((figure) => (figure === undefined ? [] : [[figure.name, figure] as const])),
);
const folder = new URL('../docs/charts/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const { file: name, draw } of BENCH_CHARTS) {
  const chart = draw(figures);
  if (chart === undefined) process.stderr.write(`${name}: its figures are not in ${file}\n`);
  else writeFileSync(new URL(name, folder), chart);
}
