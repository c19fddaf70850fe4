import { chmodSync, rmSync } from 'node:fs';
import { xxhashAsHex } from '@polkadot/util-crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CHAIN_CHECK_NAMES } from '../../src/domain/chain-checks.ts';
import { CliRun, cli } from '../support/cli-run.ts';
import { JsonRpcProxy } from '../support/json-rpc-proxy.ts';
import { closedEndpoint, silentEndpoint } from '../support/open-connection.ts';
import { groundNode, HOTKEY, SECRETS, SubtensorGround } from '../support/subtensor-ground.ts';
import { until } from '../support/subtensor-rig.ts';

const VALIDATOR_UID = 1;
const UNAVAILABLE = 69;

interface Check {
  readonly name: string;
  readonly verdict: string;
  readonly detail: string;
  readonly remedy?: string;
}

/** What the command finds, by check. */
async function examined(ground: SubtensorGround) {
  const { exitCode, stdout, stderr } = await cli(['doctor', ...ground.args, '--json']);
  const { checks, ...rest } = JSON.parse(stdout) as { readonly checks: readonly Check[] };
  const verdict = (wanted: string) =>
    checks.filter(({ verdict: found }) => found === wanted).map(({ name }) => name);
  const check = (wanted: string) => checks.find(({ name }) => name === wanted);
  return { exitCode, stderr, rest, checks, verdict, check };
}

/** Storage of a chain whose drand pulses stopped long ago. */
async function withoutPulses(url: string): Promise<string> {
  const proxy = await JsonRpcProxy.start(url);
  onTestFinished(() => proxy.stop());
  const key = `${xxhashAsHex('Drand', 128)}${xxhashAsHex('LastStoredRound', 128).slice(2)}`;
  proxy.rewrite = (text) =>
    text.replace(new RegExp(`("${key}",)"0x[0-9a-f]+"`), '$1"0xe803000000000000"');
  return proxy.url;
}

describe('assay doctor on a Subtensor chain', () => {
  it('says that all is well, check by check, and shows no secret', async () => {
    const node = await groundNode({ isCommitRevealEnabled: true });
    const ground = new SubtensorGround({ endpoints: [node.url] });
    const { exitCode, stdout, stderr } = await cli(['doctor', ...ground.args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.pop()).toBe('ready to set weights');
    expect(lines.map((line) => line.split(' ')[0])).toEqual(CHAIN_CHECK_NAMES);
    for (const line of lines) expect(line).toMatch(/^\w+ +ok {7}\S/);
    expect(stdout).toContain(`endpoint       ok       ${node.url} (node-subtensor 424), newest`);
    expect(stdout).toContain(
      `wallet         ok       hotkey default of wallet validator (sr25519), ${HOTKEY}\n`,
    );
    expect(stdout).toContain('commit_reveal  ok       on, version 4');
    for (const secret of SECRETS) expect(stdout).not.toContain(secret);
    await until(() => node.connectionCount === 0, 'the socket is closed');
  });

  it('prints one JSON object', async () => {
    const node = await groundNode({ netuid: 39 });
    const ground = new SubtensorGround({ endpoints: [node.url], chain: 'netuid = 39' });
    const { exitCode, rest, checks, verdict } = await examined(ground);
    expect(exitCode).toBe(0);
    expect(rest).toEqual({ chain: 'subtensor', netuid: 39, mecid: 0, holds: true });
    expect(checks.map(({ name }) => name)).toEqual(CHAIN_CHECK_NAMES);
    expect(verdict('skipped')).toEqual(['drand']);
  });

  it('names everything that the chain would refuse, each with what to do', async () => {
    const node = await groundNode({ stakeThreshold: 2_000 });
    node.changeSubnet((subnet) => ({
      ...subnet,
      neurons: subnet.neurons.map((neuron) =>
        neuron.uid === VALIDATOR_UID ? { ...neuron, hasValidatorPermit: false } : neuron,
      ),
    }));
    node.setHyperparameters({ weightsVersionKey: 7 });
    node.produceBlock({ isFinal: true });
    const ground = new SubtensorGround({ endpoints: [node.url] });
    const { exitCode, stderr, verdict, check } = await examined(ground);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'weights cannot be set: stake, version_key, permit\n',
    });
    expect(verdict('failed')).toEqual(['stake', 'version_key', 'permit']);
    expect(check('stake')).toMatchObject({
      detail: 'the stake weight of 0.000001 TAO is below the threshold of 0.000002 TAO',
      remedy: expect.stringContaining('add stake'),
    });
    expect(check('version_key')?.remedy).toContain('raise chain.version_key to 7');
    expect(check('permit')?.remedy).toContain('add stake');
  });

  it('tells at which block a rate limit ends, which is no failure', async () => {
    const node = await groundNode();
    node.changeSubnet((subnet) => ({
      ...subnet,
      neurons: subnet.neurons.map((neuron) =>
        neuron.uid === VALIDATOR_UID ? { ...neuron, lastUpdateBlock: 5 } : neuron,
      ),
    }));
    node.produceBlock({ isFinal: true });
    const { exitCode, check } = await examined(new SubtensorGround({ endpoints: [node.url] }));
    expect(exitCode).toBe(0);
    expect(check('rate_limit')).toMatchObject({
      verdict: 'ok',
      detail: expect.stringContaining('the next weights may be set at block 105'),
    });
  });

  it('tells of a hotkey that has no UID', async () => {
    const node = await groundNode();
    node.changeSubnet((subnet) => ({
      ...subnet,
      neurons: subnet.neurons.filter(({ uid }) => uid !== VALIDATOR_UID),
    }));
    node.produceBlock({ isFinal: true });
    const { exitCode, check } = await examined(new SubtensorGround({ endpoints: [node.url] }));
    expect(exitCode).toBe(1);
    expect(check('registration')).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining(HOTKEY),
      remedy: expect.stringContaining('register it'),
    });
  });

  it('tells of a mechanism that the subnet does not have', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url], chain: 'mecid = 3' });
    const { exitCode, check } = await examined(ground);
    expect(exitCode).toBe(1);
    expect(check('mechanism')).toMatchObject({
      verdict: 'failed',
      detail: 'subnet 1 has 1 mechanism and no mechanism 3',
      remedy: expect.stringContaining('chain.mecid'),
    });
  });

  it('tells of a subnet that there is not', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url], chain: 'netuid = 3' });
    const { exitCode, check } = await examined(ground);
    expect(exitCode).toBe(1);
    expect(check('mechanism')).toMatchObject({
      verdict: 'failed',
      detail: 'there is no subnet 3 on this chain',
      remedy: expect.stringContaining('chain.netuid'),
    });
  });

  it('warns of drand pulses that the chain does not have', async () => {
    const node = await groundNode({ isCommitRevealEnabled: true });
    const ground = new SubtensorGround({ endpoints: [await withoutPulses(node.url)] });
    const { exitCode, check } = await examined(ground);
    expect(exitCode).toBe(0);
    expect(check('drand')).toMatchObject({
      verdict: 'warning',
      detail: expect.stringContaining('the chain has drand round 1,000, '),
      remedy: expect.stringContaining('wait until the chain fetches pulses again'),
    });
  });

  it('warns of a newest block that is old, with the clock beside it', async () => {
    const node = await groundNode({ timeMs: Date.now() - 4 * 60_000 });
    const ground = new SubtensorGround({ endpoints: [node.url] });
    const { exitCode, verdict } = await examined(ground);
    expect({ exitCode, warnings: verdict('warning') }).toEqual({
      exitCode: 0,
      warnings: ['endpoint', 'clock'],
    });
    const { stdout } = await cli(['doctor', ...ground.args]);
    expect(stdout).toMatch(/\nready to set weights, with warnings: endpoint, clock\n$/);
  });

  it('fails for a newest block that is too old, or of the future', async () => {
    const old = await groundNode({ timeMs: Date.now() - 8 * 60_000 });
    const past = await examined(new SubtensorGround({ endpoints: [old.url] }));
    expect({ exitCode: past.exitCode, failed: past.verdict('failed') }).toEqual({
      exitCode: 1,
      failed: ['endpoint'],
    });
    const ahead = await groundNode({ timeMs: Date.now() + 3_600_000 });
    const future = await examined(new SubtensorGround({ endpoints: [ahead.url] }));
    expect({ exitCode: future.exitCode, failed: future.verdict('failed') }).toEqual({
      exitCode: 1,
      failed: ['clock'],
    });
  });
});

describe('assay doctor where it cannot ask', () => {
  it('ends with another code when no endpoint answers, and shows no key of a URL', async () => {
    const url = (await closedEndpoint()).replace('ws://', 'ws://user:hunter2@');
    const ground = new SubtensorGround({ endpoints: [`${url}/hunter2`] });
    const { exitCode, stdout, stderr } = await cli(['doctor', ...ground.args]);
    expect(exitCode).toBe(UNAVAILABLE);
    expect(stdout).toMatch(
      /^endpoint +failed +no endpoint of the chain answers: ws:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED.*\n {24}check network and endpoints/,
    );
    expect(stdout.match(/not asked: endpoint failed/g)?.length).toBe(CHAIN_CHECK_NAMES.length - 1);
    expect(stderr).toContain('weights cannot be set: endpoint\n');
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('uses the endpoint that answers', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [await closedEndpoint(), node.url] });
    const { exitCode, check } = await examined(ground);
    expect(exitCode).toBe(0);
    expect(check('endpoint')?.detail).toContain(node.url);
  });

  it('ends with that code, too, when the only endpoint is far behind the chain', async () => {
    const node = await groundNode({ timeMs: Date.now() - 3_600_000 });
    const rest = `genesis_hash = "${node.genesisHash}"`;
    const { exitCode, check } = await examined(
      new SubtensorGround({ endpoints: [node.url], rest }),
    );
    expect(exitCode).toBe(UNAVAILABLE);
    expect(check('endpoint')?.detail).toMatch(/its newest final block is \d+ min old/);
  });

  it('fails for a chain of another network', async () => {
    const node = await groundNode();
    const other = `0x${'1f'.repeat(32)}`;
    const rest = `genesis_hash = "${other}"`;
    const { exitCode, check, verdict } = await examined(
      new SubtensorGround({ endpoints: [node.url], rest }),
    );
    expect({ exitCode, failed: verdict('failed') }).toEqual({ exitCode: 1, failed: ['endpoint'] });
    expect(check('endpoint')?.detail).toContain(other);
    expect(check('endpoint')?.detail).toContain(node.genesisHash);
  });

  it('fails for a runtime that nothing can be signed for', async () => {
    const node = await groundNode({ dataExtension: 'ChargeMagic' });
    const { exitCode, check } = await examined(new SubtensorGround({ endpoints: [node.url] }));
    expect(exitCode).toBe(1);
    expect(check('endpoint')?.detail).toContain('ChargeMagic');
  });

  it('fails for a wallet that is none before it asks anybody', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url] });
    rmSync(ground.wallets.file('hotkeys', 'default'));
    const { exitCode, check, verdict } = await examined(ground);
    expect({ exitCode, failed: verdict('failed') }).toEqual({ exitCode: 1, failed: ['wallet'] });
    expect(check('wallet')?.detail).toContain(ground.wallets.file('hotkeys', 'default'));
    expect(check('wallet')?.remedy).toContain('[wallet]');
    expect(node.callCount('chain_getBlockHash')).toBe(0);
  });

  it('warns beside the checks of a key file that others can read', async () => {
    const node = await groundNode();
    const ground = new SubtensorGround({ endpoints: [node.url] });
    chmodSync(ground.wallets.file('hotkeys', 'default'), 0o644);
    const refused = await examined(ground);
    expect({ exitCode: refused.exitCode, failed: refused.verdict('failed') }).toEqual({
      exitCode: 1,
      failed: ['wallet'],
    });
    const run = await cli(['doctor', ...ground.args, '--json'], {
      env: { ASSAY_WALLET__ALLOW_LOOSE_MODE: 'true' },
    });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain('wallet: ');
  });

  it('stops at once when it is told to, though the endpoint says nothing', async () => {
    const ground = new SubtensorGround({ endpoints: [await silentEndpoint()] });
    const run = new CliRun(['doctor', ...ground.args]);
    setImmediate(() => run.stop());
    expect(await run.exitCode).toBe(1);
    expect({ stdout: run.stdout, stderr: run.stderr }).toEqual({
      stdout: '',
      stderr: 'stopped by the test\n',
    });
  });
});
