// Whole HTTP exchanges as messages over the same pipes: for the Kubernetes API and the Admin API, where nobody looks at
// bytes. Latency, holds, resets and crashes are those of the links; a connection is taken as already open.
import type {
  HttpCall,
  HttpClient,
  HttpHandler,
  HttpListener,
  HttpReply,
  HttpReplyHandler,
  HttpRequest,
  HttpServer,
  HttpServerOptions,
} from '../../src/ports/http.ts';
import { below, drawAt } from '../scheduler/draws.ts';
import { roomMessage } from './connection.ts';
import type { Listener } from './machine.ts';
import type { Network } from './network.ts';
import { Pipe } from './pipe.ts';
import type { Owned, Process } from './process.ts';
import type { Endpoint, SegmentKind } from './segment.ts';

export interface HttpService {
  readonly kind: 'http';
  readonly handler: HttpHandler;
  readonly bodyBytesMax: number;
}

type HttpMessage =
  | { readonly step: 'request'; readonly request: HttpRequest }
  | { readonly step: 'refused' }
  | { readonly step: 'head'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly step: 'data'; readonly bytes: Buffer }
  | { readonly step: 'end' };

const choiceStream = 0x4774;

abstract class HttpEnd implements Endpoint, Owned {
  life: Process | null;
  closed = false;
  readonly reading = true;
  readonly readsInPlace = false;
  out!: Pipe;
  inbound!: Pipe;

  constructor(life: Process | null) {
    this.life = life;
  }

  abstract onSegmentControl(payload: unknown): void;
  protected abstract gone(code: string): void;

  /** Nothing more is told to this end's owner. */
  close(): void {
    this.closed = true;
    this.life?.owned.delete(this);
  }

  onSegmentData(): void {}

  onSegmentFin(): void {
    this.lost('ECONNRESET');
  }

  onSegmentReset(): void {
    this.lost('ECONNRESET');
  }

  onStray(kind: SegmentKind): void {
    if (kind !== 'reset' && kind !== 'fin') this.out.sendReset();
  }

  onRoom(): void {}

  onTimeout(): void {
    this.lost('ETIMEDOUT');
  }

  processEnded(silent: boolean): void {
    if (this.closed) return;
    this.close();
    if (!silent) this.out.sendReset();
  }

  processResumed(): void {
    this.inbound.kick();
  }

  private lost(code: string): void {
    if (this.closed) return;
    this.close();
    if (!this.out.resetting) this.out.drop();
    this.inbound.drop();
    this.gone(code);
  }
}

export class ClientEnd extends HttpEnd {
  /** 'address:port' */
  readonly destination: string;
  private readonly handler: HttpReplyHandler;

  constructor(life: Process, destination: string, handler: HttpReplyHandler) {
    super(life);
    this.destination = destination;
    this.handler = handler;
  }

  /** Both ends see a reset. */
  cut(): void {
    this.out.cut();
    this.inbound.cut();
  }

  fail(code: string): void {
    if (this.closed) return;
    this.close();
    this.handler.onEnd(code);
  }

  onSegmentControl(payload: unknown): void {
    const message = payload as HttpMessage;
    if (message.step === 'head') this.handler.onHead(message.status, message.headers);
    else if (message.step === 'data') this.handler.onData(message.bytes);
    else {
      this.close();
      this.handler.onEnd(message.step === 'end' ? null : 'ECONNREFUSED');
    }
  }

  protected gone(code: string): void {
    this.handler.onEnd(code);
  }
}

class ServerEnd extends HttpEnd implements HttpReply {
  onGone: (() => void) | null = null;
  onDrain: (() => void) | null = null;
  private readonly find: () => Listener | null;
  private readonly windowBytes: number;
  private full = false;

  constructor(find: () => Listener | null, windowBytes: number) {
    super(null);
    this.find = find;
    this.windowBytes = windowBytes;
  }

  onSegmentControl(payload: unknown): void {
    if (payload === roomMessage) {
      this.full = false;
      this.onDrain?.();
      return;
    }
    const message = payload as HttpMessage;
    if (message.step !== 'request') return;
    const listener = this.find();
    const service = listener === null ? null : (listener.service as HttpService);
    if (listener === null || service?.kind !== 'http') {
      this.closed = true;
      this.out.sendControl({ step: 'refused' });
      return;
    }
    this.life = listener.life;
    listener.life.owned.add(this);
    if ((message.request.body?.length ?? 0) > service.bodyBytesMax) {
      this.head(413, { 'content-type': 'text/plain' });
      this.end('request body is too large');
      return;
    }
    const { life } = this;
    life.enter(() => (this.closed ? undefined : service.handler(message.request, this)));
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (!this.closed) this.out.sendControl({ step: 'head', status, headers }, 1);
  }

  write(bytes: Buffer | string): boolean {
    if (this.closed) return true;
    const own = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    if (own.length > 0) this.out.sendControl({ step: 'data', bytes: own }, own.length);
    if (this.out.outstanding <= this.windowBytes) return true;
    this.full = true;
    return false;
  }

  end(bytes?: Buffer | string): void {
    if (this.closed) return;
    if (bytes !== undefined) this.write(bytes);
    this.out.sendControl({ step: 'end' });
    this.close();
  }

  abort(): void {
    if (this.closed) return;
    this.close();
    this.out.sendReset();
  }

  override onRoom(): void {
    if (!this.full || this.out.outstanding * 2 > this.windowBytes) return;
    this.full = false;
    this.inbound.sendControl(roomMessage);
  }

  protected gone(): void {
    this.onGone?.();
  }
}

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
  /** Sent with every request, below the request's own. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function createHttpClient(network: Network, life: Process, target: HttpTarget): HttpClient {
  const { host, port } = target;
  const destination = `http ${host}:${port}`;
  const start = (request: HttpRequest, handler: HttpReplyHandler): HttpCall => {
    const { scheduler } = network;
    const label = `${destination} ${life.name} ${life.nextAttempt(destination)}`;
    const client = new ClientEnd(life, `${host}:${port}`, handler);
    const toClient = scheduler.lane(`${label} to client`);
    life.owned.add(client);
    const machine = network.machineAt(host, life.machine);
    if (machine === null) {
      const self = network.link(life.machine, life.machine);
      client.inbound = client.out = new Pipe(scheduler, self, toClient, client, client);
      network.unreachable((code) => client.fail(code), toClient);
      return { cancel: () => client.close() };
    }
    const toServer = scheduler.lane(`${label} to server`);
    const choose = (count: number): number => below(drawAt(toServer.key, choiceStream), count);
    const server = new ServerEnd(
      () => (network.machineAt(host, life.machine) === machine ? machine.find(host, port, choose) : null),
      network.options.windowBytes,
    );
    client.out = server.inbound = new Pipe(
      scheduler,
      network.link(life.machine, machine),
      toServer,
      client,
      server,
    );
    server.out = client.inbound = new Pipe(
      scheduler,
      network.link(machine, life.machine),
      toClient,
      server,
      client,
    );
    const sent =
      target.headers === undefined
        ? request
        : { ...request, headers: { ...target.headers, ...request.headers } };
    client.out.sendControl({ step: 'request', request: sent }, 1 + (request.body?.length ?? 0));
    return {
      cancel() {
        if (client.closed) return;
        client.close();
        client.out.sendReset();
      },
    };
  };
  return {
    request: (request, handler) => (life.alive ? start(request, handler) : { cancel() {} }),
  };
}

export function createHttpServer(network: Network, life: Process): HttpServer {
  return {
    listen(options: HttpServerOptions, handler, done) {
      const service: HttpService = { kind: 'http', handler, bodyBytesMax: options.bodyBytesMax };
      network.listen(
        life,
        { host: options.host, port: options.port, reusePort: false, service },
        (error, listener) => {
          if (listener === null) {
            done(error, null);
            return;
          }
          const opened: HttpListener = {
            url: `${options.tls === undefined ? 'http' : 'https'}://${listener.host}:${listener.port}`,
            host: listener.host,
            port: listener.port,
            close: (closed) => network.unlisten(listener, closed),
          };
          done(null, opened);
        },
      );
    },
  };
}
