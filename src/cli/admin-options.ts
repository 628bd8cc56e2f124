// The options of the Admin API's listeners: TLS, certificates of clients, a token. In Kong: `admin_listen`, `admin_ssl_cert`,
// `admin_ssl_cert_key`, and the injected nginx_admin_ssl_client_certificate. Files are read anew for each connection, so that a
// renewed one counts without a restart; while a new one is not whole, what was read before goes on.

import { selfSigned } from '../io/self-signed.ts';
import type { Env } from '../ports/env.ts';
import type { HttpServerTls } from '../ports/http.ts';
import { type AdminPlaces, isLoopback } from './admin-listeners.ts';
import { readAuthorities, readPairs } from './certificate-files.ts';
import type { CommandInput, OptionSpec } from './command.ts';
import { CommandError, exitBadInput, exitUsage } from './exit-codes.ts';
import { readInputText } from './input-file.ts';
import { parseCount, parsePortOrOff, spelled } from './parse.ts';

const certificateOption = 'admin-certificate';
const keyOption = 'admin-certificate-key';
const selfSignedDays = 365;
const depthMax = 64;

export const adminOptionSpecs: Readonly<Record<string, OptionSpec>> = {
  'admin-port': {
    type: 'string',
    value: 'PORT',
    default: '8001',
    help: 'Admin API without TLS; 0 = any free port, off = none',
  },
  'admin-listen': {
    type: 'string',
    value: 'HOST',
    default: '127.0.0.1',
    help: 'address of the Admin API; whoever reaches it rules the gateway',
  },
  'admin-tls-port': {
    type: 'string',
    value: 'PORT',
    default: 'off',
    help: 'Admin API over TLS; 0 = any free port, off = none',
  },
  'admin-tls-listen': {
    type: 'string',
    value: 'HOST',
    help: 'address of the Admin API over TLS; default: --admin-listen',
  },
  [certificateOption]: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'certificate chain (PEM) of the Admin API, instead of a self-signed one; a second one with the other type of key; read anew when it changes',
  },
  [keyOption]: {
    type: 'string',
    multiple: true,
    value: 'FILE',
    help: 'its private key (PEM); in the same order',
  },
  'admin-client-ca': {
    type: 'string',
    value: 'FILE',
    help: 'over TLS only clients that show a certificate of an authority in FILE (PEM) reach the Admin API',
  },
  'admin-client-verify-depth': {
    type: 'string',
    value: 'N',
    default: '1',
    help: "authorities between such a client's certificate and one in FILE, at most",
  },
  'admin-token-file': {
    type: 'string',
    value: 'FILE',
    help: 'only requests with a token of FILE (one a line) in the header Kong-Admin-Token are answered; read anew when it changes',
  },
};

/** What `read` gives, and while it cannot be read what it gave last; the first time it has to succeed. */
function lastGood<T>(read: () => T, isSame: (a: T, b: T) => boolean, env: Pick<Env, 'log'>): () => T {
  let current = read();
  let told = '';
  return () => {
    try {
      const next = read();
      told = '';
      if (!isSame(next, current)) current = next;
    } catch (error) {
      const reason = (error as Error).message;
      if (reason !== told) env.log.error('the Admin API goes on with what it has', { reason });
      told = reason;
    }
    return current;
  };
}

function tlsSource(input: CommandInput, env: Pick<Env, 'log' | 'clock'>): () => HttpServerTls {
  const authorities = input.options['admin-client-ca'];
  const clientVerifyDepth = parseCount(input, 'admin-client-verify-depth', 0, depthMax);
  const own = selfSigned('localhost', selfSignedDays, env.clock.wallMs());
  const read = (): HttpServerTls => {
    const pairs = readPairs(input, certificateOption, keyOption).map(({ cert, key }) => ({ cert, key }));
    return {
      pairs: pairs.length === 0 ? [own] : pairs,
      ...(authorities === undefined
        ? {}
        : {
            clientAuthorities: readAuthorities(String(authorities), spelled(input, 'admin-client-ca')),
            clientVerifyDepth,
          }),
    };
  };
  return lastGood(read, (a, b) => JSON.stringify(a) === JSON.stringify(b), env);
}

function readTokens(path: string, option: string): readonly string[] {
  const text = readInputText(path, option);
  const tokens = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (tokens.length === 0) throw new CommandError(exitBadInput, `${option}: ${path} has no token in it`);
  return tokens;
}

function refuseWithoutTls(input: CommandInput): void {
  for (const name of [certificateOption, keyOption, 'admin-client-ca', 'admin-tls-listen']) {
    const given = input.options[name];
    if (given !== undefined && !(Array.isArray(given) && given.length === 0))
      throw new CommandError(exitUsage, `${spelled(input, name)} needs --admin-tls-port PORT`);
  }
}

/** Where the Admin API listens. `mayBeNowhere`: something else says what is served. */
export function adminPlacesOf(
  input: CommandInput,
  env: Pick<Env, 'log' | 'clock'>,
  mayBeNowhere: boolean,
): AdminPlaces {
  const { options } = input;
  const host = String(options['admin-listen']);
  const port = parsePortOrOff(input, 'admin-port');
  const tlsPort = parsePortOrOff(input, 'admin-tls-port');
  if (port < 0 && tlsPort < 0 && !mayBeNowhere)
    throw new CommandError(
      exitUsage,
      'without an Admin API (--admin-port, --admin-tls-port) and without --config nothing is ever served',
    );
  if (tlsPort < 0) refuseWithoutTls(input);
  else if (options['admin-client-ca'] !== undefined && port >= 0 && !isLoopback(host))
    throw new CommandError(
      exitUsage,
      `${spelled(input, 'admin-client-ca')} keeps nobody out while --admin-port ${port} on ${host} asks for nothing: off, or on 127.0.0.1`,
    );
  const tokenFile = options['admin-token-file'];
  const tokenOption = spelled(input, 'admin-token-file');
  return {
    host,
    port,
    ...(tlsPort < 0
      ? {}
      : {
          tls: {
            host: String(options['admin-tls-listen'] ?? host),
            port: tlsPort,
            source: tlsSource(input, env),
          },
        }),
    ...(tokenFile === undefined
      ? {}
      : {
          tokens: lastGood(
            () => readTokens(String(tokenFile), tokenOption),
            () => false,
            env,
          ),
        }),
  };
}
