import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEY_TYPES } from '../../src/config/keys.ts';
import { loadConfig, loadConfigWithOrigins, nested } from '../../src/config/load-config.ts';
import { parseToml } from '../../src/config/toml-file.ts';
import { defaultEmissionConfig } from '../../src/domain/emission-rules.ts';
import { projectRoot } from '../../src/lib/project-root.ts';
import { ConfigFiles, configErrorOf } from '../support/config-files.ts';

const files = new ConfigFiles();

describe('the defaults', () => {
  it('hold when nothing is configured', () => {
    const { compute, ...config } = files.loadNothing();
    expect(config).toEqual({
      server: {
        listen: '127.0.0.1:50551',
        reflection: true,
        maxStreams: 256,
        maxCalls: 1_024,
        maxMessageBytes: 4_194_304,
        maxQueuedBytes: 4_194_304,
        drainGraceMs: 10_000,
      },
      store: { database: 'assay.db', synchronous: 'full', maxWaitingRows: 1_000_000 },
      chain: {
        kind: 'dev',
        netuid: 1,
        mecid: 0,
        versionKey: 0,
        requireActiveAxon: false,
        dev: {
          blockTimeMs: 12_000,
          miners: 256,
          seed: 1,
          tempoBlocks: 360,
          weightsRateLimitBlocks: 100,
          minAllowedWeights: 1,
          maxWeightLimit: 65_535,
          commitReveal: false,
        },
        subtensor: {
          network: 'finney',
          endpoints: ['wss://entrypoint-finney.opentensor.ai:443'],
          genesisHash: '0x2f0555cc76fc2840a25a6ea3b9637146806f1f44b090c175ffde2a7e5ab36c03',
          headTimeoutMs: 60_000,
          requestTimeoutMs: 20_000,
          eraBlocks: 16,
        },
      },
      wallet: {
        path: join(homedir(), '.bittensor/wallets'),
        name: 'default',
        hotkey: 'default',
        allowLooseMode: false,
      },
      emission: defaultEmissionConfig(),
      emissionSource: 'default',
      scoring: {
        emaAlpha: 0.3,
        onModelChange: 'reset',
        minScore: 0,
        cutoffMs: 3 * 3_600_000,
        executorTtlMs: 6 * 3_600_000,
      },
      gpu: { aliases: new Map() },
      actors: {
        mailboxCapacity: 256,
        actorsMax: 65_536,
        idleActorsMax: 2_048,
        idleEvictMs: 600_000,
        batchReportsMax: 64,
        queuedReportsMax: 16_384,
      },
      retention: {
        resultsMs: 2_592_000_000,
        profilesMs: 2_592_000_000,
        ledgerMs: 63_072_000_000,
        intervalMs: 3_600_000,
      },
      log: { level: 'info', pretty: 'auto' },
    });
    expect(compute).toMatchObject({ inlinePairsMax: 16_384, taskTimeoutMs: 30_000 });
    expect([1, 2]).toContain(compute.threads);
  });

  it('are what the example file says, key by key', () => {
    const file = join(projectRoot(), 'assay.example.toml');
    const example = loadConfigWithOrigins({ file, env: {} });
    expect({ ...example.config, emissionSource: 'default' }).toEqual(files.loadNothing());
    const written = example.origins.filter(({ source }) => source === file);
    const withoutDefault = [
      'chain.dev.state_file',
      'chain.subtensor.genesis_hash',
      'wallet.password_file',
      'retention.archive_dir',
    ];
    expect([...written.map(({ key }) => key), ...withoutDefault].sort()).toEqual(
      [...KEY_TYPES.keys()].sort(),
    );
  });
});

describe('a file', () => {
  it('overrides the defaults, key by key', () => {
    const config = files.load(`
      [server]
      listen = "[::1]:0"
      drain_grace = { secs = 90 }
      [chain]
      netuid = 39
      require_active_axon = true
      dev = { block_time = "250ms", state_file = "chain.json" }
      [emission]
      burn_percentage = 12.345678
      [compute]
      threads = 5
      [log]
      level = "debug"
      pretty = false
    `);
    expect(config.server).toMatchObject({ listen: '[::1]:0', drainGraceMs: 90_000 });
    expect(config.chain).toMatchObject({ netuid: 39, requireActiveAxon: true });
    expect(config.chain.dev).toMatchObject({ blockTimeMs: 250, stateFile: 'chain.json', seed: 1 });
    expect(config.emission).toEqual({ ...defaultEmissionConfig(), burnPercentage: 12.345678 });
    expect(config.emissionSource).toBe('file');
    expect(config.compute.threads).toBe(5);
    expect(config.log).toEqual({ level: 'debug', pretty: false });
  });

  it('is found as assay.toml in the working directory', () => {
    const directory = join(files.folder, 'found');
    mkdirSync(directory);
    writeFileSync(join(directory, 'assay.toml'), '\uFEFF[chain]\nnetuid = 7\n');
    expect(loadConfig({ directory, env: {} }).chain.netuid).toBe(7);
  });

  it('that is named and not there is missing', () => {
    const { kind, message } = configErrorOf(() =>
      files.loadNothing({ file: join(files.folder, 'absent.toml') }),
    );
    expect(kind).toBe('missing');
    expect(message).toContain('absent.toml: the file does not exist');
  });

  it('that is a folder is unreadable', () => {
    expect(configErrorOf(() => files.loadNothing({ file: files.folder })).kind).toBe('unreadable');
  });

  it('that is not TOML is malformed, with line and column', () => {
    const { kind, problems, message } = configErrorOf(() => files.load('[server]\nlisten = \n'));
    expect(kind).toBe('malformed');
    expect(problems[0]).toMatchObject({ line: 2 });
    expect(message).toMatch(/\.toml:2:\d+: is not TOML: /);
  });

  it('with a key twice is malformed', () => {
    expect(configErrorOf(() => files.load('[chain]\nnetuid = 1\nnetuid = 2')).kind).toBe(
      'malformed',
    );
  });
});

describe('an emission section of a Basilica file', () => {
  const section = `
    [emission]
    burn_percentage = 10.0
    burn_uid = 204
    weight_set_interval_blocks = 300
    weight_version_key = 7
    min_miners_per_category = 2
    [emission.gpu_allocations]
    A100 = 8.0
    H100 = { weight = 12.0, min_gpu_count = 4, min_gpu_vram = 80 }
    b200 = { weight = 80.0, min_gpu_count = 8 }
  `;

  it('is taken unchanged, in both forms of allocation', () => {
    const { emission, chain } = files.load(section);
    expect(emission).toEqual({
      ...defaultEmissionConfig(),
      burnPercentage: 10,
      burnTarget: 204,
      weightSetIntervalBlocks: 300,
      minMinersPerCategory: 2,
      gpuAllocations: new Map([
        ['A100', { weight: 8, minGpuCount: 0, minGpuVramGib: 0 }],
        ['H100', { weight: 12, minGpuCount: 4, minGpuVramGib: 80 }],
        ['B200', { weight: 80, minGpuCount: 8, minGpuVramGib: 0 }],
      ]),
    });
    expect(chain.versionKey).toBe(7);
  });

  it('may say the same twice', () => {
    const text = '[emission]\nburn_uid = 3\nburn_target = 3';
    expect(files.load(text).emission.burnTarget).toBe(3);
  });

  it.each([
    ['[emission]\nburn_uid = 3\nburn_target = "owner"', 'emission.burn_target'],
    ['[emission]\nweight_version_key = 3\n[chain]\nversion_key = 4', 'chain.version_key'],
  ])('cannot say two things at once: %j', (text, key) => {
    const [problem, ...others] = files.problemsOf(text);
    expect(others).toEqual([]);
    expect(problem?.key).toBe(key);
    expect(problem?.rule).toMatch(/^agrees with /);
  });

  it('has a burn UID that is a number', () => {
    expect(files.problemsOf('[emission]\nburn_uid = "owner"')).toMatchObject([
      { key: 'emission.burn_uid', value: '"owner"', rule: 'is an integer from 0 to 65535' },
    ]);
  });
});

describe('the environment', () => {
  it('overrides the file, with values as the key takes them', () => {
    const env = {
      ASSAY_SERVER__LISTEN: '127.0.0.1:1',
      ASSAY_SERVER__REFLECTION: 'false',
      ASSAY_STORE__DATABASE: '2026',
      ASSAY_CHAIN__DEV__SEED: '42',
      ASSAY_CHAIN__DEV__BLOCK_TIME: '{ secs = 1, nanos = 500000000 }',
      ASSAY_EMISSION__BURN_TARGET: '12',
      ASSAY_EMISSION__GPU_ALLOCATIONS: '{ h100 = 60, A100 = { weight = 40 } }',
      ASSAY_COMPUTE__THREADS: 'auto',
    };
    const config = files.load('[chain.dev]\nseed = 1\n[compute]\nthreads = 9', { env });
    expect(config.server).toMatchObject({ listen: '127.0.0.1:1', reflection: false });
    expect(config.store.database).toBe('2026');
    expect(config.chain.dev).toMatchObject({ seed: 42, blockTimeMs: 1_500 });
    expect(config.emission.burnTarget).toBe(12);
    expect([...config.emission.gpuAllocations.keys()]).toEqual(['H100', 'A100']);
    expect(config.emissionSource).toBe('file');
    expect(config.compute.threads).toBeLessThanOrEqual(2);
  });

  it('may use the other spelling of a key', () => {
    const env = { ASSAY_EMISSION__BURN_UID: '204' };
    expect(files.loadNothing({ env }).emission.burnTarget).toBe(204);
  });

  it('leaves alone what is empty or somebody else’s', () => {
    const env = {
      ASSAY_SERVER__LISTEN: '',
      ASSAY_SERVICE_HOST: '10.0.0.1',
      ASSAY_PORT: 'tcp://10.0.0.1:50551',
      OTHER__KEY: 'x',
      ASSAY_ABSENT__KEY: undefined,
    };
    expect(files.loadNothing({ env })).toEqual(files.loadNothing());
  });

  it('names the variable and the nearest key when it is refused', () => {
    const env = {
      ASSAY_CHAIN__NETUIDS: '1',
      ASSAY_CHAIN__MECID: '256',
      ASSAY_STORE__DATABASE: ' ',
      ASSAY_EMISSION__BURN_PERCENTAGE: '5\nother = 1',
    };
    expect(configErrorOf(() => files.loadNothing({ env })).problems).toMatchObject([
      { source: 'environment', key: 'ASSAY_CHAIN__NETUIDS', nearest: 'chain.netuid' },
      { key: 'ASSAY_STORE__DATABASE', rule: 'is the path of a file' },
      { key: 'ASSAY_CHAIN__MECID', value: '256', rule: 'is an integer from 0 to 255' },
      { key: 'ASSAY_EMISSION__BURN_PERCENTAGE', rule: 'is a number' },
    ]);
  });
});

describe('presets', () => {
  it('win over the defaults and nothing else', () => {
    const presets = { 'chain.dev.seed': 9, 'chain.netuid': 9, 'log.level': 'error' };
    const env = { ASSAY_CHAIN__NETUID: '3' };
    const config = files.load('[chain.dev]\nseed = 1', { env, presets });
    expect(config.chain).toMatchObject({ netuid: 3, dev: { seed: 1 } });
    expect(config.log.level).toBe('error');
    const { origins } = loadConfigWithOrigins({ directory: files.folder, env: {}, presets });
    expect(origins.find(({ key }) => key === 'log.level')?.source).toBe('preset');
  });
});

describe('flags', () => {
  it('override everything, and undefined ones nothing', () => {
    const env = { ASSAY_CHAIN__DEV__SEED: '2', ASSAY_STORE__DATABASE: 'env.db' };
    const flags = { 'chain.dev.seed': '3', 'chain.dev.miners': 5, 'store.database': undefined };
    const config = files.load('[chain.dev]\nseed = 1', { env, flags });
    expect(config.chain.dev).toMatchObject({ seed: 3, miners: 5 });
    expect(config.store.database).toBe('env.db');
  });

  it('win over another spelling in the file', () => {
    const flags = { 'emission.burn_target': 'owner' };
    expect(files.load('[emission]\nburn_uid = 3', { flags }).emission.burnTarget).toBe('owner');
  });
});

describe('origins', () => {
  it('say where each value came from and how it was spelt', () => {
    const file = files.write('[emission]\nburn_uid = 204\n[chain]\nnetuid = 3');
    const env = { ASSAY_CHAIN__NETUID: '4' };
    const flags = { 'store.database': 'x.db' };
    const { origins } = loadConfigWithOrigins({ file, env, flags });
    const of = (key: string) => origins.find((origin) => origin.key === key);
    expect(of('emission.burn_target')).toEqual({
      key: 'emission.burn_target',
      value: 204,
      source: file,
      writtenAs: 'emission.burn_uid',
    });
    expect(of('chain.netuid')).toMatchObject({
      value: 4,
      source: 'environment',
      writtenAs: 'ASSAY_CHAIN__NETUID',
    });
    expect(of('store.database')).toMatchObject({ value: 'x.db', source: 'flag' });
    expect(of('log.level')).toMatchObject({ value: 'info', source: 'default' });
    expect(of('chain.dev.state_file')).toBeUndefined();
  });

  it('give back the tables, which load to the same configuration', () => {
    const text = '[emission]\nburn_uid = 204\n[server]\ndrain_grace = { secs = 3 }';
    const { config, origins } = loadConfigWithOrigins({ file: files.write(text), env: {} });
    const flags = Object.fromEntries(origins.map(({ key, value }) => [key, value]));
    expect(files.loadNothing({ flags })).toEqual(config);
    expect(nested(origins.map((origin) => [origin.key, origin]))).toMatchObject({
      emission: { burn_target: 204 },
      server: { drain_grace: { secs: 3 } },
    });
  });
});

describe('TOML', () => {
  it('keeps integers that a double cannot hold apart from the ones that it can', () => {
    expect(parseToml('a = 9007199254740993\nb = 1', 'x')).toEqual({ a: 9007199254740993n, b: 1 });
  });
});
