// A request that nobody has sent, as the router looks at one: for the command `match` and for tests.
import type { MatchInput } from '../compile/compiled.ts';
import { bytesOf } from './byte-text.ts';
import { normalisePath } from './normalise.ts';

export interface AskedRequest {
  readonly method: string;
  /** As in a request line, with its query. */
  readonly target: string;
  /** The Host header as sent; '' = none. */
  readonly host: string;
  readonly isTls: boolean;
  /** What the client connects to; of no importance where the Host has a port. */
  readonly serverPort: number;
  /** Names in any case, with as many values as lines. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly serverName: string;
  readonly clientAddress: string;
  readonly clientPort: number;
  readonly serverAddress: string;
}

export interface Asked {
  readonly input: MatchInput;
  /** Normalised. */
  readonly path: string;
  readonly query: string;
}

/** As request-record.ts splits it. */
function splitHost(raw: string, serverPort: number): readonly [host: string, port: number] {
  const parts = /^(\[[^\]]*\]|[^:]*):(\d*)$/.exec(raw);
  if (parts === null) return [raw, serverPort];
  return [parts[1]!, parts[2] === '' ? serverPort : Number(parts[2])];
}

export function askedRequest(request: AskedRequest): Asked {
  const { method, isTls, clientAddress, clientPort, serverAddress } = request;
  const target = bytesOf(request.target);
  const mark = target.indexOf('?', target.startsWith('/') ? 1 : 0);
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const [host, hostPort] = splitHost(request.host.toLowerCase(), request.serverPort);
  const values = new Map<string, string[]>();
  for (const [name, value] of request.headers) {
    const folded = name.toLowerCase().replaceAll('-', '_');
    values.set(folded, [...(values.get(folded) ?? []), bytesOf(value)]);
  }
  const input: MatchInput = {
    method,
    isTls,
    scheme: isTls ? 'https' : 'http',
    host,
    hostPort,
    rawHost: request.host,
    serverName: request.serverName.toLowerCase(),
    query,
    clientAddress,
    clientPort,
    serverAddress,
    foldedHeaderValues: (name) => values.get(name.replaceAll('-', '_')) ?? [],
  };
  return { input, path: path === '*' ? '/' : normalisePath(path === '' ? '/' : path), query };
}
