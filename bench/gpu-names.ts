/**
 * Measures how fast GPU names become categories: names that repeat, as reports bring them, and names that were never
 * seen before. Prints one JSON line per figure. The ceiling, in turns with the measured loop, only reads the character
 * codes of the same strings.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGpuNormaliser } from '../src/domain/gpu/normalise.ts';
import { projectRoot } from '../src/lib/project-root.ts';
import { printFigure } from './figure.ts';

const RUNS = 5;
const REPEATED_NAMES = 1_000_000;
const DISTINCT_NAMES = 200_000;

const fixture = readFileSync(join(projectRoot(), 'test/fixtures/gpu-names.csv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(',')[0] as string);

measure('gpu_names.repeated', repeatedNames);
measure('gpu_names.distinct', distinctNames);

/** Every run has new strings, since a string that was looked up once is found faster the next time. */
function measure(name: string, makeNames: () => readonly string[]): void {
  const values: number[] = [];
  const ceilings: number[] = [];
  let checksum = normaliseAll(makeNames()) + readAll(makeNames());
  for (let run = 0; run < RUNS; run += 1) {
    const names = makeNames();
    ceilings.push(namesPerSecond(names, () => (checksum += readAll(names))));
    values.push(namesPerSecond(names, () => (checksum += normaliseAll(names))));
  }
  if (checksum === 0) throw new Error('the loops did nothing');
  printFigure({ name, unit: 'names/s', values, ceilings });
}

/** A new normaliser for each run, so that no run finds what another one remembered. */
function normaliseAll(names: readonly string[]): number {
  const normaliser = createGpuNormaliser(new Map());
  let whole = 0;
  for (const name of names) if (normaliser.normalise(name).kind === 'full') whole += 1;
  return whole;
}

function readAll(names: readonly string[]): number {
  let sum = 0;
  for (const name of names) {
    for (let index = 0; index < name.length; index += 1) sum += name.charCodeAt(index);
  }
  return sum;
}

/** Each name is a string of its own, as a decoder makes them, in an order that is the same in every run. */
function repeatedNames(): readonly string[] {
  let state = 1;
  return Array.from({ length: REPEATED_NAMES }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return copied(fixture[(state >>> 8) % fixture.length] as string);
  });
}

function distinctNames(): readonly string[] {
  return Array.from({ length: DISTINCT_NAMES }, (_, index) =>
    copied(`${fixture[index % fixture.length]} ${index}GB`),
  );
}

function copied(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

function namesPerSecond(names: readonly string[], work: () => void): number {
  const startedMs = performance.now();
  work();
  return (names.length * 1_000) / (performance.now() - startedMs);
}
