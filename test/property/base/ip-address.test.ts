// Laws of IP addresses, held against node's own: what is one, how it is written, and which networks hold it.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contains, formatIpAddress, parseIpAddress, parseIpNetwork } from '../../../src/base/ip-address.ts';

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6().filter((text) => !text.includes('%'));
const address = fc.oneof(ipv4, ipv6);
const almost = fc.oneof(
  address,
  fc.stringMatching(/^[0-9a-f:.]{1,20}$/),
  fc
    .tuple(address, fc.nat(40), fc.constantFrom('', ':', '.', '0', 'g', '%'))
    .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at)),
);

it('takes what node takes', () => {
  fc.assert(
    fc.property(almost, (text) => {
      expect(parseIpAddress(text) !== null).toBe(isIPv4(text) || (isIPv6(text) && !text.includes('%')));
    }),
    { numRuns: 3000 },
  );
});

it('writes what it reads, shortest, and reads it back', () => {
  fc.assert(
    fc.property(address, (text) => {
      const bytes = parseIpAddress(text)!;
      const written = formatIpAddress(bytes);
      expect(parseIpAddress(written)).toEqual(bytes);
      // A URL's host is written as RFC 5952 says, mapped addresses apart.
      if (written.includes(':')) expect(`[${written}]`).toBe(new URL(`http://[${text}]/`).hostname);
      else if (isIPv4(text)) expect(written).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

it('finds in a network what node finds in it', () => {
  const near = fc.tuple(
    fc.boolean(),
    fc.nat(128),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    fc.nat(127),
  );
  fc.assert(
    fc.property(near, ([isIpv6, wantedBits, raw, flipped]) => {
      const bits = isIpv6 ? wantedBits : wantedBits % 33;
      const textOf = (bytes: Uint8Array): string =>
        isIpv6
          ? Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(
              ':',
            )
          : bytes.subarray(0, 4).join('.');
      const other = raw.slice();
      other[flipped >> 3]! ^= 128 >> (flipped & 7);
      const list = new BlockList();
      list.addSubnet(textOf(raw), bits, isIpv6 ? 'ipv6' : 'ipv4');
      const network = parseIpNetwork(`${textOf(raw)}/${bits}`)!;
      for (const candidate of [raw, other]) {
        const text = textOf(candidate);
        expect(contains(network, parseIpAddress(text)!)).toBe(list.check(text, isIpv6 ? 'ipv6' : 'ipv4'));
      }
    }),
    { numRuns: 1000 },
  );
});

it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '/8', '10/8', '::/129', '::1/64/1', 'a', ''])(
  'refuses the network %s',
  (text) => expect(parseIpNetwork(text)).toBe(null),
);
