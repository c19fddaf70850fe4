import { describe, expect, it } from 'vitest';
import { figureTable, readBenchmarkRun, readFigure } from '../../bench/benchmark-run.ts';
import type { FigureLine } from '../../bench/figure.ts';

const figure: FigureLine = {
  ...{ name: 'store.journal', value: 13_700, unit: 'reports/s' },
  ...{ ceiling: 15_900, ratio: 0.862, runs: 5, spread: 0.123 },
};

describe('npm run bench', () => {
  it('runs what is named, in that order', () => {
    expect(readBenchmarkRun(['store', 'allocate'])).toEqual({
      ...{ names: ['store', 'allocate'], leftOut: [], isJson: false, options: [] },
    });
  });

  it('runs the short ones when nothing is named, and says what it leaves out', () => {
    const run = readBenchmarkRun(['--json']);
    expect(run).toMatchObject({ isJson: true, options: [] });
    expect(run).toHaveProperty('names', expect.arrayContaining(['ingest', 'explain']));
    expect(run).toHaveProperty('leftOut', expect.arrayContaining(['chain-blocks', 'peer-nats']));
  });

  it('runs the long ones too with --all, and no peers', () => {
    const run = readBenchmarkRun(['--all']);
    expect(run).toHaveProperty('names', expect.arrayContaining(['ingest', 'chain-blocks']));
    expect(run).toHaveProperty('leftOut', ['peer-nats', 'peer-postgres', 'peer-numpy']);
  });

  it('hands on the options that it does not know', () => {
    expect(readBenchmarkRun(['chain-faults', '--runs=5', '--json'])).toMatchObject({
      ...{ names: ['chain-faults'], isJson: true, options: ['--runs=5'] },
    });
  });

  it('refuses an unknown name with the list', () => {
    const run = readBenchmarkRun(['stroe', 'store']);
    expect(run).toHaveProperty('refusal', expect.stringMatching(/^no benchmark stroe; .*store,/));
  });
});

describe('a line of output', () => {
  it('is a figure', () => {
    expect(readFigure(JSON.stringify(figure))).toEqual(figure);
  });

  it.each(['> assay@0.1.0 bench', '', '{"name":', '{"level":30}'])('is none: %j', (line) => {
    expect(readFigure(line)).toBeUndefined();
  });
});

describe('the table', () => {
  it('has texts at the left, numbers at the right, and a dash for what there is not', () => {
    const alone = { name: 'a', value: 0.00123, unit: '', ceiling: null, ratio: null } as const;
    expect(figureTable([figure, { ...alone, runs: 1, spread: 0 }])).toBe(
      [
        'name             value  unit       ceiling  ratio  runs  spread',
        'store.journal   13,700  reports/s   15,900  0.862     5     12%',
        'a              0.00123                   -      -     1       -',
        '',
      ].join('\n'),
    );
  });
});
