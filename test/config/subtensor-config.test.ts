import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfigWithOrigins } from '../../src/config/load-config.ts';
import { ConfigFiles, configErrorOf } from '../support/config-files.ts';

const files = new ConfigFiles();
const HASH = `0x${'ab'.repeat(32)}`;
const LONG = `ws://${'a'.repeat(2_048)}`;

function subtensor(lines: string, kind = 'subtensor') {
  return files.load(`[chain]\nkind = "${kind}"\n[chain.subtensor]\n${lines}`).chain.subtensor;
}

function problemsOf(lines: string) {
  return files.problemsOf(`[chain]\nkind = "subtensor"\n[chain.subtensor]\n${lines}`);
}

describe('a network', () => {
  it.each([
    ['finney', 'wss://entrypoint-finney.opentensor.ai:443', /^0x2f0555cc[0-9a-f]{56}$/],
    ['test', 'wss://test.finney.opentensor.ai:443', /^0x8f9cf856[0-9a-f]{56}$/],
  ])('%s has its own endpoint and genesis', (network, endpoint, genesis) => {
    const config = subtensor(`network = "${network}"`);
    expect(config).toMatchObject({ network, endpoints: [endpoint] });
    expect(config.genesisHash).toMatch(genesis);
  });

  it('of this machine may have any genesis', () => {
    const config = subtensor('network = "local"');
    expect(config.endpoints).toEqual(['ws://127.0.0.1:9944']);
    expect(config).not.toHaveProperty('genesisHash');
  });

  it('keeps its genesis behind endpoints of the operator, who can name another one', () => {
    const endpoints = 'endpoints = ["ws://127.0.0.1:9944", "wss://node.example/key"]';
    const config = subtensor(endpoints);
    expect(config.endpoints).toEqual(['ws://127.0.0.1:9944', 'wss://node.example/key']);
    expect(config.genesisHash).toMatch(/^0x2f0555cc/);
    const other = subtensor(
      `${endpoints}\ngenesis_hash = "${HASH.toUpperCase().replace('X', 'x')}"`,
    );
    expect(other.genesisHash).toBe(HASH);
  });

  it('that is not known needs endpoints', () => {
    expect(subtensor('network = "mine"\nendpoints = ["ws://127.0.0.1:1"]')).toEqual({
      network: 'mine',
      endpoints: ['ws://127.0.0.1:1'],
      headTimeoutMs: 60_000,
      requestTimeoutMs: 20_000,
      eraBlocks: 16,
    });
    const rule =
      'is "finney", "test" or "local"; any other network needs chain.subtensor.endpoints';
    const key = 'chain.subtensor.network';
    expect(problemsOf('network = "mine"')).toMatchObject([{ key, value: '"mine"', rule }]);
    expect(problemsOf('network = "finny"')).toMatchObject([{ key, rule, nearest: 'finney' }]);
  });

  it('that is not known is nobody’s business on a simulated chain', () => {
    expect(subtensor('network = "mine"', 'dev').network).toBe('mine');
  });
});

describe('endpoints', () => {
  it.each([
    ['"wss://user:key@node.example:443/key?key"', '"wss://node.example:443"', /^is a list of at/],
    ['"user:key@node.example/key"', '"node.example"', /^is a list of at most 8 URLs/],
    ['5', 'number', /^is a list/],
    [`[${Array(9).fill('"ws://a"').join()}]`, '9 entries', /^is a list of at most 8 URLs/],
    ['["ws://a", "https://key@node.example/key"]', '"https://node.example"', /ws:\/\/ or wss:/],
    ['["wss://node.example/key#key"]', '"wss://node.example"', /no fragment$/],
    ['["ws:///key"]', '"ws://"', /^has URLs/],
    ['["ws://a b"]', '"ws://a b"', /^has URLs/],
    ['["ws://a:port"]', '"ws://a:port"', /^has URLs/],
    [`["${LONG}"]`, JSON.stringify(LONG), /^has URLs/],
    ['[7]', '"7"', /^has URLs/],
  ])('%j are refused without showing a key', (given, value, rule) => {
    const [problem, ...others] = problemsOf(`endpoints = ${given}`);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ key: 'chain.subtensor.endpoints', value });
    expect(problem?.rule).toMatch(rule);
  });

  it('come from the environment as a list', () => {
    const env = { ASSAY_CHAIN__SUBTENSOR__ENDPOINTS: '["ws://a", "ws://b"]' };
    expect(files.loadNothing({ env }).chain.subtensor.endpoints).toEqual(['ws://a', 'ws://b']);
  });

  it('are shown without what can be a key, under any key and in origins', () => {
    const url = 'wss://user:hidden@node.example:443/hidden?hidden';
    const file = files.write(`[chain.subtensor]\nendpoints = ["${url}", "ws://plain:1"]`);
    const { config, origins } = loadConfigWithOrigins({ file, env: {} });
    expect(config.chain.subtensor.endpoints).toEqual([url, 'ws://plain:1']);
    expect(origins.find(({ key }) => key === 'chain.subtensor.endpoints')?.value).toEqual([
      'wss://node.example:443',
      'ws://plain:1',
    ]);
    const { message } = configErrorOf(() =>
      files.load(`[chain.subtensor]\nendpoint = "${url}"\nnetwork = "${url}"`),
    );
    expect(message).toContain('did you mean chain.subtensor.endpoints?');
    expect(message).toContain('network = "wss://node.example:443": is the name of a network');
    expect(message).not.toContain('hidden');
  });
});

describe('a value of the chain or the wallet', () => {
  it.each([
    ['chain.subtensor', 'genesis_hash', '"0x12"', 'is 0x and 64 hexadecimal digits'],
    ['chain.subtensor', 'genesis_hash', '12', 'is 0x and 64 hexadecimal digits'],
    ['chain.subtensor', 'head_timeout', '"9s"', /^is a duration from 10s to 10m /],
    ['chain.subtensor', 'head_timeout', '"11m"', /^is a duration from 10s to 10m /],
    ['chain.subtensor', 'request_timeout', '"0s"', /^is a duration from 1s to 5m /],
    ['chain.subtensor', 'era_blocks', '5', 'is one of 8, 16, 32, 64'],
    ['chain.subtensor', 'network', '""', /^is the name of a network/],
    ['wallet', 'path', '""', 'is the path of a folder'],
    ['wallet', 'name', '"a/b"', 'is the name of a folder in wallet.path'],
    ['wallet', 'hotkey', '".."', "is the name of a file in the wallet's hotkeys folder"],
    ['wallet', 'hotkey', '"../coldkey"', "is the name of a file in the wallet's hotkeys folder"],
    ['wallet', 'hotkey', '7', "is the name of a file in the wallet's hotkeys folder"],
    ['wallet', 'password_file', '" "', 'is the path of a file'],
    ['wallet', 'allow_loose_mode', '"no"', 'is true or false'],
  ])('%s.%s = %s is refused', (...[section, key, value, rule]) => {
    const [problem, ...others] = files.problemsOf(`[${section}]\n${key} = ${value}`);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ key: `${section}.${key}`, value });
    expect(problem?.rule).toMatch(rule);
  });

  it.each([8, 16, 32, 64])('may be an era of %i blocks', (blocks) => {
    expect(subtensor(`era_blocks = ${blocks}`).eraBlocks).toBe(blocks);
  });
});

describe('the wallet', () => {
  it('has absolute paths, with ~ for the home folder', () => {
    const env = { HOME: '/home/validator' };
    expect(files.load('[wallet]\npassword_file = "~/secret"', { env }).wallet).toEqual({
      path: '/home/validator/.bittensor/wallets',
      name: 'default',
      hotkey: 'default',
      passwordFile: '/home/validator/secret',
      allowLooseMode: false,
    });
    expect(files.load('[wallet]\npath = "~"', { env }).wallet.path).toBe('/home/validator');
    expect(files.load('[wallet]\npath = "~other/x"').wallet.path).toBe(resolve('~other/x'));
    expect(files.load('[wallet]\npath = "~/x"').wallet.path).toBe(join(homedir(), 'x'));
  });
});

describe('a password', () => {
  const rule = /wallet\.password_file.*prompt.*BT_PW_/;

  it('has no place in a file, a variable of ours or a flag, and is not shown', () => {
    const text = '[wallet]\npassword = "hunter2"';
    const sources = {
      env: { ASSAY_WALLET__PASSWORD: 'hunter2' },
      flags: { 'wallet.password': 'hunter2' },
    };
    const { problems, message } = configErrorOf(() => files.load(text, sources));
    expect(problems).toMatchObject(
      ['wallet.password', 'ASSAY_WALLET__PASSWORD', 'wallet.password'].map((key) => ({
        key,
        value: '***',
        rule: expect.stringMatching(rule),
      })),
    );
    expect(message).not.toContain('hunter2');
  });

  it.each([
    '[wallet]\npasswd = "hunter2"',
    '[wallet]\nmnemonic = "hunter2"',
    '[wallet.keys]\nfile = "hunter2"',
    'wallet = "hunter2"',
    'passphrase = "hunter2"',
    '[chain.subtensor]\nprivate_key = "hunter2"',
  ])('is not shown in %j either', (text) => {
    const { problems, message } = configErrorOf(() => files.load(text));
    expect(problems).toMatchObject([{ value: '***' }]);
    expect(message).not.toContain('hunter2');
  });

  const variable = 'BT_PW__HOME_VALIDATOR__BITTENSOR_WALLETS_MINE_HOTKEYS_FIRST';
  const wallet = '[wallet]\nname = "mine"\nhotkey = "first"';

  it('comes from the variable that btcli keeps for the hotkey’s file', () => {
    const key = new TextEncoder().encode(variable);
    const masked = Buffer.from('hunter2').map((byte, index) => byte ^ Number(key[index]));
    const env = { HOME: '/home/validator', [variable]: Buffer.from(masked).toString('base64') };
    const { config, origins } = loadConfigWithOrigins({ file: files.write(wallet), env });
    expect(config.wallet.password?.reveal()).toBe('hunter2');
    expect(JSON.stringify([config, origins])).not.toContain('hunter2');
    expect(files.load('', { env }).wallet).not.toHaveProperty('password');
  });

  it('is found by a relative path as it is written, and by the absolute one', () => {
    const masked = (name: string) => {
      const key = new TextEncoder().encode(name);
      const bytes = new TextEncoder().encode('secret').map((byte, i) => byte ^ Number(key[i]));
      return { [name]: Buffer.from(bytes).toString('base64') };
    };
    const relative = '[wallet]\npath = "keys"\nname = "mine"\nhotkey = "first"';
    const absolute = `BT_PW_${process.cwd().replaceAll(/[/.]/g, '_').toUpperCase()}_KEYS_MINE_HOTKEYS_FIRST`;
    for (const env of [masked('BT_PW_KEYS_MINE_HOTKEYS_FIRST'), masked(absolute)]) {
      expect(files.load(relative, { env }).wallet.password?.reveal()).toBe('secret');
    }
  });

  it('that btcli did not store is refused with the variable’s name and is not shown', () => {
    const env = { HOME: '/home/validator', [variable]: 'hunter2!' };
    expect(configErrorOf(() => files.load(wallet, { env })).problems).toEqual([
      {
        source: 'environment',
        key: variable,
        value: '***',
        rule: expect.stringMatching(/^is a password as btcli stores it/),
      },
    ]);
    expect(files.load(wallet, { env: { ...env, [variable]: '' } }).wallet.name).toBe('mine');
  });
});

describe('the variables of btcli', () => {
  const env = {
    BT_WALLET_PATH: '/wallets',
    BT_WALLET_NAME: '2026',
    BT_WALLET_HOTKEY: 'true',
    BT_SUBTENSOR_NETWORK: 'test',
    BT_SUBTENSOR_CHAIN_ENDPOINT: 'ws://127.0.0.1:1',
  };

  it('win over the file and our own variables, and flags over them', () => {
    const sources = {
      env: { ...env, ASSAY_WALLET__NAME: 'ours', ASSAY_WALLET__HOTKEY: 'ours' },
      flags: { 'wallet.hotkey': 'flag' },
    };
    const { wallet, chain } = files.load('[wallet]\npath = "/file"', sources);
    expect(wallet).toMatchObject({ path: '/wallets', name: '2026', hotkey: 'flag' });
    expect(chain.subtensor).toMatchObject({ network: 'test', endpoints: ['ws://127.0.0.1:1'] });
  });

  it('are named where they are refused and where a value came from', () => {
    const { origins } = loadConfigWithOrigins({ directory: files.folder, env });
    expect(origins.find(({ key }) => key === 'wallet.hotkey')).toEqual({
      key: 'wallet.hotkey',
      value: 'true',
      source: 'environment',
      writtenAs: 'BT_WALLET_HOTKEY',
    });
    const wrong = { BT_SUBTENSOR_CHAIN_ENDPOINT: 'https://node.example/key', BT_WALLET_NAME: '.' };
    expect(configErrorOf(() => files.loadNothing({ env: wrong })).problems).toMatchObject([
      { key: 'BT_SUBTENSOR_CHAIN_ENDPOINT', value: '"https://node.example"' },
      { key: 'BT_WALLET_NAME', value: '"."' },
    ]);
  });

  it('say nothing when they are empty', () => {
    const empty = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
    expect(files.loadNothing({ env: empty })).toEqual(files.loadNothing());
  });
});
