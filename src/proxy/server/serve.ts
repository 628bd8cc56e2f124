// One worker's serving: its listeners, its connections, its pools, and how they start and drain.
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedMemory } from '../../ports/shared.ts';
import type { Tcp, TcpConnection, TcpHandler, TcpListener } from '../../ports/tcp.ts';
import type { TicketKeys, Tls, TlsCertificate } from '../../ports/tls.ts';
import type { Compiled } from '../compile/compiled.ts';
import { type AccessLines, AccessLog } from '../exchange/access-log.ts';
import { ClientCertificates } from '../exchange/client-certificates.ts';
import { Engine } from '../exchange/engine.ts';
import { TrustedProxies } from '../exchange/trusted-proxies.ts';
import { Deadlines } from '../upstream/deadlines.ts';
import type { EndpointRegistry } from '../upstream/endpoint.ts';
import { EndpointPools } from '../upstream/pool.ts';
import { createPreface } from './announced-client.ts';
import { AnnouncedConnection } from './announced-connection.ts';
import { ClientConnection } from './connection.ts';
import { Listening } from './listening.ts';
import type { WorkerOptions } from './protocol.ts';
import { createRoom } from './room.ts';
import { RouteCounters, routeCounterCount } from './route-counters.ts';
import { Statistics, statisticsLayout, statisticsWords } from './statistics.ts';

const connectionsMaxDefault = 65_536;

export interface ServingEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly tcp: Tcp;
  readonly tls: Tls;
  readonly log: Log;
}

export interface ServingHooks {
  /** Whole access log lines, each ending with a newline; called in batches. Absent: lines are dropped. */
  readonly onAccessLines?: AccessLines;
  /** Where all workers count; absent, or without room for this one: in memory of its own. */
  readonly shared?: Pick<SharedMemory, 'statistics' | 'routes'>;
}

export interface ServingPorts {
  /** -1 = not served. */
  readonly httpPort: number;
  readonly httpsPort: number;
}

export interface Serving {
  readonly endpoints: EndpointRegistry;
  readonly statistics: Statistics;
  /** Listens. On an error nothing listens. */
  start(done: (error: string | null, ports: ServingPorts) => void): void;
  /** What names stand for may have changed. */
  namesChanged(): void;
  /** Of sessions that begin from now on. */
  useTicketKeys(keys: TicketKeys): void;
  /** Stops accepting, lets exchanges finish, closes idle connections; after `deadlineMs` cuts what is left. */
  drain(deadlineMs: number, done: () => void): void;
  /** Open client connections. */
  connectionCount(): number;
}

interface OpenListener {
  readonly listener: TcpListener;
  readonly isTls: boolean;
}

/** Where a worker counts: in shared memory that has room for it, else in its own. */
function countersOf(
  { shared }: ServingHooks,
  index: number,
): { statistics: Statistics; routes: RouteCounters } {
  const row = shared?.statistics;
  const hasRow = row !== undefined && row.length >= (index + 1) * statisticsWords;
  return {
    statistics: hasRow ? new Statistics(row, index) : new Statistics(new Float64Array(statisticsWords), 0),
    routes: new RouteCounters(shared?.routes[index] ?? new Float64Array(routeCounterCount(1))),
  };
}

export function createServing(
  env: ServingEnv,
  options: WorkerOptions,
  current: () => Compiled,
  hooks: ServingHooks = {},
): Serving {
  const deadlines = new Deadlines(env.clock);
  const { statistics, routes } = countersOf(hooks, options.index);
  const { reuse } = options;
  const pools = new EndpointPools({
    tcp: env.tcp,
    tls: env.tls,
    deadlines,
    ...(reuse === undefined ? {} : { reuse }),
  });
  const accessLog =
    options.accessLog === 'off' || hooks.onAccessLines === undefined
      ? null
      : new AccessLog(options.accessLog, env.clock, hooks.onAccessLines);
  const engine = new Engine(env, deadlines, { statistics, routes }, current, accessLog);
  engine.answers = options.answers ?? engine.answers;
  engine.bodyBytesMax = options.bodyBytesMax ?? engine.bodyBytesMax;
  const listening = new Listening(engine, options.headTimeoutMs, options.keepaliveTimeoutMs, options);
  const limits = {
    clientsMax: options.connectionsMax ?? connectionsMaxDefault,
    socketsMax: options.socketsMax ?? Number.POSITIVE_INFINITY,
  };
  const room = createRoom(limits, listening, pools);
  engine.room = room;
  const { clientCertificates: rules, trustedProxies } = options;
  engine.trustedProxies = trustedProxies === undefined ? null : new TrustedProxies(trustedProxies);
  const certificates = rules === undefined ? null : new ClientCertificates(rules);
  engine.clientCertificates = certificates;
  const preface = options.proxyProtocol === undefined ? null : createPreface(options.proxyProtocol.trusted);
  const open: OpenListener[] = [];
  let { ticketKeys } = options;

  const accept = (tcp: TcpConnection): TcpHandler | null => {
    // Whoever has reset the connection by now has no address any more, and nothing that is decided by it can be. No answer would
    // get there, and what came before the reset is not carried out for nobody.
    if (tcp.remoteAddress === '') return null;
    if (engine.isDraining || !room.forClient()) {
      statistics.add(statisticsLayout.connectionsRefused);
      return null;
    }
    // Over TLS it has been read before the handshake.
    const connection =
      preface === null || tcp.tls !== null
        ? new ClientConnection(tcp, listening)
        : new AnnouncedConnection(tcp, listening, preface);
    listening.opened(connection);
    return connection;
  };

  const listen = (port: number, isTls: boolean, done: (error: string | null, port: number) => void): void => {
    if (port < 0) {
      done(null, -1);
      return;
    }
    const listened = (error: string | null, listener: TcpListener | null): void => {
      if (error !== null || listener === null) {
        done(`cannot listen on ${options.host}:${port}: ${error ?? 'no listener'}`, -1);
        return;
      }
      open.push({ listener, isTls });
      done(null, listener.port);
    };
    const address = { host: options.host, port, reusePort: true };
    if (!isTls) {
      env.tcp.listen(address, accept, listened);
      return;
    }
    const selectCertificate = (serverName: string): TlsCertificate | null =>
      current().selectCertificate(serverName) ?? options.defaultCertificate ?? null;
    const onHandshakeDropped = (): void => statistics.add(statisticsLayout.connectionsRefused);
    const announced = preface === null ? {} : { preface };
    const asking =
      certificates === null
        ? {}
        : { askForCertificate: (name: string) => certificates.ruleFor(name)?.trust ?? null };
    const sealed = ticketKeys === undefined ? {} : { ticketKeys: () => ticketKeys! };
    const spoken = options.tlsSpoken === undefined ? {} : { spoken: options.tlsSpoken };
    const tls = {
      ...address,
      ...spoken,
      ...announced,
      ...asking,
      ...sealed,
      selectCertificate,
      alpn: ['http/1.1'],
      onHandshakeDropped,
    };
    env.tls.listen(tls, accept, listened);
  };

  const closeListeners = (): void => {
    for (const { listener } of open.splice(0)) listener.close(() => {});
  };

  return {
    endpoints: pools,
    statistics,
    connectionCount: () => listening.connections.length,
    namesChanged: () => engine.nameWaiters.wake(),
    useTicketKeys(keys) {
      ticketKeys = keys;
    },
    start(done) {
      listen(options.httpPort, false, (httpError, httpPort) => {
        if (httpError !== null) {
          done(httpError, { httpPort: -1, httpsPort: -1 });
          return;
        }
        listen(options.httpsPort, true, (httpsError, httpsPort) => {
          if (httpsError !== null) closeListeners();
          done(httpsError, { httpPort: httpsError === null ? httpPort : -1, httpsPort });
        });
      });
    },
    drain(deadlineMs, done) {
      engine.isDraining = true;
      closeListeners();
      let isDone = false;
      const finish = (): void => {
        if (isDone) return;
        isDone = true;
        timer.cancel();
        listening.onEmpty = null;
        pools.closeAll();
        accessLog?.flush();
        done();
      };
      const timer = env.clock.after(deadlineMs, () => {
        for (const connection of [...listening.connections]) connection.abort();
        finish();
      });
      listening.onEmpty = finish;
      for (const connection of [...listening.connections]) connection.drain();
      if (listening.connections.length === 0) finish();
    },
  };
}
