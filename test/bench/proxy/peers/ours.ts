// Our proxy as it ships: the command, worker threads, a declarative file. Or only its data path with hand-made tables.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { start } from '../../programs.ts';
import { hosts, prefixes, rsaName, socketPrefix } from '../routes.ts';
import type { Peer, Start } from './contender.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Kong's declarative format. */
function declarativeConfig({ backends, certificates, withClosedRoute }: Start): Record<string, unknown> {
  const all = [...hosts, rsaName];
  const routes = all.flatMap((host) =>
    prefixes.map((prefix) => ({
      name: `${host}-${prefix.slice(1)}`,
      hosts: [host],
      paths: [prefix],
      strip_path: false,
    })),
  );
  const closed = { name: 'closed', hosts: ['closed.example.com'], plugins: [{ name: 'key-auth' }] };
  const upstreamOf = (name: string, port: number) => ({
    name,
    targets: [{ target: `127.0.0.1:${port}`, weight: 100 }],
  });
  const serviceOf = (name: string, own: readonly unknown[]) => ({
    name,
    host: name,
    port: 80,
    protocol: 'http',
    routes: own,
  });
  return {
    _format_version: '3.0',
    upstreams: [upstreamOf('backend', backends.httpPort), upstreamOf('echo', backends.echoPort)],
    services: [
      serviceOf('backend', withClosedRoute ? [...routes, closed] : routes),
      serviceOf('echo', [{ name: 'echo', hosts: all, paths: [socketPrefix], strip_path: false }]),
    ],
    consumers: withClosedRoute ? [{ username: 'alice', keyauth_credentials: [{ key: 'alices-key' }] }] : [],
    certificates: [certificates.ecdsa, certificates.rsa].map(({ cert, key, serverNames }) => ({
      cert,
      key,
      snis: serverNames.map((name: string) => ({ name })),
    })),
  };
}

function ourVersion(): string {
  const text = readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

export interface OurProgram {
  /** For the runtime, such as a profiler's. */
  readonly nodeArgs: readonly string[];
  /** What is installed, or the sources, whose types Node has to strip. */
  readonly isBuilt: boolean;
}

export const builtMain = at('../../../../dist/src/main.js');

export function ourPeer({ nodeArgs, isBuilt }: OurProgram): Peer {
  return {
    name: 'tidegate',
    about: `${ourVersion()}${isBuilt ? ', built,' : ', from sources,'} on node ${process.version}; a thread for each worker`,
    start(options) {
      const config = `${options.folder}/kong.json`;
      writeFileSync(config, JSON.stringify(declarativeConfig(options)));
      const args = [
        ...nodeArgs,
        isBuilt ? builtMain : at('../../../../bin/tidegate.js'),
        'proxy',
        `--workers=${options.workers}`,
        `--proxy-port=${options.ports.http}`,
        `--proxy-tls-port=${options.ports.https}`,
        '--admin-port=0',
        `--access-log=${options.accessLog}`,
        `--config=${config}`,
      ];
      return start(process.execPath, args, options.accessLogFile);
    },
    processes: async (child) => [child.pid!],
  };
}

/** Only the data path: one worker, no TLS, no WebSocket, no access log. */
export function enginePeer(): Peer {
  return {
    name: 'tidegate',
    about: `${ourVersion()} on node ${process.version}; data path only, hand-made tables`,
    start({ ports, backends }) {
      const args = [at('./engine-program.ts'), String(ports.http), String(backends.httpPort)];
      return start(process.execPath, args);
    },
    processes: async (child) => [child.pid!],
  };
}
