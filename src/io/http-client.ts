// Whole HTTP requests over undici, with keep-alive, bytes by callback: nothing is buffered, nothing is a promise.
import { Agent, buildConnector, type Dispatcher } from 'undici';
import type { HttpCall, HttpClient, HttpReplyHandler } from '../ports/http.ts';

export interface HttpClientTls {
  /** PEM; undefined = the system's authorities. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly verify: boolean;
}

export interface HttpClientOptions {
  /** Base URL; a path in it is put before every request path. */
  readonly url: string;
  /** Asked anew for each connection, because certificates are renewed on disk. */
  readonly tls?: () => HttpClientTls;
  /** Headers that every request gets; asked anew each time, because tokens change. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export interface ClosableHttpClient extends HttpClient {
  close(): void;
}

const connectTimeoutMs = 10_000;
const keepAliveMs = 60_000;

/** A short code: 'ECONNREFUSED', 'UND_ERR_SOCKET', ... */
function codeOf(error: unknown): string {
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (typeof code === 'string' && code !== '') return code;
  if (cause !== undefined && cause !== error) return codeOf(cause);
  return typeof message === 'string' ? message : 'EUNKNOWN';
}

/** Connections with what `tls` says at that moment; sessions are resumed only while it says the same. */
function createConnector(tls: (() => HttpClientTls) | undefined): buildConnector.connector {
  if (tls === undefined) return buildConnector({ timeout: connectTimeoutMs });
  let current: { readonly text: string; readonly connect: buildConnector.connector } | null = null;
  return (options, callback) => {
    try {
      const { verify, serverName, ...files } = tls();
      const text = JSON.stringify([verify, serverName, files]);
      if (current?.text !== text) {
        const settings = {
          timeout: connectTimeoutMs,
          rejectUnauthorized: verify,
          ...files,
          ...(serverName === undefined ? {} : { servername: serverName }),
        };
        current = { text, connect: buildConnector(settings) };
      }
      current.connect(options, callback);
    } catch (error) {
      callback(error as Error, null);
    }
  };
}

export function createHttpClient(options: HttpClientOptions): ClosableHttpClient {
  const { origin, pathname } = new URL(options.url);
  const prefix = pathname.replace(/\/+$/, '');
  const agent = new Agent({
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    // Deadlines are the caller's business: a watch is silent for minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector(options.tls),
  });
  return {
    request(request, handler) {
      let headers: Record<string, string>;
      try {
        headers = { ...options.headers?.(), ...request.headers };
      } catch (error) {
        return failLater(handler, codeOf(error));
      }
      return send(
        agent,
        {
          origin,
          path: `${prefix}${request.path}`,
          method: request.method as Dispatcher.HttpMethod,
          headers,
          body: request.body,
        },
        handler,
      );
    },
    close() {
      agent.destroy().catch(() => {
        // Already closed.
      });
    },
  };
}

function failLater(handler: HttpReplyHandler, code: string): HttpCall {
  let cancelled = false;
  setImmediate(() => {
    if (!cancelled) handler.onEnd(code);
  });
  return {
    cancel() {
      cancelled = true;
    },
  };
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}

function send(agent: Agent, request: Dispatcher.DispatchOptions, handler: HttpReplyHandler): HttpCall {
  let over = false;
  let controller: Dispatcher.DispatchController | null = null;
  const finish = (error: string | null): void => {
    if (over) return;
    over = true;
    handler.onEnd(error);
  };
  agent.dispatch(request, {
    onRequestStart(started) {
      controller = started;
      if (over) started.abort(new Error('cancelled'));
    },
    onResponseStart(_controller, status, headers) {
      if (!over && status >= 200) handler.onHead(status, flatten(headers));
    },
    onResponseData(_controller, chunk) {
      if (!over) handler.onData(chunk);
    },
    onResponseEnd() {
      finish(null);
    },
    onResponseError(_controller, error) {
      finish(codeOf(error));
    },
  });
  return {
    cancel() {
      if (over) return;
      over = true;
      controller?.abort(new Error('cancelled'));
    },
  };
}
