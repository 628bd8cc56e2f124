// Endpoints and their pooled connections, one registry per worker (Kong's defaults: 512 idle connections per pool, 60 s).
import { sha256Hex } from '../../base/hash.ts';
import type { Tcp, TcpConnection } from '../../ports/tcp.ts';
import type { Tls } from '../../ports/tls.ts';
import { UpstreamConnection } from './connection.ts';
import type { Deadlines } from './deadlines.ts';
import type { Endpoint, EndpointRegistry, EndpointTls } from './endpoint.ts';
import { serverNameOf, withoutPort } from './server-name.ts';

/** How connections are used again; the numbers are Kong's. */
export interface Reuse {
  /** That wait for a request, of one endpoint; 0: none does. */
  readonly idleMax: number;
  readonly idleTimeoutMs: number;
  /** On one connection. */
  readonly requestsMax: number;
}

const reuseDefault: Reuse = { idleMax: 512, idleTimeoutMs: 60_000, requestsMax: 10_000 };
/** Of one address, for names that clients chose. */
const namesMax = 32;

export interface PoolEnv {
  readonly tcp: Tcp;
  readonly tls: Tls;
  readonly deadlines: Deadlines;
  /** Absent: as Kong does by default. */
  readonly reuse?: Reuse;
}

export class EndpointPool implements Endpoint {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly reuse: Reuse;
  references = 0;
  private readonly tls: EndpointTls | null;
  private readonly env: PoolEnv;
  private readonly idle: UpstreamConnection[] = [];
  private readonly registry: EndpointPools;
  /** The same address asked for by names of clients (preserve_host), the one used last at the end. */
  private named: Map<string, EndpointPool> | null = null;

  constructor(
    key: string,
    host: string,
    port: number,
    tls: EndpointTls | null,
    env: PoolEnv,
    registry: EndpointPools,
  ) {
    this.key = key;
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.env = env;
    this.reuse = env.reuse ?? reuseDefault;
    this.registry = registry;
  }

  /**
   * Where requests for this host go: another name in the handshake is another pool, since what was verified for one name says
   * nothing about another. Clients choose names, so only so many are kept.
   */
  askedFor(host: string): EndpointPool {
    const { tls } = this;
    if (tls === null) return this;
    const serverName = serverNameOf(withoutPort(host));
    if (serverName === tls.serverName) return this;
    this.named ??= new Map();
    let pool = this.named.get(serverName);
    if (pool === undefined) {
      const named = { ...tls, serverName };
      const key = poolKey(this.host, this.port, named);
      pool = new EndpointPool(key, this.host, this.port, named, this.env, this.registry);
      pool.references = this.references;
    } else this.named.delete(serverName);
    this.named.set(serverName, pool);
    if (this.named.size > namesMax) this.forgetName(this.named.keys().next().value!);
    return pool;
  }

  private forgetName(serverName: string): void {
    this.named!.get(serverName)!.retire();
    this.named!.delete(serverName);
  }

  /** Nobody refers to it any more: what waits closes now, what is busy after its request. */
  retire(): void {
    this.references = 0;
    this.closeIdle();
    for (const serverName of this.named?.keys() ?? []) this.forgetName(serverName);
  }

  /** The idle connection used last (the likeliest to be alive), or null. */
  takeIdle(): UpstreamConnection | null {
    const connection = this.idle.pop() ?? null;
    if (connection !== null) this.registry.idleCount--;
    return connection;
  }

  /** A new connection; the caller assigns itself at once. */
  connect(timeoutMs: number): UpstreamConnection {
    this.registry.openCount++;
    const connection = new UpstreamConnection(this, this.env.deadlines);
    connection.startConnecting(this.open(connection), timeoutMs);
    return connection;
  }

  private open(handler: UpstreamConnection): TcpConnection {
    const { host, port, tls } = this;
    if (tls === null) return this.env.tcp.connect(host, port, handler);
    return this.env.tls.connect({ host, port, ...tls }, handler);
  }

  /** Whether the connection may stay open for the next request. */
  keeps(connection: UpstreamConnection): boolean {
    const { idleMax } = this.reuse;
    if (this.references === 0 || this.registry.isClosing || idleMax === 0) return false;
    if (this.idle.length >= idleMax) this.idle[0]!.destroy();
    this.idle.push(connection);
    this.registry.idleCount++;
    return true;
  }

  closed(connection: UpstreamConnection): void {
    this.registry.openCount--;
    const index = this.idle.indexOf(connection);
    if (index < 0) return;
    this.idle.splice(index, 1);
    this.registry.idleCount--;
  }

  closeIdle(): void {
    while (this.idle.length > 0) this.idle[this.idle.length - 1]!.destroy();
    for (const pool of this.named?.values() ?? []) pool.closeIdle();
  }

  closeOldest(): boolean {
    const oldest = this.idle[0];
    oldest?.destroy();
    if (oldest !== undefined) return true;
    for (const pool of this.named?.values() ?? []) if (pool.closeOldest()) return true;
    return false;
  }

  get idleCount(): number {
    return this.idle.length;
  }
}

export class EndpointPools implements EndpointRegistry {
  isClosing = false;
  /** Connections of all endpoints, those being made and those waiting included. */
  openCount = 0;
  /** Those that wait for a request. */
  idleCount = 0;
  private readonly pools = new Map<string, EndpointPool>();
  private readonly env: PoolEnv;

  constructor(env: PoolEnv) {
    this.env = env;
  }

  acquire(host: string, port: number, tls: EndpointTls | null): EndpointPool {
    const key = poolKey(host, port, tls);
    let pool = this.pools.get(key);
    if (pool === undefined) {
      pool = new EndpointPool(key, host, port, tls, this.env, this);
      this.pools.set(key, pool);
    }
    pool.references++;
    return pool;
  }

  release(endpoint: Endpoint): void {
    const pool = this.pools.get(endpoint.key);
    if (pool === undefined || pool !== endpoint || pool.references === 0) return;
    if (--pool.references > 0) return;
    this.pools.delete(endpoint.key);
    pool.retire();
  }

  /** Of some endpoint the connection that waits longest; false: none waits. */
  closeOneIdle(): boolean {
    if (this.idleCount === 0) return false;
    for (const pool of this.pools.values()) if (pool.closeOldest()) return true;
    return false;
  }

  /** From now on no connection outlives its request. */
  closeAll(): void {
    this.isClosing = true;
    for (const pool of this.pools.values()) pool.closeIdle();
  }
}

function poolKey(host: string, port: number, tls: EndpointTls | null): string {
  if (tls === null) return `tcp:${host}:${port}`;
  const authorities =
    tls.certificateAuthorities === null ? '' : sha256Hex(tls.certificateAuthorities.join('\n'));
  const trust = tls.verify ? `verify ${tls.verifyDepth}` : '';
  return `tls:${host}:${port}|${tls.serverName}|${trust}|${authorities}|${tls.clientCertificate?.id ?? ''}`;
}
