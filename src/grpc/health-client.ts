/** Asks a running server for its health, for the command line and for containers. */
import { credentials } from '@grpc/grpc-js';
import { packages } from './proto.ts';

/** The answer for the server as a whole; `UNREACHABLE` when there is none in time. */
export type ServerHealth = 'SERVING' | 'NOT_SERVING' | 'UNREACHABLE';

/** Never rejects: a server that cannot be reached is an answer too. */
export function checkHealth(address: string, timeoutMs: number): Promise<ServerHealth> {
  const client = new packages.grpc.health.v1.Health(address, credentials.createInsecure());
  return new Promise((resolve) => {
    client.Check({ service: '' }, { deadline: Date.now() + timeoutMs }, (error, answer) => {
      client.close();
      if (error !== null || answer === undefined) resolve('UNREACHABLE');
      else resolve(answer.status === 'SERVING' ? 'SERVING' : 'NOT_SERVING');
    });
  });
}
