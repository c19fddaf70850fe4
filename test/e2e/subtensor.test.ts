/**
 * The service as a process of its own on a Subtensor chain: a node of the test's, whose blocks come when the test makes
 * them. The process opens real timelocks, of the one round of drand whose signature the test knows.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { btcliPasswordVariable } from '../../src/lib/btcli-password.ts';
import { entriesOf } from '../chain/dev/dev-chain-support.ts';
import { btcliFields, sampleSeed, sealedFile } from '../support/keyfiles.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { groundNode, SECRETS, SubtensorGround } from '../support/subtensor-ground.ts';
import type { StubNode } from '../support/subtensor-node/stub-node.ts';
import { QUICKNET_SIGNATURE_1000, TestBeacon } from '../support/timelock-decryption.ts';

const OWNER_UID = 0;
const VALIDATOR_UID = 1;
/** What a process takes to start and to answer on a busy machine, at most. */
const PATIENCE_MS = 25_000;

const BLOCK_EVERY_MS = 50;
/** Once is enough here. */
const RATE_LIMIT_BLOCKS = 10_000;
const ERA_BLOCKS = 16;

const TEMPO_BLOCKS = 30;
const BLOCK_TIME_MS = 12_000;
const SECURITY_BLOCKS = 3;
const ROUND = 1_000;
const ROUND_TIME_MS = 1_692_803_367_000 + ROUND * 3_000;

/** drand's quicknet, of which nobody here knows more than one signature. */
class PublishedBeacon extends TestBeacon {
  override signature(round: number): Uint8Array {
    return round === ROUND ? QUICKNET_SIGNATURE_1000 : super.signature(round);
  }
}

/** A chain whose commitments of its first epoch are opened by round 1000. */
function committingNode(): Promise<StubNode> {
  const untilRevealMs = (TEMPO_BLOCKS + SECURITY_BLOCKS) * BLOCK_TIME_MS;
  return groundNode({
    isCommitRevealEnabled: true,
    tempoBlocks: TEMPO_BLOCKS,
    weightsRateLimitBlocks: RATE_LIMIT_BLOCKS,
    timeMs: ROUND_TIME_MS - untilRevealMs + 1_000,
    beacon: new PublishedBeacon('quicknet'),
  });
}

const PASSWORD = 'correct horse';
/** What btcli's rules make of it, which takes seconds. */
const PASSWORD_KEY = Buffer.from(
  'cf96d2ee72dbd5d06fa7dd5ee0b42bba227baf46d91bd5440270663ca4f7b591',
  'hex',
);

/** As btcli writes it into the environment. */
function masked(password: string, variable: string): string {
  const key = Buffer.from(variable);
  const bytes = Buffer.from(password).map((byte, index) => byte ^ Number(key[index % key.length]));
  return Buffer.from(bytes).toString('base64');
}

async function happens(holds: () => boolean, what: string): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > giveUpMs) throw new Error(`waited in vain until ${what}`);
    await pause(5);
  }
}

function logged(service: ServiceProcess, text: string): boolean {
  return service.log.some(({ msg }) => msg.includes(text));
}

/** Starts `assay start` on this chain; everything is burned every so many blocks. */
function starting(node: StubNode, { intervalBlocks }: { readonly intervalBlocks: number }) {
  const rest = `[emission]\nburn_percentage = 100\nweight_set_interval_blocks = ${intervalBlocks}`;
  const ground = new SubtensorGround({ endpoints: [`${node.url}/key-hunter2`], rest });
  return () => ServiceProcess.start(ground.folder, ground);
}

async function stopped(service: ServiceProcess): Promise<void> {
  service.kill('SIGTERM');
  expect(await service.exited).toEqual({ code: 0, signal: null });
  expect(service.log.at(-1)?.msg).toBe('stopped');
  for (const secret of [...SECRETS, 'hunter2']) expect(service.talk).not.toContain(secret);
}

/** The weights that the chain has stored for the validator. */
function storedOn(node: StubNode) {
  const vector = node.state.weights.get(VALIDATOR_UID);
  return vector && entriesOf(vector);
}

describe('a service on a Subtensor chain', () => {
  it('commits, is stopped and started again while the commitment waits, and verifies what the chain opened', async () => {
    const node = await committingNode();
    const start = starting(node, { intervalBlocks: 12 });
    const first = await start();
    node.produceBlocks(5);
    await happens(() => node.pooledWeights.length === 1, 'a commitment is submitted');
    node.produceBlocks(3);
    await happens(() => logged(first, 'weight set committed'), 'it knows that it has committed');
    expect(node.takenWeights).toMatchObject([{ isAccepted: true, call: { kind: 'commit' } }]);
    await stopped(first);
    expect(storedOn(node)).toBeUndefined();

    const second = await start();
    node.produceEvery(BLOCK_EVERY_MS);
    await happens(() => logged(second, 'weights verified on chain'), 'it has verified the weights');
    expect(storedOn(node)).toEqual([[OWNER_UID, 65_535]]);
    expect(node.takenWeights.length).toBe(1);
    await stopped(second);
  }, 60_000);

  it('is killed between submission and block, and has one extrinsic for its decision on the chain all the same', async () => {
    const node = await groundNode({ weightsRateLimitBlocks: RATE_LIMIT_BLOCKS });
    const start = starting(node, { intervalBlocks: 12 });
    const first = await start();
    node.produceBlocks(5);
    await happens(() => node.pooledWeights.length === 1, 'weights are submitted');
    first.kill('SIGKILL');
    expect((await first.exited).signal).toBe('SIGKILL');
    expect(node.takenWeights).toEqual([]);

    const second = await start();
    node.produceEvery(BLOCK_EVERY_MS);
    await happens(() => logged(second, 'weights verified on chain'), 'it has verified the weights');
    const { number } = node.best;
    await happens(() => node.best.number > number + ERA_BLOCKS, 'nothing old can arrive any more');
    expect(node.takenWeights).toMatchObject([{ isAccepted: true, call: { kind: 'set' } }]);
    expect(node.pooledWeights.length).toBe(1);
    expect(storedOn(node)).toEqual([[OWNER_UID, 65_535]]);
    await stopped(second);
  }, 60_000);

  it('opens an encrypted hotkey with the password in the variable of btcli', async () => {
    const node = await groundNode();
    const keyfile = sealedFile(btcliFields(sampleSeed(7)), PASSWORD_KEY);
    const ground = new SubtensorGround({ endpoints: [node.url], keyfile });
    const variable = btcliPasswordVariable(ground.wallets.file('hotkeys', 'default'));
    const service = await ServiceProcess.start(ground.folder, {
      ...ground,
      env: { [variable]: masked(PASSWORD, variable) },
    });
    expect(logged(service, 'connected to the chain')).toBe(true);
    await stopped(service);
    expect(service.talk).not.toContain(PASSWORD);
  }, 60_000);
});
