// The TCP, TLS and DNS ports of one simulated process.
import type { Dns } from '../../src/ports/dns.ts';
import type {
  Tcp,
  TcpClientHandler,
  TcpConnection,
  TcpListener,
  TcpListenOptions,
} from '../../src/ports/tcp.ts';
import type { Tls, TlsClientOptions, TlsServerOptions } from '../../src/ports/tls.ts';
import { drawAt } from '../scheduler/draws.ts';
import { dial, type StreamService } from './dial.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';

/** What a dead process gets for a connection: nothing ever happens on it. */
const deadConnection: TcpConnection = {
  remoteAddress: '',
  remotePort: 0,
  localAddress: '',
  localPort: 0,
  tls: null,
  write: () => true,
  write2: () => true,
  pause() {},
  resume() {},
  end() {},
  destroy() {},
};

type Done = (error: string | null, listener: TcpListener | null) => void;

function listen(
  network: Network,
  life: Process,
  options: TcpListenOptions,
  service: StreamService,
  done: Done,
): void {
  const { host, port, reusePort = false } = options;
  network.listen(life, { host, port, reusePort, service }, (error, listener) => {
    if (listener === null) {
      done(error, null);
      return;
    }
    done(null, {
      host: listener.host,
      port: listener.port,
      close: (closed) => network.unlisten(listener, closed),
    });
  });
}

export function createTcp(network: Network, life: Process): Tcp {
  return {
    listen: (options, accept, done) =>
      listen(network, life, options, { kind: 'stream', accept, tls: null }, done),
    connect: (host, port, handler) => connect(network, life, host, port, handler, null),
  };
}

export function createTls(network: Network, life: Process): Tls {
  return {
    listen(options: TlsServerOptions, accept, done) {
      listen(network, life, options, { kind: 'stream', accept, tls: options }, done);
    },
    connect: (options, handler) => connect(network, life, options.host, options.port, handler, options),
  };
}

function connect(
  network: Network,
  life: Process,
  host: string,
  port: number,
  handler: TcpClientHandler,
  tls: TlsClientOptions | null,
): TcpConnection {
  return life.alive ? dial({ network, life, host, port, handler, tls }) : deadConnection;
}

const lookupUs = 300;
const lookupJitterUs = 700;

/** Names come from the network's table; an absent one is ENOTFOUND. */
export function createDns(network: Network, life: Process): Dns {
  const { scheduler } = network;
  return {
    resolve(name, done) {
      if (!life.alive) return;
      const key = name.toLowerCase();
      const lane = scheduler.lane(`dns ${life.name} ${key} ${life.nextAttempt(`dns ${key}`)}`);
      const delayUs = lookupUs + (drawAt(lane.key, 0) % lookupJitterUs);
      scheduler.after(
        delayUs,
        () =>
          life.enter(() => {
            const entry = network.names.get(key);
            if (entry === undefined) done('ENOTFOUND', []);
            else if (typeof entry === 'string') done(entry, []);
            else done(null, entry);
          }),
        lane,
      );
    },
  };
}
