import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { ConfigFiles, configErrorOf } from '../support/config-files.ts';

const files = new ConfigFiles();

describe('an unknown key', () => {
  it.each([
    ['[server]\nlistn = "x:1"', 'server.listn', 'server.listen'],
    ['[sever]\nlisten = "x:1"', 'sever', 'server'],
    ['netuid = 3', 'netuid', 'chain.netuid'],
    ['[chain.dev]\nblocktime = "1s"', 'chain.dev.blocktime', 'chain.dev.block_time'],
    ['[emission]\nburn_precentage = 1', 'emission.burn_precentage', 'emission.burn_percentage'],
    ['[emission]\nburn_uids = 1', 'emission.burn_uids', 'emission.burn_uid'],
    ['"chain.netuid" = 3', '"chain.netuid"', 'chain.netuid'],
    ['[zebra]\ncrossing = 1', 'zebra', undefined],
    ['__proto__ = { netuid = 3 }', '__proto__', undefined],
  ])('of %j is refused with the nearest known one', (text, key, nearest) => {
    const [problem, ...others] = files.problemsOf(text);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ key, rule: 'is not a key' });
    expect(problem?.nearest).toBe(nearest);
  });

  it('inside an allocation is refused with the nearest known one', () => {
    expect(
      files.problemsOf(
        '[emission.gpu_allocations]\nH100 = { weight = 100, min_gpu_cont = 1, zz = 1 }',
      ),
    ).toMatchObject([
      {
        key: 'emission.gpu_allocations.H100.min_gpu_cont',
        value: '1',
        rule: 'is not a key',
        nearest: 'min_gpu_count',
      },
      { key: 'emission.gpu_allocations.H100.zz', rule: 'is not a key' },
    ]);
  });
});

describe('a value', () => {
  it.each([
    ['server', 'listen', '"localhost"', 'is host:port'],
    ['server', 'listen', '"localhost:65536"', 'is host:port'],
    ['server', 'listen', '50551', 'is host:port'],
    ['server', 'reflection', '"yes"', 'is true or false'],
    ['server', 'max_streams', '0', 'is an integer from 1 to 65536'],
    ['server', 'max_streams', '1.5', 'is an integer from 1 to 65536'],
    ['server', 'max_streams', 'nan', 'is an integer from 1 to 65536'],
    ['server', 'max_calls', '65537', 'is an integer from 1 to 65536'],
    ['server', 'max_queued_bytes', '1048575', 'is an integer from 1048576 to 68719476736'],
    ['server', 'drain_grace', '"10 parsecs"', /^is a duration from 0ms to 1h /],
    ['server', 'drain_grace', '10', /^is a duration /],
    ['server', 'drain_grace', '"2h"', /^is a duration /],
    ['server', 'drain_grace', '{ secs = -1 }', /^is a duration /],
    ['server', 'drain_grace', '2026-01-01', /^is a duration /],
    ['store', 'database', '""', 'is the path of a file'],
    ['store', 'synchronous', '"off"', 'is one of "full", "normal"'],
    ['store', 'max_waiting_rows', '999', 'is an integer from 1000 to 100000000'],
    ['actors', 'queued_reports_max', '0', 'is an integer from 1 to 1048576'],
    ['chain', 'kind', '"substrate"', 'is one of "dev", "subtensor"'],
    ['chain', 'netuid', '0', 'is an integer from 1 to 65535'],
    ['chain', 'netuid', '65536', 'is an integer from 1 to 65535'],
    ['chain', 'version_key', '9223372036854775807', /^is an integer from 0 to 9007199254740991$/],
    ['chain', 'require_active_axon', '1', 'is "auto" or true or false'],
    ['chain', 'dev', '5', 'is a table'],
    ['scoring', 'ema_alpha', '0', 'is a number more than 0 to 1'],
    ['scoring', 'ema_alpha', 'inf', 'is a number from 0 to 1'],
    ['scoring', 'on_model_change', '"drop"', 'is one of "reset", "keep"'],
    ['scoring', 'cutoff_hours', '"3h"', 'is a number from 0.01 to 8760'],
    ['compute', 'threads', '0', 'is "auto" or an integer from 1 to 64'],
    ['retention', 'results', '"47h"', /^is a duration from 2d to 3650d such as /],
    ['retention', 'results', '"3651d"', /^is a duration from 2d to 3650d such as /],
    ['retention', 'profiles', '"23h"', /^is a duration from 1d to 3650d /],
    ['retention', 'ledger', '"forever"', /^is a duration from 1d to 3650d /],
    ['retention', 'interval', '"0s"', /^is a duration from 1m to 7d /],
    ['retention', 'archive_dir', '""', 'is the path of a folder'],
    ['log', 'level', '"loud"', /^is one of "trace", /],
    ['emission', 'burn_percentage', 'nan', /^is a percentage from 0 to 100 /],
    ['emission', 'burn_percentage', '"5"', 'is a number'],
    ['emission', 'burn_target', '"nobody"', 'is "owner" or a UID from 0 to 65535'],
    ['emission', 'burn_uid', '65536', 'is an integer from 0 to 65535'],
    ['emission', 'weight_set_interval_blocks', '0', 'is an integer from 1 to 4294967295'],
    ['emission', 'min_miners_per_category', '0', 'is an integer from 1 to 65536'],
    ['emission', 'unallocated', '"keep"', 'is one of "burn", "redistribute"'],
    ['emission', 'gpu_allocations', '{}', 'allocates to at least one category'],
    ['emission', 'gpu_allocations', '[1]', /^is a table of categories/],
    ['emission', 'gpu_allocations', '{ H100 = 99 }', 'has weights that sum to 100 within 0.01'],
    ['gpu', 'aliases', '5', /^is a table of driver names/],
  ])('%s.%s = %s is refused', (...[section, key, value, rule]) => {
    const [problem, ...others] = files.problemsOf(`[${section}]\n${key} = ${value}`);
    expect(others).toEqual([]);
    expect(problem?.key).toBe(`${section}.${key}`);
    expect(problem?.rule).toMatch(rule);
    expect(problem?.source).toMatch(/\.toml$/);
  });

  it.each([
    ['H1OO = 100', 'H1OO', '100', /^is a known category, the nearest is H100$/],
    ['OTHER = 100', 'OTHER', '100', /can be paid/],
    ['other = { weight = 100 }', 'OTHER', '{"weight":100}', /can be paid/],
    ['H100 = 50\nh100 = 50', 'h100', '50', /^names each category once/],
    ['H100 = "all"', 'H100', '"all"', /^is a percentage or \{ weight/],
    ['H100 = { min_gpu_count = 1 }', 'H100.weight', 'undefined', /^is a number$/],
    ['H100 = { weight = inf }', 'H100.weight', 'Infinity', /^is a percentage more than 0/],
    ['"H\\u0007" = 100', '"H\\u0007"', '100', /^is a known category/],
  ])('of an allocation such as %j is refused', (...[line, key, value, rule]) => {
    const [problem] = files.problemsOf(`[emission.gpu_allocations]\n${line}`);
    expect(problem?.key).toBe(`emission.gpu_allocations.${key}`);
    expect(problem?.value).toBe(value);
    expect(problem?.rule).toMatch(rule);
  });

  it.each([
    ['"Some Card" = "H1OO"', 'Some Card', /^is a known category, the nearest is H100$/],
    ['"Some Card" = 3', 'Some Card', /^is a category, for example "H100"$/],
    ['"" = "H100"', '', /^has a driver name of 1 to 256 characters$/],
    ['"Card" = "H100"\n"card" = "A100"', 'card', /^names each driver name once/],
    ['"My-Card 2" = "H100"\n"my_card2" = "A100"', 'my_card2', /whatever its case and separators$/],
  ])('of an alias such as %j is refused', (line, key, rule) => {
    const [problem] = files.problemsOf(`[gpu.aliases]\n${line}`);
    expect(problem?.key).toBe(`gpu.aliases.${key}`);
    expect(problem?.rule).toMatch(rule);
  });

  it('that deletes profiles before they are stale is refused, wherever it stands', () => {
    const rule = 'is not shorter than scoring.cutoff_hours: a miner may be paid that long';
    expect(
      files.problemsOf('[scoring]\ncutoff_hours = 48.5\n[retention]\nprofiles = "2d"'),
    ).toMatchObject([{ key: 'retention.profiles', value: '"2d"', rule }]);
    expect(files.problemsOf('[scoring]\ncutoff_hours = 721')).toMatchObject([
      { key: 'retention.profiles', value: '"30d"', rule, source: 'default' },
    ]);
    expect(files.load('[scoring]\ncutoff_hours = 720').retention.profilesMs).toBe(2_592_000_000);
  });

  it('of a retention may be as long as ten years', () => {
    const text = '[retention]\nresults = "2d"\nledger = "3650d"\narchive_dir = "old/ledger"';
    expect(files.load(text).retention).toEqual({
      resultsMs: 172_800_000,
      profilesMs: 2_592_000_000,
      ledgerMs: 315_360_000_000,
      intervalMs: 3_600_000,
      archiveDir: 'old/ledger',
    });
  });

  it('of an alias is taken in any spelling', () => {
    const { aliases } = files.load('[gpu.aliases]\n"NVIDIA H100 Custom" = "h100"').gpu;
    expect([...aliases]).toEqual([['NVIDIA H100 Custom', 'H100']]);
  });

  it('is named with its file, key, value, rule and nearest key, and every problem is', () => {
    const file = files.write('[server]\nlistn = "x"\nmax_streams = -1\n[emission]\nburn_uid = -1');
    const { message, kind } = configErrorOf(() => loadConfig({ file, env: {} }));
    expect(kind).toBe('invalid');
    expect(message.split('\n')).toEqual([
      `${file}: server.listn = "x": is not a key; did you mean server.listen?`,
      `${file}: server.max_streams = -1: is an integer from 1 to 65536`,
      `${file}: emission.burn_uid = -1: is an integer from 0 to 65535`,
    ]);
  });

  it('does not hide the problems of its neighbours', () => {
    const allocations = 'H1OO = 50\nA100 = { weight = 10, min_gpu_cont = 2 }\nL4 = 1\nl4 = 1';
    const text = `[emission]\nburn_percentage = nan\n[emission.gpu_allocations]\n${allocations}`;
    expect(files.problemsOf(text).map(({ key }) => key)).toEqual([
      'emission.gpu_allocations.A100.min_gpu_cont',
      'emission.gpu_allocations.l4',
      'emission.burn_percentage',
      'emission.gpu_allocations.H1OO',
    ]);
  });

  it('is shortened when it is long', () => {
    const [problem] = files.problemsOf(`[chain]\nkind = "${'x'.repeat(1_000)}"`);
    expect(problem?.value).toHaveLength(64);
  });
});
