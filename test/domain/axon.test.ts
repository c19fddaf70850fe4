import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { publicAxon } from '../../src/domain/axon.ts';

const PORT = 8_091;

function ipv4(text: string): bigint {
  return text.split('.').reduce((number, byte) => number * 256n + BigInt(byte), 0n);
}

/** Takes one `::`, as `URL` would. */
function ipv6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (number, group) => number * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

function axonAt(ip: bigint, ipType: number, port = PORT): string | undefined {
  return publicAxon({ ip, port, ipType });
}

describe('a public IPv4 axon', () => {
  it.each([
    '1.2.3.4',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '191.255.255.255',
    '192.0.1.0',
    '192.0.3.0',
    '192.88.98.255',
    '192.88.100.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '198.51.101.0',
    '203.0.112.255',
    '203.0.114.0',
    '223.255.255.255',
  ])('may be %s', (address) => {
    expect(axonAt(ipv4(address), 4)).toBe(`${address}:8091`);
  });

  it.each([
    '0.0.0.0',
    '0.255.255.255',
    '10.0.0.0',
    '10.255.255.255',
    '100.64.0.0',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.255',
    '169.254.0.0',
    '169.254.169.254',
    '169.254.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.0.0.0',
    '192.0.0.255',
    '192.0.2.1',
    '192.0.2.255',
    '192.88.99.1',
    '192.168.0.0',
    '192.168.255.255',
    '198.18.0.0',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.0',
    '255.255.255.255',
  ])('is never %s, mapped into IPv6 or not', (address) => {
    expect(axonAt(ipv4(address), 4)).toBeUndefined();
    expect(axonAt((0xffffn << 32n) | ipv4(address), 6)).toBeUndefined();
  });

  it('may be mapped into IPv6', () => {
    expect(axonAt(ipv6('::ffff:808:808'), 6)).toBe('8.8.8.8:8091');
  });

  it.each([-1n, 1n << 32n, (1n << 32n) + ipv4('8.8.8.8'), ipv6('2606:4700::1111')])(
    'is not the number %d, which has no 32 bits',
    (ip) => {
      expect(axonAt(ip, 4)).toBeUndefined();
    },
  );
});

describe('a public IPv6 axon', () => {
  it.each([
    ['2606:4700:4700:0:0:0:0:1111', '2606:4700:4700::1111'],
    ['2a00:0:0:1:0:0:0:1', '2a00:0:0:1::1'],
    ['2a00:0:0:0:1:0:0:0', '2a00::1:0:0:0'],
    ['2a00:0:0:1:0:0:1:1', '2a00::1:0:0:1:1'],
    ['2a00:1:0:1:1:1:1:1', '2a00:1:0:1:1:1:1:1'],
    ['2a00:1:1:1:1:1:0:0', '2a00:1:1:1:1:1::'],
    ['2a00:0:0:0:0:0:0:0', '2a00::'],
    ['2a00:10:0:0:100:0:0:10', '2a00:10::100:0:0:10'],
    ['2A0B:CDEF:0a0b:00ff:1:2:3:4', '2a0b:cdef:a0b:ff:1:2:3:4'],
    ['2001:200:0:0:0:0:0:1', '2001:200::1'],
    ['2001:db7:ffff:0:0:0:0:1', '2001:db7:ffff::1'],
    ['2001:db9:0:0:0:0:0:1', '2001:db9::1'],
    ['2003:0:0:0:0:0:0:1', '2003::1'],
    ['3ffd:0:0:0:0:0:0:1', '3ffd::1'],
    ['3fff:1000:0:0:0:0:0:1', '3fff:1000::1'],
    ['2000:0:0:0:0:0:0:0', '2000::'],
  ])('%s is written as %s', (address, written) => {
    expect(axonAt(ipv6(address), 6)).toBe(`[${written}]:8091`);
  });

  it.each([
    '::',
    '::1',
    '::808:808',
    '::ffff:0:808:808',
    '64:ff9b::808:808',
    '64:ff9b:1::1',
    '100::1',
    '1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:1ff:ffff::1',
    '2001:db8::1',
    '2001:db8:ffff::1',
    '2002:808:808::1',
    '3ffe::1',
    '3fff::1',
    '3fff:fff::1',
    '4000::',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ])('is never %s', (address) => {
    expect(axonAt(ipv6(address), 6)).toBeUndefined();
  });

  it.each([-1n, 1n << 128n, (1n << 128n) + ipv6('2606:4700::1111')])(
    'is not the number %d, which has no 128 bits',
    (ip) => {
      expect(axonAt(ip, 6)).toBeUndefined();
    },
  );

  it('is written as the platform writes it', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65_535 }));
    const groups = fc.array(group, { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(fc.integer({ min: 0x2400, max: 0x3ffd }), groups, (first, rest) => {
        const text = [first, ...rest].map((value) => value.toString(16)).join(':');
        expect(axonAt(ipv6(text), 6)).toBe(`${new URL(`http://[${text}]/`).hostname}:8091`);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('an axon', () => {
  it.each([0, -1, 65_536, 80.5, Number.NaN])('has no port %d', (port) => {
    expect(axonAt(ipv4('8.8.8.8'), 4, port)).toBeUndefined();
  });

  it.each([1, 65_535])('has port %d', (port) => {
    expect(axonAt(ipv4('8.8.8.8'), 4, port)).toBe(`8.8.8.8:${port}`);
  });

  it.each([0, 5, 255])('of type %d is none', (ipType) => {
    expect(axonAt(ipv4('8.8.8.8'), ipType)).toBeUndefined();
  });

  it('is an address and a port whenever it is public', () => {
    const ip = fc.oneof(
      fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }),
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    );
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(ip, fc.constantFrom(4, 6), port, (number, ipType, chosen) => {
        const [, address = '', shown] = axonAt(number, ipType, chosen)?.match(/^(.+):(\d+)$/) ?? [];
        if (shown === undefined) return;
        expect(Number(shown)).toBe(chosen);
        const isAddress = ipType === 4 ? isIPv4(address) : isIPv6(address.slice(1, -1));
        expect(isAddress || isIPv4(address)).toBe(true);
      }),
    );
  });
});
