import { emptyTaskHandler, runTask } from '@acala-network/chopsticks-core';
import { TypeRegistry } from '@polkadot/types';
import { compactAddLength, hexToU8a, stringToHex, stringToU8a, u8aToHex } from '@polkadot/util';
import type { HexString } from '@polkadot/util/types';
import { xxhashAsHex } from '@polkadot/util-crypto';

/** The state of block 0 by storage key, as the runtime itself makes it from its own defaults. */
export interface RuntimeGenesis {
  readonly wasm: HexString;
  /** Of a runtime whose blocks are Aura's. */
  readonly slotMs: number | undefined;
  readonly top: Readonly<Record<string, HexString>>;
}

/** Any account: blocks need an author, and nothing here depends on who it is. */
const AUTHOR = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';
/** A start of the chain's time is needed, for otherwise block 1 takes the machine's; any time after drand's first round does. */
const START_MS = 1_692_806_000_000;

export async function runtimeGenesis(code: Uint8Array): Promise<RuntimeGenesis> {
  const wasm = u8aToHex(code);
  const call = runtimeCaller(wasm);
  const slot = await call('AuraApi_slot_duration', '0x').catch(() => undefined);
  const preset = await call('GenesisBuilder_get_preset', '0x00');
  const config = withAuthor(bytesText(preset.result));
  const built = await call(
    'GenesisBuilder_build_state',
    u8aToHex(compactAddLength(stringToU8a(config))),
  );
  if (built.result !== '0x00') throw new Error(`the runtime refused its genesis: ${built.result}`);
  return {
    wasm,
    slotMs: slot && Number(littleEndian(hexToU8a(slot.result))),
    top: {
      ...sorted([
        ...built.storageDiff,
        [stringToHex(':code'), wasm],
        [timestampKey(), u8aToHex(u64(BigInt(START_MS)))],
      ]),
    },
  };
}

/** Calls of the runtime on an empty state. Unresolved imports are those of drand's verification, which nothing here runs. */
function runtimeCaller(wasm: HexString) {
  const state = {
    ...emptyTaskHandler,
    getStorage: async () => undefined,
    getNextKey: async () => undefined,
  };
  return async (method: string, argument: HexString) => {
    const answer = await runTask(
      {
        wasm,
        calls: [[method, argument === '0x' ? [] : [argument]]],
        mockSignatureHost: false,
        allowUnresolvedImports: true,
        runtimeLogLevel: 0,
      },
      state,
    );
    if ('Error' in answer) throw new Error(`${method}: ${answer.Error}`);
    return answer.Call;
  };
}

function withAuthor(preset: string): string {
  const config = JSON.parse(preset) as Record<string, unknown>;
  return JSON.stringify('aura' in config ? { ...config, aura: { authorities: [AUTHOR] } } : config);
}

function bytesText(optionOfBytes: HexString): string {
  const registry = new TypeRegistry();
  return registry.createType('Option<Bytes>', hexToU8a(optionOfBytes)).unwrap().toUtf8();
}

/** The provider looks for the next key in the order of the record, so the record has to be in the order of the keys. */
function sorted(
  entries: readonly (readonly [HexString, HexString | null])[],
): Record<string, HexString> {
  return Object.fromEntries(
    entries
      .filter((entry): entry is [HexString, HexString] => Boolean(entry[1]))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function timestampKey(): HexString {
  return `${xxhashAsHex('Timestamp', 128)}${xxhashAsHex('Now', 128).slice(2)}` as HexString;
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

function littleEndian(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
}
