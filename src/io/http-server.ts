// Whole HTTP requests on node:http and node:https, for the Kubernetes front, the Admin API and status pages. Not the data path.
import { constants } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type {
  HttpHandler,
  HttpListener,
  HttpReply,
  HttpServer,
  HttpServerOptions,
  HttpServerTls,
} from '../ports/http.ts';
import { authoritiesBetween } from './peer-chain.ts';

/**
 * Not imported: an import looks at every export, and some of node:http's load a whole client when they are looked at: 15 MB
 * in each thread.
 */
function builtIn<Name extends 'node:http' | 'node:https'>(name: Name) {
  return process.getBuiltinModule(name);
}

/** Exchanges still open this long after `close` (watches have no end of their own) are cut. */
const closeGraceMs = 1000;
const keepAliveIdleMs = 75_000;
const handshakeTimeoutMs = 10_000;

function createReply(response: ServerResponse): HttpReply {
  let ended = false;
  const reply: HttpReply = {
    onGone: null,
    onDrain: null,
    head(status, headers) {
      response.writeHead(status, headers);
      response.flushHeaders();
    },
    write(bytes) {
      return ended || response.destroyed ? true : response.write(bytes);
    },
    end(bytes) {
      if (ended) return;
      ended = true;
      response.end(bytes);
    },
    abort() {
      ended = true;
      response.destroy();
    },
  };
  response.on('drain', () => reply.onDrain?.());
  response.on('close', () => {
    if (ended) return;
    ended = true;
    reply.onGone?.();
  });
  // A peer that resets mid-answer: 'close' follows and tells the handler.
  response.on('error', () => undefined);
  return reply;
}

function flattenHeaders(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function refuseLargeBody(response: ServerResponse, bodyBytesMax: number): void {
  const text = `{"message":"the request body is larger than ${bodyBytesMax} bytes"}`;
  response.writeHead(413, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  response.end(text);
}

function serve(
  message: IncomingMessage,
  response: ServerResponse,
  bodyBytesMax: number,
  handler: HttpHandler,
): void {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  let refused = Number(message.headers['content-length'] ?? '0') > bodyBytesMax;
  if (refused) refuseLargeBody(response, bodyBytesMax);
  message.on('data', (chunk: Buffer) => {
    if (refused) return;
    bodyBytes += chunk.length;
    if (bodyBytes > bodyBytesMax) {
      refused = true;
      chunks.length = 0;
      refuseLargeBody(response, bodyBytesMax);
      return;
    }
    chunks.push(chunk);
  });
  message.on('error', () => response.destroy());
  message.on('end', () => {
    if (refused) return;
    const body = bodyBytes === 0 ? null : chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const { method = 'GET', url = '/' } = message;
    handler({ method, path: url, headers: flattenHeaders(message), body }, createReply(response));
  });
}

function listenerOf(server: Server, options: HttpServerOptions): HttpListener {
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    host: options.host,
    port,
    close(done) {
      const cut = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      server.close(() => {
        clearTimeout(cut);
        done();
      });
      server.closeIdleConnections();
    },
  };
}

function contextOf({ pairs, clientAuthorities }: HttpServerTls): SecureContextOptions {
  return {
    cert: pairs.map(({ cert }) => cert),
    key: pairs.map(({ key }) => key),
    minVersion: 'TLSv1.2',
    // A session would go on although its client's certificate has ended.
    ...(clientAuthorities === undefined
      ? {}
      : { ca: [...clientAuthorities], secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}

/** With what `tls` says at the time of each handshake. */
function createTlsServer(
  tls: () => HttpServerTls,
  onRequest: (message: IncomingMessage, response: ServerResponse) => void,
): Server {
  let current = tls();
  const asks = current.clientAuthorities !== undefined;
  const server: TlsServer = builtIn('node:https').createServer(
    {
      ...contextOf(current),
      handshakeTimeout: handshakeTimeoutMs,
      ...(asks ? { requestCert: true, rejectUnauthorized: true } : {}),
    },
    onRequest,
  );
  // Before the listener of the library itself, which begins the handshake.
  server.prependListener('connection', () => {
    const next = tls();
    if (next === current) return;
    current = next;
    server.setSecureContext(contextOf(next));
  });
  server.prependListener('secureConnection', (socket) => {
    const depth = current.clientVerifyDepth ?? Number.POSITIVE_INFINITY;
    if (asks && authoritiesBetween(socket.getPeerCertificate(true)) > depth) socket.destroy();
  });
  return server;
}

export function createHttpServer(): HttpServer {
  return {
    listen(options, handler, done) {
      const onRequest = (message: IncomingMessage, response: ServerResponse): void =>
        serve(message, response, options.bodyBytesMax, handler);
      const { tls } = options;
      const server =
        tls === undefined ? builtIn('node:http').createServer(onRequest) : createTlsServer(tls, onRequest);
      server.keepAliveTimeout = keepAliveIdleMs;
      if (options.connectionsMax !== undefined) server.maxConnections = options.connectionsMax;
      const onListenError = (error: NodeJS.ErrnoException): void => done(error.code ?? error.message, null);
      server.once('error', onListenError);
      server.listen({ host: options.host, port: options.port }, () => {
        server.off('error', onListenError);
        // Later errors of the listening socket (file descriptors used up) must not end the process.
        server.on('error', () => undefined);
        done(null, listenerOf(server, options));
      });
    },
  };
}
