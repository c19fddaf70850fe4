import type { SubmittableExtrinsic } from '@polkadot/api/types';
import type { KeyringPair } from '@polkadot/keyring/types';
import type { ISubmittableResult } from '@polkadot/types/types';
import { POOL_CODES } from '../src/domain/chain-errors.ts';
import { deferred } from '../src/lib/deferred.ts';
import type { RuntimeChain } from './runtime-chain.ts';

/** Short, as the submitter's own: the block that a transaction is valid from must still be known when it is checked. */
const ERA_BLOCKS = 16;

/** A call of the chain's own pallet, by the library's name of it; the first of the names that the runtime has. */
export function extrinsic(
  { api }: RuntimeChain,
  names: readonly string[],
  ...args: readonly unknown[]
): SubmittableExtrinsic<'promise'> {
  const calls = api.tx.subtensorModule;
  const make = names.map((name) => calls?.[name]).find((call) => call !== undefined);
  if (make === undefined) throw new Error(`the runtime has no call ${names.join(' or ')}`);
  // Later runtimes ask for more arguments than earlier ones, such as the version of a commitment.
  return make(...args.slice(0, make.meta.args.length));
}

/**
 * Submits a call, makes the block that takes it, and answers with the name of the error, or `ok`. What the transaction pool
 * refuses has the name that the submitter gives to its code.
 */
export async function outcomeOf(
  chain: RuntimeChain,
  call: SubmittableExtrinsic<'promise'>,
  signer: KeyringPair,
): Promise<string> {
  const { promise, resolve, reject } = deferred<string>();
  const unsubscribe = await call
    .signAndSend(signer, { era: ERA_BLOCKS, nonce: -1 }, (result) => {
      if (result.status.isReady) chain.makeBlock().catch(reject);
      if (result.status.isInBlock) resolve(dispatched(chain, result));
      if (result.isError) resolve(poolError(JSON.stringify(result.status)));
    })
    .catch((error: unknown) => {
      resolve(poolError(String(error)));
      return () => undefined;
    });
  const outcome = await promise;
  unsubscribe();
  return outcome;
}

function dispatched({ api }: RuntimeChain, { dispatchError }: ISubmittableResult): string {
  if (dispatchError === undefined) return 'ok';
  if (!dispatchError.isModule) return dispatchError.toString();
  return api.registry.findMetaError(dispatchError.asModule).name;
}

function poolError(text: string): string {
  const code = /"custom":(\d+)/i.exec(text)?.[1];
  return (code && POOL_CODES.get(Number(code))) ?? text;
}
