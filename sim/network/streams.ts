// The TCP, TLS and DNS ports of one simulated process.
import type { Dns, DnsAnswer } from '../../src/ports/dns.ts';
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

/** Whatever is in the way is settled when the question is put; the answer is that of the moment when it comes. */
export function createDns(network: Network, life: Process): Dns {
  const { scheduler } = network;
  return {
    query(name, type, done) {
      let isCancelled = !life.alive;
      const key = name.toLowerCase();
      const told = isCancelled ? null : (network.onQuery?.(life, key, type) ?? null);
      const lane = scheduler.lane(
        `dns ${life.name} ${type} ${key} ${life.nextAttempt(`dns ${type} ${key}`)}`,
      );
      let delayUs = lookupUs + (drawAt(lane.key, 0) % lookupJitterUs);
      let change: ((answer: DnsAnswer) => DnsAnswer) | null = null;
      for (const trouble of network.nameTroubles) {
        const met = trouble(life, key, type);
        delayUs += met?.delayUs ?? 0;
        change = met?.change ?? change;
      }
      const tell = (): void => {
        if (isCancelled) return;
        const right = network.answerName(key, type);
        const answer = change === null ? right : change(right);
        told?.(answer);
        done(answer);
      };
      if (!isCancelled) scheduler.after(delayUs, () => life.enter(tell), lane);
      return {
        cancel() {
          isCancelled = true;
        },
      };
    },
  };
}
