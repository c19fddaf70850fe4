/**
 * Which announced axons may be shown and called. The chain takes nearly any address, private ones included, so whoever
 * calls an axon could be made to call a service in its own network. What is left here is what the special-purpose address
 * registries of IANA (RFC 6890 and its updates) call globally reachable, without addresses that carry another one inside.
 */

/** An axon as the chain keeps it: `AxonInfo` of pallets/subtensor. */
export interface AnnouncedAxon {
  /** IPv4: the 32-bit number; IPv6: the 128-bit number. Both most significant byte first. */
  readonly ip: bigint;
  readonly port: number;
  /** 4 or 6. */
  readonly ipType: number;
}

/** First address, written as its number, and the length of the prefix in bits. */
type Block = readonly [first: bigint, prefixBits: number];

const PORT_MAX = 65_535;
const IPV4_BITS = 32;
const IPV6_BITS = 128;

const IPV4_CLOSED: readonly Block[] = [
  [ipv4(0, 0), 8], // this network
  [ipv4(10, 0), 8], // private
  [ipv4(100, 64), 10], // carrier-grade NAT
  [ipv4(127, 0), 8], // loopback
  [ipv4(169, 254), 16], // link-local
  [ipv4(172, 16), 12], // private
  [ipv4(192, 0), 24], // protocol assignments
  [ipv4(192, 0, 2), 24], // documentation
  [ipv4(192, 88, 99), 24], // 6to4 relays
  [ipv4(192, 168), 16], // private
  [ipv4(198, 18), 15], // benchmarks
  [ipv4(198, 51, 100), 24], // documentation
  [ipv4(203, 0, 113), 24], // documentation
  [ipv4(224, 0), 4], // multicast
  [ipv4(240, 0), 4], // reserved, broadcast
];

/** The only part of IPv6 that is handed out for hosts; unique-local, link-local, multicast and others are outside of it. */
const IPV6_UNICAST: Block = [ipv6(0x2000), 3];

const IPV6_CLOSED: readonly Block[] = [
  [ipv6(0x2001), 23], // protocol assignments: Teredo, benchmarks, ORCHID
  [ipv6(0x2001, 0x0db8), 32], // documentation
  [ipv6(0x2002), 16], // 6to4, which carries an IPv4 address
  [ipv6(0x3ffe), 16], // returned by the 6bone
  [ipv6(0x3fff), 20], // documentation
];

/** `::ffff:0:0/96`: such an address is the IPv4 address in its last 32 bits. */
const IPV4_MAPPED: Block = [0xffffn << 32n, 96];

/**
 * The axon as `address:port`, `[address]:port` for IPv6 in the form of RFC 5952, when anybody on the internet can reach it;
 * an IPv4 address mapped into IPv6 counts as the former. `undefined` for every other address and for a port that is not 1
 * to 65535.
 */
export function publicAxon({ ip, port, ipType }: AnnouncedAxon): string | undefined {
  if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) return undefined;
  if (ipType === 6 && isIn(IPV4_MAPPED, ip, IPV6_BITS)) {
    return publicAxon({ ip: ip & 0xffff_ffffn, port, ipType: 4 });
  }
  if (ipType === 4) return isPublicIpv4(ip) ? `${ipv4Text(ip)}:${port}` : undefined;
  return ipType === 6 && isPublicIpv6(ip) ? `[${ipv6Text(ip)}]:${port}` : undefined;
}

function isPublicIpv4(ip: bigint): boolean {
  if (ip < 0n || ip >> BigInt(IPV4_BITS) !== 0n) return false;
  return !IPV4_CLOSED.some((block) => isIn(block, ip, IPV4_BITS));
}

function isPublicIpv6(ip: bigint): boolean {
  if (!isIn(IPV6_UNICAST, ip, IPV6_BITS)) return false;
  return !IPV6_CLOSED.some((block) => isIn(block, ip, IPV6_BITS));
}

function isIn([first, prefixBits]: Block, ip: bigint, addressBits: number): boolean {
  const hostBits = BigInt(addressBits - prefixBits);
  return ip >> hostBits === first >> hostBits;
}

function ipv4Text(ip: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (ip >> shift) & 0xffn).join('.');
}

/**
 * Groups in lower-case hexadecimal without leading zeros; the longest run of two or more zero groups, the first of equals,
 * is `::`. The first group of a public address is never zero, so a run always follows a colon.
 */
function ipv6Text(ip: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => {
    const group = (ip >> BigInt(112 - 16 * index)) & 0xffffn;
    return group.toString(16);
  });
  const text = groups.join(':');
  const runs = text.match(/(?::0\b){2,}/g) ?? [];
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a), '');
  return longest === '' ? text : text.replace(longest, '::').replace(':::', '::');
}

function ipv4(a: number, b: number, c = 0): bigint {
  return BigInt(((a * 256 + b) * 256 + c) * 256);
}

function ipv6(a: number, b = 0): bigint {
  return BigInt(a * 65_536 + b) << 96n;
}
