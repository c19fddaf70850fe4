/** An announced axon as the chain stores it. */
export interface Axon {
  readonly block: number;
  readonly version: number;
  /** The address as one number. */
  readonly ip: bigint;
  readonly port: number;
  readonly ipType: number;
  readonly protocol: number;
  readonly placeholder1: number;
  readonly placeholder2: number;
}

/** What stands in the metagraph where no axon is announced. */
export const NO_AXON: Axon = {
  block: 0,
  version: 0,
  ip: 0n,
  port: 0,
  ipType: 0,
  protocol: 0,
  placeholder1: 0,
  placeholder2: 0,
};

/** @param address `address:port`, an IPv6 address in brackets. */
export function axonOf(address: string, block: number): Axon {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const port = Number(address.slice(colon + 1));
  const place = host.startsWith('[')
    ? { ip: ipv6(host.slice(1, -1)), ipType: 6 }
    : { ip: numberOf(host.split('.').map(Number), 8), ipType: 4 };
  return { ...NO_AXON, ...place, block, port, version: 1, protocol: 4 };
}

function ipv6(text: string): bigint {
  const [before = '', after] = text.split('::');
  const head = groups(before);
  const tail = groups(after ?? '');
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0);
  return numberOf([...head, ...zeros, ...tail], 16);
}

function groups(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function numberOf(parts: readonly number[], bits: number): bigint {
  return parts.reduce((sum, part) => (sum << BigInt(bits)) | BigInt(part), 0n);
}
