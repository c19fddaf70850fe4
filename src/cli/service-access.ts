import { ServiceCallError, ServiceClient } from '../grpc/service-client.ts';
import { CliExit } from './exit-codes.ts';

const TIMEOUT_MS = 30_000;

/**
 * Works with the running service.
 *
 * @throws CliExit with reason `unavailable` or `failed` when a call is not answered as asked.
 */
export async function withService<T>(
  address: string,
  work: (client: ServiceClient) => Promise<T>,
): Promise<T> {
  const client = new ServiceClient({ address, timeoutMs: TIMEOUT_MS });
  try {
    return await work(client);
  } catch (cause) {
    if (!(cause instanceof ServiceCallError)) throw cause;
    throw new CliExit(cause.isUnavailable ? 'unavailable' : 'failed', cause.message, { cause });
  } finally {
    client.close();
  }
}
