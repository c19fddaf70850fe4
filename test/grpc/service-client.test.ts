import { createServer, type Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { AssayError } from '../../src/domain/errors.ts';
import { packages } from '../../src/grpc/proto.ts';
import { ServiceCallError, ServiceClient } from '../../src/grpc/service-client.ts';
import { GrpcFixture } from '../support/grpc-fixture.ts';
import { settle } from '../support/manual-clock.ts';
import { SeverableProxy } from '../support/severable-proxy.ts';

let fixture: GrpcFixture;

beforeEach(async () => {
  fixture = await GrpcFixture.start();
});
afterEach(() => fixture.close());

function clientOf(address: string, timeoutMs = 10_000): ServiceClient {
  const client = new ServiceClient({ address, timeoutMs });
  onTestFinished(() => client.close());
  return client;
}

async function failureOf(call: Promise<unknown>): Promise<ServiceCallError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ServiceCallError) return error;
  throw new Error('the call did not fail as a call does', { cause: error });
}

/** The address of a server that does this with every connection. */
async function listening(behave: (socket: Socket) => unknown): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    behave(socket);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : '';
}

describe('a call of the command line', () => {
  it('gives the answer', async () => {
    const { version } = await clientOf(fixture.server.address).getEmissionConfig();
    expect(version).toMatchObject({ version: 1, source: 'default' });
  });

  it('that is refused has a line for each field', async () => {
    const call = clientOf(fixture.server.address).previewAllocation({
      emission_config: { burn_percentage: 101, min_miners_per_category: 1 },
    });
    const { message, isUnavailable } = await failureOf(call);
    expect(isUnavailable).toBe(false);
    expect(message.split('\n')).toEqual([
      'invalid_argument:',
      expect.stringMatching(/^ {2}burn_percentage: is a percentage .*; got 101$/),
      expect.stringMatching(/^ {2}gpu_allocations: /),
      expect.stringMatching(/^ {2}weight_set_interval_blocks: /),
    ]);
  });

  it('that fails for another reason has its code and message', async () => {
    const call = clientOf(fixture.server.address).restoreEmissionConfig({ version: 9, etag: 'x' });
    expect(await failureOf(call)).toMatchObject({
      message: 'emission_config_not_found: the emission configuration never had a version 9',
      isUnavailable: false,
    });
  });

  it('that the service cannot answer now may succeed later', async () => {
    fixture.weightSetting.calculate = () =>
      Promise.reject(new AssayError('metagraph_unavailable', 'not yet'));
    const call = clientOf(fixture.server.address).previewAllocation({});
    expect(await failureOf(call)).toMatchObject({
      message: 'metagraph_unavailable: not yet',
      isUnavailable: true,
    });
  });

  it('says where nobody answers', async () => {
    // Nothing listens there: the port is reserved.
    const { message, isUnavailable } = await failureOf(clientOf('127.0.0.1:1').getEmissionConfig());
    expect(message).toBe('nobody answers at 127.0.0.1:1 (ECONNREFUSED)');
    expect(isUnavailable).toBe(true);
  });

  it('says when the name of the host is not known', async () => {
    expect(await failureOf(clientOf('nowhere.invalid:1').getEmissionConfig())).toMatchObject({
      message: 'nobody answers at nowhere.invalid:1: the name of the host is not known',
      isUnavailable: true,
    });
  });

  it.each([
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['talks another protocol', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('says in plain words when what answers %s', async (_, behave) => {
    const address = await listening(behave);
    expect(await failureOf(clientOf(address).getEmissionConfig())).toMatchObject({
      message: `what answers at ${address} is no gRPC server, or it is just going away`,
      isUnavailable: true,
    });
  });

  it('says when the connection breaks off before the answer', async () => {
    fixture.weightSetting.calculate = () => new Promise(() => undefined);
    const proxy = await SeverableProxy.to(fixture.server.address);
    const failure = failureOf(clientOf(proxy.address).previewAllocation({}));
    while (fixture.weightSetting.previews.length === 0) await settle();
    proxy.cut();
    expect((await failure).message).toBe(`the connection to ${proxy.address} broke off`);
  });

  it('says where the answer takes too long', async () => {
    fixture.weightSetting.calculate = () => new Promise(() => undefined);
    const { address } = fixture.server;
    const failure = await failureOf(clientOf(address, 50).previewAllocation({}));
    expect(failure).toMatchObject({
      message: `no answer from ${address} in 50 ms`,
      isUnavailable: true,
    });
  });

  it('says what a server answers that is none of ours', async () => {
    const server = new Server();
    onTestFinished(() => server.forceShutdown());
    server.addService(packages.grpc.health.v1.Health.service, {});
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const address = `127.0.0.1:${port}`;
    const { message, isUnavailable } = await failureOf(clientOf(address).getEmissionConfig());
    expect(message).toMatch(new RegExp(`^${address}: UNIMPLEMENTED: `));
    expect(isUnavailable).toBe(false);
  });
});
