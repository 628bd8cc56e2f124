// The right sides of predicates: strings, whole numbers, addresses and networks.
import { parseIpAddress, parseIpNetwork } from '../../base/ip-address.ts';
import type { Literal } from './expression.ts';
import type { Cursor } from './grammar.ts';

/** A literal with its place, or what is wrong with one that is well formed. */
export interface ReadLiteral {
  readonly literal: Literal | null;
  readonly problem: string;
  readonly start: number;
  readonly end: number;
}

const ipv4 = /\d{1,3}(?:\.\d{1,3}){3}/y;
const ipv6 = /(?::|[0-9A-Fa-f]{1,4}):(?:[0-9A-Fa-f]{1,4}|:)*/y;
const escapes: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', n: '\n', r: '\r', t: '\t' };
const intMax = 9_223_372_036_854_775_807n;

function readString(cursor: Cursor): Literal | null {
  return cursor.rule('str_literal', () => {
    if (!cursor.take('"')) return null;
    let text = '';
    for (;;) {
      const escaped = cursor.rule('str_esc', () => {
        if (!cursor.take('\\')) return null;
        const character = cursor.match(/["\\nrt]/y);
        return character === null ? null : escapes[character]!;
      });
      const character = escaped ?? cursor.rule('str_char', () => cursor.match(/[^"\\]/uy));
      if (character === null) break;
      text += character;
    }
    return cursor.take('"') ? { type: 'String', text } : null;
  });
}

function readRawString(cursor: Cursor): Literal | null {
  return cursor.rule('rawstr_literal', () => {
    if (!cursor.take('r#"')) return null;
    const end = cursor.text.indexOf('"#', cursor.at);
    if (end < 0) {
      cursor.at = cursor.text.length;
      cursor.rule('rawstr_char', () => null);
      return null;
    }
    const text = cursor.text.slice(cursor.at, end);
    cursor.at = end + 2;
    return { type: 'String', text };
  });
}

interface Outcome {
  readonly literal: Literal | null;
  readonly problem: string;
}

const fine = (literal: Literal): Outcome => ({ literal, problem: '' });
const wrong = (problem: string): Outcome => ({ literal: null, problem });

function network(text: string, family: 'IPv4' | 'IPv6'): Outcome {
  const [addressText = '', lengthText = ''] = text.split('/');
  const address = parseIpAddress(addressText);
  if (address === null) return wrong(`couldn't parse address in network: invalid ${family} address syntax`);
  const [lengthMax, before] = family === 'IPv4' ? [32, 96] : [128, 0];
  const length = Number(lengthText);
  if (length > lengthMax) {
    const name = family === 'IPv4' ? 'Ipv4' : 'Ipv6';
    return wrong(
      `invalid length for network: Network length ${length} is too long for ${name} (maximum: ${lengthMax})`,
    );
  }
  const bits = before + length;
  for (let bit = bits; bit < 128; bit++)
    if ((address[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) return wrong('host part of address was not zero');
  return fine({ type: 'IpCidr', network: parseIpNetwork(`${addressText}/${length}`)! });
}

function readAddress(cursor: Cursor): Outcome | null {
  const cidr = (name: 'ipv4_cidr_literal' | 'ipv6_cidr_literal', address: RegExp, length: RegExp) =>
    cursor.rule(name, () => {
      const text = cursor.match(address);
      if (text === null) return null;
      const rest = cursor.match(length);
      return rest === null ? null : text + rest;
    });
  const cidr4 = cidr('ipv4_cidr_literal', ipv4, /\/\d{1,2}/y);
  if (cidr4 !== null) return network(cidr4, 'IPv4');
  const cidr6 = cidr('ipv6_cidr_literal', ipv6, /\/\d{1,3}/y);
  if (cidr6 !== null) return network(cidr6, 'IPv6');
  const plain4 = cursor.rule('ipv4_literal', () => cursor.match(ipv4));
  const text = plain4 ?? cursor.rule('ipv6_literal', () => cursor.match(ipv6));
  if (text === null) return null;
  const address = parseIpAddress(text);
  if (address === null) return wrong(`invalid ${plain4 === null ? 'IPv6' : 'IPv4'} address syntax`);
  return fine({ type: 'IpAddr', address });
}

function readInt(cursor: Cursor): Outcome | null {
  return cursor.rule('int_literal', () => {
    const isNegative = cursor.take('-');
    // As the grammar tries them: '018' is the octal 01 with something behind it, '09' is decimal.
    const octal = cursor.rule('oct_digits', () => cursor.match(/0[0-7]+/y));
    const isHex = octal === null && cursor.take('0x');
    const hex = isHex ? cursor.rule('hex_digits', () => cursor.match(/[0-9A-Fa-f]+/y)) : null;
    if (isHex && hex === null) cursor.at -= 2;
    const decimal =
      octal === null && hex === null ? cursor.rule('dec_digits', () => cursor.match(/\d+/y)) : null;
    const written =
      octal === null ? (hex === null ? decimal : `0x${hex}`) : `0o${octal.replace(/^0+(?=.)/, '')}`;
    if (written === null) return null;
    const value = BigInt(written);
    if (value > intMax) return wrong('number too large to fit in target type');
    return fine({ type: 'Int', value: isNegative ? -Number(value) : Number(value) });
  });
}

export function readLiteral(cursor: Cursor): ReadLiteral | null {
  return cursor.rule('rhs', () => {
    const start = cursor.at;
    const text = readString(cursor) ?? readRawString(cursor);
    const outcome = text === null ? (readAddress(cursor) ?? readInt(cursor)) : fine(text);
    return outcome === null ? null : { ...outcome, start, end: cursor.at };
  });
}
