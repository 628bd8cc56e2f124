// What a load balancer in front of a gateway says before its client's bytes: a PROXY protocol header, version 1 or 2, told in
// one piece or in an odd manner. Each simulated connection is the balancer's own; whom it speaks for follows from its number.
import { fnv1a } from '../../src/base/hash.ts';
import { keyedUint32 } from '../../src/base/prng.ts';

export const announcementManners = [
  /** By itself. */
  'proper',
  /** With the first bytes of the client. */
  'glued',
  'split',
  'late',
  'absent',
  'garbage',
  'doubled',
  'endless',
] as const;
export type AnnouncementManner = (typeof announcementManners)[number];

export interface Announcement {
  readonly manner: AnnouncementManner;
  /** Whom it speaks for; '' = for itself. */
  readonly address: string;
  /** A gateway has to take the connection. */
  readonly isProper: boolean;
  readonly bytes: Buffer;
}

const forms = [
  'text 4',
  'text 6',
  'text unknown',
  'binary 4',
  'binary 6',
  'binary more',
  'binary local',
] as const;

const signature = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

function binary(command: number, family: number, content: Buffer): Buffer {
  const fixed = Buffer.from([command, family, content.length >> 8, content.length & 0xff]);
  return Buffer.concat([signature, fixed, content]);
}

const target4 = Buffer.from([10, 0, 1, 1]);
const ports = Buffer.from([0x30, 0x39, 0x01, 0xbb]);
/** A TLV that nobody knows. */
const more = Buffer.from('ee000301fe0a', 'hex');

function bytes6(last: number): Buffer {
  const bytes = Buffer.from('20010db8000000000000000000000000', 'hex');
  bytes.writeUInt16BE(last, 14);
  return bytes;
}

function headerOf(
  form: (typeof forms)[number],
  draw: number,
): { readonly address: string; readonly bytes: Buffer } {
  const last = 1 + ((draw & 0xff) % 254);
  const address4 = `203.0.113.${last}`;
  const address6 = `2001:db8::${last.toString(16)}`;
  const content4 = Buffer.concat([Buffer.from([203, 0, 113, last]), target4, ports]);
  switch (form) {
    case 'text 4':
      return { address: address4, bytes: Buffer.from(`PROXY TCP4 ${address4} 10.0.1.1 12345 443\r\n`) };
    case 'text 6':
      return { address: address6, bytes: Buffer.from(`PROXY TCP6 ${address6} 2001:db8::ffff 12345 443\r\n`) };
    case 'text unknown':
      return { address: '', bytes: Buffer.from('PROXY UNKNOWN\r\n') };
    case 'binary 4':
      return { address: address4, bytes: binary(0x21, 0x11, content4) };
    case 'binary 6':
      return {
        address: address6,
        bytes: binary(0x21, 0x21, Buffer.concat([bytes6(last), bytes6(0xffff), ports])),
      };
    case 'binary more':
      return { address: address4, bytes: binary(0x21, 0x11, Buffer.concat([content4, more])) };
    default:
      return { address: '', bytes: binary(0x20, 0x11, content4) };
  }
}

/** Of the `index`th connection of a client; `manner`: absent, it is proper or glued. */
export function announcementOf(client: string, index: number, manner?: AnnouncementManner): Announcement {
  const draw = keyedUint32(fnv1a(client), 'announcement', index);
  const { address, bytes } = headerOf(forms[(draw >>> 8) % forms.length]!, draw);
  const own = manner ?? ((draw >>> 16) % 2 === 0 ? 'proper' : 'glued');
  switch (own) {
    case 'absent':
      return { manner: own, address, isProper: false, bytes: Buffer.alloc(0) };
    case 'garbage':
      return {
        manner: own,
        address,
        isProper: false,
        bytes: Buffer.from('PROXY TCP4 203.0.113.300 x 1 2\r\n'),
      };
    case 'doubled':
      return { manner: own, address, isProper: false, bytes: Buffer.concat([bytes, bytes]) };
    case 'endless':
      return { manner: own, address, isProper: false, bytes: Buffer.from(`PROXY TCP4 ${'1'.repeat(300)}`) };
    default:
      return { manner: own, address, isProper: true, bytes };
  }
}
