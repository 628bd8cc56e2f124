// A gate: an HTTP server that stands before another one for a single caller. All that the caller asks goes through what
// watches calls in a world, so it is taken down and faults can put themselves in its way.
import type { CallSeams } from '../../../sim/world/calls.ts';
import { watchCalls } from '../../../sim/world/calls.ts';
import type { HttpCall, HttpClient, HttpHandler, HttpListener, HttpServer } from '../../../src/ports/http.ts';
import { leadsHeader } from './observer/records.ts';
import type { Way } from './ways.ts';

export interface Gate {
  readonly url: string;
  close(): Promise<void>;
}

export interface GateOptions {
  readonly httpServer: HttpServer;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly inner: HttpClient;
  readonly way: Way;
  /** As of now: the caller may be in another life. */
  seams(leads: boolean): CallSeams;
  /** A fault has thrown in the way of a call: what it would have thrown into. */
  onThrown(): void;
}

const bodyBytesMax = 256 * 1024 * 1024;
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  leadsHeader,
]);

function endToEnd(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function handlerOf({ inner, way, seams, onThrown }: GateOptions): HttpHandler {
  return (request, reply) => {
    let isOver = false;
    const client = watchCalls(inner, seams(request.headers[leadsHeader] !== undefined));
    const cut = (): void => {
      finish();
      call?.cancel();
      reply.abort();
    };
    const over = way.begin(cut);
    const finish = (): void => {
      isOver = true;
      over();
    };
    let call: HttpCall | null = null;
    try {
      call = client.request(
        { ...request, headers: endToEnd(request.headers) },
        way.through({
          onHead: (status, headers) => reply.head(status, endToEnd(headers)),
          onData: (bytes) => void reply.write(bytes),
          onEnd(error) {
            if (isOver) return;
            finish();
            if (error === null) reply.end();
            else reply.abort();
          },
        }),
      );
      reply.onGone = () => {
        if (isOver) return;
        finish();
        call?.cancel();
      };
    } catch {
      finish();
      // A fault that throws means the caller; here only its call can be cut off.
      onThrown();
      reply.abort();
    }
  };
}

export function openGate(options: GateOptions): Promise<Gate> {
  const { httpServer, host, port, tls } = options;
  return new Promise((resolve, reject) => {
    const secured = tls === undefined ? null : { pairs: [tls] };
    const listening = { host, port, bodyBytesMax, ...(secured === null ? {} : { tls: () => secured }) };
    httpServer.listen(listening, handlerOf(options), (error, listener: HttpListener | null) => {
      if (listener === null) reject(new Error(`a gate cannot listen on ${host}: ${error}`));
      else
        resolve({
          url: listener.url,
          close: () => new Promise((done) => listener.close(done)),
        });
    });
  });
}
