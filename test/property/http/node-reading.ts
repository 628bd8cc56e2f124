// A request read by node's own parser: a server that is given a stream of bytes in memory instead of a connection.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import type { NaiveRequest } from './naive/request.ts';

export interface NodeRequest {
  readonly method: string;
  readonly url: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [string, string])[];
}

export interface NodeReader {
  /** The requests that node makes of the text. */
  read(text: string): Promise<readonly NodeRequest[]>;
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!]);
}

export function createNodeReader(): NodeReader {
  let seen: NodeRequest[] = [];
  const take = (message: IncomingMessage, reply: ServerResponse): void => {
    const parts: Buffer[] = [];
    message.on('data', (bytes: Buffer) => parts.push(bytes));
    message.on('end', () => {
      seen.push({
        method: message.method!,
        url: message.url!,
        fields: pairs(message.rawHeaders),
        body: Buffer.concat(parts).toString('latin1'),
        trailers: pairs(message.rawTrailers),
      });
      reply.end();
    });
  };
  const server = createServer(take);
  // Else node answers those itself, and the request behind would be taken for the first.
  server.on('checkExpectation', take);
  server.on('clientError', (_error, stream) => stream.destroy());
  return {
    read(text) {
      seen = [];
      return new Promise((resolve) => {
        const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
        stream.on('error', () => {});
        stream.on('close', () => resolve(seen));
        server.emit('connection', stream);
        stream.push(Buffer.from(text, 'latin1'));
        stream.push(null);
      });
    },
  };
}

const behind = 'GET /behind HTTP/1.1\r\nHost: b\r\n\r\n';

/** `text` is one request, and `ours` what is read out of it. null where node refuses it, or reads the same and ends where it ends. */
export async function nodeDifference(
  node: NodeReader,
  text: string,
  ours: NaiveRequest,
): Promise<{ readonly isTaken: boolean; readonly difference: string | null }> {
  const [theirs, next] = await node.read(text + behind);
  if (theirs === undefined) return { isTaken: false, difference: null };
  const mine: NodeRequest = {
    method: ours.method,
    url: ours.target,
    fields: ours.lines,
    body: ours.body,
    trailers: ours.trailers,
  };
  // The authority of an absolute target is our host, not our target.
  const url = theirs.url.replace(/^https?:\/\/[^/?]*/i, '');
  const [ourText, theirText] = [JSON.stringify(mine), JSON.stringify({ ...theirs, url })];
  if (ourText !== theirText)
    return { isTaken: true, difference: `read as ${ourText}, by node as ${theirText}` };
  const goesOn = ours.version === '1.1' && !ours.saysClose && !ours.saysUpgrade;
  const endsThere = next === undefined ? !goesOn : next.url === '/behind';
  return { isTaken: true, difference: endsThere ? null : `ends elsewhere for node: ${JSON.stringify(next)}` };
}
