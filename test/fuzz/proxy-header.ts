// PROXY protocol headers, whole, cut and changed, against a naive reader.
import { proxyHeaderDifference } from '../property/http/proxy-header-difference.ts';
import { type Draws, type Input, mutate, type Target } from './target.ts';

const addresses = [
  '192.0.2.1',
  '255.255.255.255',
  '::1',
  '2001:db8::1:0:0:1',
  '::ffff:1.2.3.4',
  '1::',
  '01.2.3.4',
];
const ports = ['0', '80', '65535', '65536', '080'];
const tails = ['', 'GET / HTTP/1.1\r\n', '\x16\x03\x01'];
const pieces = ['\r\n', '\n', '\0', ' ', ':', '.', '::', 'TCP4', 'UNKNOWN', '0', '\xff', 'fe80::1%1'];
const signature = '\r\n\r\n\0\r\nQUIT\n';

function makeText(draws: Draws): Input {
  const isIpv6 = draws.below(2) === 0;
  const address = () =>
    draws.pick(draws.below(4) === 0 ? addresses : isIpv6 ? addresses.slice(2, 6) : addresses.slice(0, 2));
  const line = [
    'PROXY ',
    isIpv6 ? 'TCP6 ' : 'TCP4 ',
    `${address()} `,
    `${address()} `,
    `${draws.pick(ports)} `,
    draws.pick(ports),
  ];
  return draws.below(6) === 0
    ? ['PROXY ', 'UNKNOWN', draws.pick(['', ' ', ' x y']), '\r\n']
    : [...line, '\r\n'];
}

function makeBinary(draws: Draws): Input {
  const family = draws.pick([0x11, 0x11, 0x21, 0x21, 0x00, 0x12, 0x31, 0x32, 0x41]);
  const needed = family === 0x11 ? 12 : family === 0x21 ? 36 : 0;
  const length = draws.pick([needed, needed + 7, 216, Math.max(0, needed - 1), 4080, 4081]);
  const bytes = Array.from({ length: length > 300 ? draws.below(300) : length }, () =>
    String.fromCharCode(draws.below(3) === 0 ? 0 : draws.below(256)),
  ).join('');
  const fixed = [draws.pick([0x21, 0x21, 0x20, 0x11, 0x22]), family, length >> 8, length & 255];
  return [signature, String.fromCharCode(...fixed), bytes];
}

function make(draws: Draws): Input {
  const header = draws.below(2) === 0 ? makeText(draws) : makeBinary(draws);
  return [...header, draws.pick(tails)].map((part) =>
    draws.below(8) === 0 ? mutate(draws, part, pieces) : part,
  );
}

export const proxyHeaderTarget: Target = {
  name: 'proxy-protocol',
  isText: true,
  make,
  judge: async (input) => proxyHeaderDifference(input.join('')),
  close: () => {},
};
