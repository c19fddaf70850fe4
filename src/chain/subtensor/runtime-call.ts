import type { AnyJson } from '@polkadot/types-codec/types';
import { hexToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { RpcError, type SubtensorNode } from './subtensor-node.ts';

/** A question that the runtime answers itself, by its names in the metadata. */
export interface RuntimeCall {
  readonly api: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/**
 * The runtime's answer at one block as JSON; `undefined` when the runtime has no such call or the provider does not let
 * it be asked.
 *
 * @throws AssayError `chain_unreachable`.
 */
export async function runtimeCall(
  node: Pick<SubtensorNode, 'api' | 'request'>,
  hash: string,
  { api: apiName, method: methodName, args }: RuntimeCall,
): Promise<AnyJson | undefined> {
  const { registry, runtimeMetadata } = node.api;
  const methods = runtimeMetadata.asLatest.apis.find(({ name }) => name.toString() === apiName);
  const method = methods?.methods.find(({ name }) => name.toString() === methodName);
  if (method === undefined) return undefined;
  const encoded = method.inputs.map(({ type }, index) =>
    registry.createTypeUnsafe(registry.createLookupType(type), [args[index]]).toU8a(),
  );
  const name = `${apiName}_${methodName}`;
  const answer = await answerOf(node, [name, u8aToHex(u8aConcat(...encoded)), hash]);
  if (answer === undefined) return undefined;
  const outputType = registry.createLookupType(method.output);
  return registry.createTypeUnsafe(outputType, [hexToU8a(answer)]).toJSON();
}

/** Providers that do not allow `state_call` answer with an error of their own. */
async function answerOf(
  node: Pick<SubtensorNode, 'request'>,
  params: readonly string[],
): Promise<string | undefined> {
  try {
    return await node.request<string>('state_call', params);
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}
