// Stands between one follower and the API server, both sides TLS on loopback, and does to its watches what networks do.
// It sees whole requests, so it knows which connection carries which watch, and counts what really happened.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as requestUpstream } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createErrorCount, type Line, noSeen, type Seen, tornPart, watchedKind } from './line.ts';
import { type KindName, kindNames } from './script.ts';

export interface Relay extends Line {
  readonly url: string;
  close(): void;
}

export interface RelayOptions {
  readonly upstream: { readonly url: string; readonly certificateAuthority: string };
  readonly tls: { readonly cert: string; readonly key: string };
  readonly changed: () => void;
}

interface Track {
  readonly seen: Seen;
  /** Raw sockets of the open watches. */
  readonly open: Set<Socket>;
  readonly waiting: (() => void)[];
  held: boolean;
  tearing: boolean;
}

interface RelayState {
  readonly options: RelayOptions;
  readonly agent: Agent;
  readonly tracks: Readonly<Record<KindName, Track>>;
  /** The TCP socket below a TLS connection, by the peer's port. */
  readonly raw: Map<number, Socket>;
}

/** The head has been answered: from here on the body of a watch, as it comes. */
function relayWatch(state: RelayState, kind: KindName, from: IncomingMessage, to: ServerResponse): void {
  const track = state.tracks[kind];
  const socket = state.raw.get(to.req.socket.remotePort ?? 0)!;
  const errorsIn = createErrorCount();
  track.open.add(socket);
  to.on('close', () => {
    track.open.delete(socket);
    state.options.changed();
  });
  from.on('data', (chunk: Buffer) => {
    if (to.destroyed) return;
    if (!track.tearing) {
      track.seen.errorEvents += errorsIn(chunk);
      to.write(chunk);
      return;
    }
    track.tearing = false;
    from.pause();
    to.write(tornPart(chunk), () => {
      track.seen.torn++;
      socket.destroy();
    });
  });
  from.on('end', () => {
    if (!to.destroyed) track.seen.ends++;
    to.end();
    state.options.changed();
  });
}

function forward(
  state: RelayState,
  kind: KindName | null,
  request: IncomingMessage,
  to: ServerResponse,
): void {
  const upstream: ClientRequest = requestUpstream(
    new URL(request.url ?? '/', state.options.upstream.url),
    { method: request.method, headers: request.headers, agent: state.agent },
    (from) => {
      const { 'transfer-encoding': _framing, connection: _connection, ...headers } = from.headers;
      const status = from.statusCode ?? 502;
      to.writeHead(status, headers);
      to.flushHeaders();
      if (kind !== null && status === 200) relayWatch(state, kind, from, to);
      else from.pipe(to);
      if (kind !== null && status === 410) state.tracks[kind].seen.status410++;
      state.options.changed();
    },
  );
  upstream.on('error', () => to.destroy());
  to.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function createTrack(): Track {
  return { seen: noSeen(), open: new Set(), waiting: [], held: false, tearing: false };
}

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const tracks = Object.fromEntries(kindNames.map((kind) => [kind, createTrack()])) as Record<
    KindName,
    Track
  >;
  const agent = new Agent({ keepAlive: true, ca: options.upstream.certificateAuthority });
  const state: RelayState = { options, agent, tracks, raw: new Map() };
  const server = createServer({ ...options.tls, ALPNProtocols: ['http/1.1'] }, (request, to) => {
    const kind = watchedKind(request.url ?? '/');
    const track = kind === null ? null : tracks[kind];
    if (track?.held !== true) forward(state, kind, request, to);
    else {
      track.waiting.push(() => forward(state, kind, request, to));
      options.changed();
    }
  });
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    state.raw.set(port, socket);
    socket.on('close', () => state.raw.delete(port));
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: (kind) => tracks[kind].seen,
    open: (kind) => tracks[kind].open.size,
    waiting: (kind) => tracks[kind].waiting.length,
    hold(kind) {
      tracks[kind].held = true;
    },
    release(kind) {
      tracks[kind].held = false;
      for (const go of tracks[kind].waiting.splice(0)) go();
    },
    reset(kind) {
      for (const socket of tracks[kind].open) {
        tracks[kind].seen.resets++;
        socket.resetAndDestroy();
      }
    },
    tear(kind) {
      tracks[kind].tearing = true;
    },
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
