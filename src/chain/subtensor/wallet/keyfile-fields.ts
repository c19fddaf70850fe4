/**
 * What an unencrypted key file says. btcli writes JSON, of which any field may be missing or null; before that it wrote a
 * bare phrase or a bare hexadecimal key. What is wrong comes back as a predicate that repeats nothing of the file; the
 * errors of the parsers are dropped because they quote what they read.
 */
import type { CryptoType } from './key-pair.ts';

export interface KeyfileFields {
  readonly secretPhrase: string | undefined;
  readonly secretSeed: string | undefined;
  readonly privateKey: string | undefined;
  readonly accountId: string | undefined;
  readonly publicKey: string | undefined;
  readonly ss58Address: string | undefined;
  readonly cryptoType: CryptoType;
}

/** Says what is wrong instead of the fields. */
export interface Unusable {
  readonly problem: string;
}

type Json = Readonly<Record<string, unknown>>;

const TEXT_FIELDS = [
  'secretPhrase',
  'secretSeed',
  'privateKey',
  'accountId',
  'publicKey',
  'ss58Address',
] as const;

/** btcli takes a file without `cryptoType` for sr25519, and some tools write the number as text. */
const CRYPTO_TYPES: ReadonlyMap<unknown, CryptoType> = new Map<unknown, CryptoType>([
  [undefined, 'sr25519'],
  [null, 'sr25519'],
  [1, 'sr25519'],
  ['1', 'sr25519'],
  [0, 'ed25519'],
  ['0', 'ed25519'],
]);

const BARE_KEY = /^(0x)?([0-9a-f]{64}|[0-9a-f]{128})$/i;
const BARE_PHRASE = /^[a-z]+(\s+[a-z]+){11,23}$/;

export function keyfileFields(bytes: Uint8Array): KeyfileFields | Unusable {
  const text = decodedText(bytes);
  if (text === undefined) return { problem: 'is neither text nor encrypted by btcli' };
  const json = bareKey(text) ?? parsedObject(text);
  if (json === undefined) {
    return { problem: 'is neither JSON nor a bare key or phrase as btcli writes them' };
  }
  if ('encoded' in json && 'encoding' in json) {
    return { problem: 'is an account exported by polkadot.js, not a key file of btcli' };
  }
  return fieldsOf(json);
}

function decodedText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return undefined;
  }
}

function bareKey(text: string): Json | undefined {
  if (BARE_KEY.test(text)) return { privateKey: text };
  return BARE_PHRASE.test(text) ? { secretPhrase: text } : undefined;
}

function parsedObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(json: Json): KeyfileFields | Unusable {
  const wrong = TEXT_FIELDS.find(
    (name) => !['string', 'undefined'].includes(typeof field(json, name)),
  );
  if (wrong !== undefined) return { problem: `has a ${wrong} that is not text` };
  const cryptoType = CRYPTO_TYPES.get(json.cryptoType);
  if (cryptoType === undefined) {
    return { problem: 'has a cryptoType that is neither 0 (ed25519) nor 1 (sr25519)' };
  }
  return {
    secretPhrase: textField(json, 'secretPhrase'),
    secretSeed: textField(json, 'secretSeed'),
    privateKey: textField(json, 'privateKey'),
    accountId: textField(json, 'accountId'),
    publicKey: textField(json, 'publicKey'),
    // Some old files have a space before the name.
    ss58Address: textField(json, 'ss58Address') ?? textField(json, ' ss58Address'),
    cryptoType,
  };
}

function field(json: Json, name: string): unknown {
  return json[name] ?? undefined;
}

function textField(json: Json, name: string): string | undefined {
  const value = field(json, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
