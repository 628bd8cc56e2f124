// The cases of the matrix: what is asked for, by which load, and how dear it may be beside nginx.
import { askedHost, ecdsaName, rsaName, socketPrefix } from './routes.ts';

export interface Asking {
  readonly isTls: boolean;
  readonly host: string;
  readonly serverName: string;
  readonly path: string;
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** A connection for each request. */
  readonly closes: boolean;
}

export interface Case {
  readonly name: string;
  readonly about: string;
  readonly load: 'wrk' | 'handshakes' | 'websocket';
  readonly asking: Asking;
  /** CPU per request beside nginx may be so much (issue 5); null: only shown. */
  readonly ratioMax: number | null;
}

const small: Asking = {
  isTls: false,
  host: askedHost,
  serverName: ecdsaName,
  path: '/p3/item',
  bodyBytes: 0,
  closes: false,
};
const tenKilobytes = { path: '/p3/10k' };
const tls = { isTls: true };

function wrkCase(name: string, about: string, asking: Partial<Asking>, ratioMax: number | null): Case {
  return { name, about, load: 'wrk', asking: { ...small, ...asking }, ratioMax };
}

function handshakes(name: string, key: string, serverName: string, ratioMax: number): Case {
  const asking = { ...small, ...tls, closes: true, serverName, host: serverName };
  const about = `a new TLS 1.3 handshake for each request, ${key}, X25519, nothing resumed`;
  const host = serverName === ecdsaName ? askedHost : serverName;
  return { name, about, load: 'handshakes', asking: { ...asking, host }, ratioMax };
}

export const cases: readonly Case[] = [
  wrkCase('small', 'GET, 21 bytes', {}, 1.1),
  wrkCase('10k', 'GET, 10 KB', tenKilobytes, 1.1),
  wrkCase('100k-chunked', 'GET, 100 KB in chunks', { path: '/p3/100k' }, 0.6),
  wrkCase('post-10k', 'POST of 10 KB, answered with 21 bytes', { bodyBytes: 10 * 1024 }, 1.1),
  wrkCase('tls-small', 'GET, 21 bytes, over TLS', tls, 1.1),
  wrkCase('tls-10k', 'GET, 10 KB, over TLS', { ...tls, ...tenKilobytes }, 1.1),
  handshakes('handshake-ecdsa', 'P-256', ecdsaName, 1.6),
  handshakes('handshake-rsa', 'RSA 2048', rsaName, 1.35),
  {
    name: 'websocket',
    about: 'a message of 64 bytes there and back',
    load: 'websocket',
    asking: { ...small, path: `${socketPrefix}/echo` },
    ratioMax: null,
  },
  wrkCase('close', 'GET, 21 bytes, a new connection for each request', { closes: true }, null),
];

/** Judged in every run without options; older than the matrix, and measured as it always was. */
export const gateCase: Case = wrkCase(
  'gate',
  'GET, 21 bytes, 64 connections, key-auth active on another route, no access log',
  {},
  1.25,
);
