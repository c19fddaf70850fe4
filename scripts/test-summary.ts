/** Prints the coverage and, as the last line, how many tests passed and failed, from what vitest wrote. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = join(resolve(fileURLToPath(new URL('..', import.meta.url))), 'coverage');

interface TestCounts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

interface CoverageTotals {
  readonly total: Readonly<Record<'lines' | 'branches', { readonly pct: number }>>;
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as T;
}

const { total } = read<CoverageTotals>('coverage-summary.json');
const { numPassedTests, numFailedTests, numPendingTests } = read<TestCounts>('tests.json');
const skipped = numPendingTests === 0 ? '' : `, ${numPendingTests} skipped`;
process.stdout.write(
  `coverage: ${total.lines.pct} % of lines, ${total.branches.pct} % of branches\n`,
);
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed${skipped}\n`);
