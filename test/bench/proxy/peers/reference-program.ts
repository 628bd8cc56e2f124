// The reference as a program: `node reference-program.ts OPTIONS.json`.
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { isMainThread, Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { hosts, prefixes, rsaName } from '../routes.ts';
import type { ReferenceOptions } from './reference.ts';

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade']);
const logCharactersMax = 32_768;

function forwardedHeaders(request: IncomingMessage, isTls: boolean): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(request.headers as IncomingHttpHeaders))
    if (value !== undefined && !hopByHop.has(name)) headers[name] = value;
  const address = request.socket.remoteAddress ?? '';
  headers['x-forwarded-for'] = address;
  headers['x-forwarded-proto'] = isTls ? 'https' : 'http';
  headers['x-forwarded-host'] = request.headers.host ?? '';
  headers['x-real-ip'] = address;
  return headers;
}

function serve(options: ReferenceOptions): void {
  const { ports, backends, certificates, accessLog, accessLogFile } = options;
  const pool = new Pool(`http://127.0.0.1:${backends.httpPort}`, { connections: 512, pipelining: 1 });
  const routes = new Map([...hosts, rsaName].map((host) => [host, prefixes]));
  const logFile = accessLog === 'off' ? null : createWriteStream(accessLogFile, { flags: 'a' });
  let lines = '';
  const log = (address: string, request: IncomingMessage, response: ServerResponse): void => {
    const agent = request.headers['user-agent'] ?? '-';
    const what = `"${request.method} ${request.url} HTTP/${request.httpVersion}" ${response.statusCode}`;
    lines += `${address} - - [${new Date().toISOString()}] ${what} "${agent}"\n`;
    if (lines.length < logCharactersMax) return;
    logFile!.write(lines);
    lines = '';
  };
  const answer =
    (isTls: boolean) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const known = routes.get(request.headers.host ?? '');
      if (known?.some((prefix) => request.url!.startsWith(prefix)) !== true) {
        response.writeHead(404).end();
        return;
      }
      const address = request.socket.remoteAddress ?? '';
      if (logFile !== null) response.on('finish', () => log(address, request, response));
      const hasBody = request.headers['content-length'] !== undefined;
      const method = request.method as 'GET';
      const headers = forwardedHeaders(request, isTls);
      pool.dispatch(
        { path: request.url!, method, headers, body: hasBody ? request : null },
        {
          onRequestStart() {},
          onResponseStart(controller, status, received) {
            for (const name of hopByHop) delete received[name];
            response.writeHead(status, received);
            response.on('drain', () => controller.resume());
          },
          onResponseData(controller, chunk) {
            if (!response.write(chunk)) controller.pause();
          },
          onResponseEnd: () => void response.end(),
          onResponseError: () => void response.destroy(),
        },
      );
    };
  const upgrade = (request: IncomingMessage, near: Socket, first: Buffer): void => {
    const far = connect(backends.echoPort, '127.0.0.1');
    const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    far.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('')}\r\n`);
    far.write(first);
    far.pipe(near).pipe(far);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  };
  const contextOf = ({ cert, key }: { readonly cert: string; readonly key: string }) =>
    createSecureContext({ cert, key });
  const contexts = { ecdsa: contextOf(certificates.ecdsa), rsa: contextOf(certificates.rsa) };
  const { cert, key } = certificates.ecdsa;
  const tls = createTlsServer(
    { cert, key, SNICallback: (name, done) => done(null, name === rsaName ? contexts.rsa : contexts.ecdsa) },
    answer(true),
  );
  const plain = createServer(answer(false)).on('upgrade', upgrade);
  plain.listen({ host: '127.0.0.1', port: ports.http, reusePort: true });
  tls.listen({ host: '127.0.0.1', port: ports.https, reusePort: true });
}

const options = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as ReferenceOptions;
if (!isMainThread) serve(options);
else
  for (let worker = 0; worker < options.workers; worker++)
    new Worker(new URL(import.meta.url), { argv: [process.argv[2]] });
