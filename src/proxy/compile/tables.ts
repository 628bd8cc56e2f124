// The published form of a config: everything that a request looks up, shared with earlier and later versions.
import type { TlsCertificate } from '../../ports/tls.ts';
import { noRoutes, type Routes } from '../router/routes.ts';
import { ShardedMap } from '../router/sharded-map.ts';
import type { Compiled, CompiledConsumer, MatchInput, PluginSlot, RouteMatch } from './compiled.ts';

export interface KeyOwner {
  readonly consumer: CompiledConsumer;
  readonly credentialId: string;
}

export interface TableParts {
  readonly configId: string;
  readonly routes: Routes;
  readonly globalPlugins: readonly PluginSlot[];
  readonly keys: ShardedMap<string, KeyOwner>;
  readonly consumers: ShardedMap<string, CompiledConsumer>;
  /** Username to consumer id. */
  readonly usernames: ShardedMap<string, string>;
  /** By SNI as configured, lower case. */
  readonly certificates: ShardedMap<string, TlsCertificate>;
}

export const emptyParts: TableParts = {
  configId: '0'.repeat(32),
  routes: noRoutes,
  globalPlugins: [],
  keys: new ShardedMap(),
  consumers: new ShardedMap(),
  usernames: new ShardedMap(),
  certificates: new ShardedMap(),
};

export class CompiledTables implements Compiled {
  readonly parts: TableParts;
  readonly configId: string;
  readonly globalPlugins: readonly PluginSlot[];

  constructor(parts: TableParts) {
    this.parts = parts;
    this.configId = parts.configId;
    this.globalPlugins = parts.globalPlugins;
  }

  match(input: MatchInput, path: string, into: RouteMatch): boolean {
    return this.parts.routes.match(input, path, into);
  }

  consumerByKey(key: string): KeyOwner | null {
    return this.parts.keys.get(key) ?? null;
  }

  consumerById(id: string): CompiledConsumer | null {
    return this.parts.consumers.get(id) ?? null;
  }

  consumerByUsername(name: string): CompiledConsumer | null {
    const id = this.parts.usernames.get(name);
    return id === undefined ? null : this.consumerById(id);
  }

  selectCertificate(serverName: string): TlsCertificate | null {
    const { certificates } = this.parts;
    if (certificates.size === 0) return null;
    const name = serverName.toLowerCase();
    const first = name.indexOf('.');
    const last = name.lastIndexOf('.');
    return (
      (name === '' ? undefined : certificates.get(name)) ??
      (first === -1 ? undefined : certificates.get(`*${name.slice(first)}`)) ??
      (last === -1 ? undefined : certificates.get(`${name.slice(0, last)}.*`)) ??
      certificates.get('*') ??
      null
    );
  }
}
