// nginx and HAProxy as peers: configured as they usually are in this place (nginx: as Kong does), one port a lane, and every
// connection closed after its first answer, so that a case ends by itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, freePort, output, reachable, start, stop } from '../../../bench/programs.ts';

export interface Peer {
  readonly name: 'nginx' | 'haproxy';
  readonly version: string;
  /** Where each lane listens. */
  readonly ports: readonly number[];
  stop(): Promise<void>;
}

interface PeerKind {
  readonly name: Peer['name'];
  readonly versionArgs: readonly string[];
  config(folder: string, lanes: readonly (readonly [port: number, upstreamPort: number])[]): string;
  args(folder: string, file: string): readonly string[];
}

const nginx: PeerKind = {
  name: 'nginx',
  versionArgs: ['-v'],
  args: (folder, file) => ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
  config: (folder, lanes) => `
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  large_client_header_buffers 4 8k;
  underscores_in_headers on;
  client_max_body_size 0;
  keepalive_timeout 0;
  client_header_timeout 1s; client_body_timeout 1s; send_timeout 1s;
  lingering_time 1s; lingering_timeout 200ms;
  proxy_read_timeout 1s;
  proxy_http_version 1.1;
  map $http_upgrade $upgrade { default ''; websocket websocket; }
  map $upgrade $hop { default 'keep-alive'; websocket 'keep-alive, Upgrade'; }
  proxy_set_header Host $host;
  proxy_set_header Connection $hop;
  proxy_set_header Upgrade $upgrade;
  proxy_set_header Proxy '';
  proxy_set_header TE '';
  proxy_set_header Keep-Alive '';
  proxy_set_header Proxy-Connection '';
  proxy_set_header X-Real-IP $remote_addr;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $host;
  proxy_set_header X-Forwarded-Port $server_port;
  proxy_set_header X-Forwarded-Path $request_uri;
  proxy_set_header X-Forwarded-Prefix '';
${lanes.map(([port, upstream]) => `  server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${upstream}; } }`).join('\n')}
}
`,
};

const haproxy: PeerKind = {
  name: 'haproxy',
  versionArgs: ['-v'],
  args: (_folder, file) => ['-db', '-f', file],
  config: (_folder, lanes) => `
defaults
  mode http
  retries 0
  option httpclose
  option http-buffer-request
  option forwardfor
  timeout connect 1s
  timeout http-request 1s
  timeout client 1s
  timeout server 1s
${lanes.map(([port, upstream]) => `listen lane-${port}\n  bind 127.0.0.1:${port}\n  server upstream 127.0.0.1:${upstream}`).join('\n')}
`,
};

export const peerKinds = { nginx, haproxy };

/** '1.22.1', or null: not installed. */
export async function peerVersion(kind: PeerKind): Promise<string | null> {
  const program = findProgram(kind.name);
  return program === null
    ? null
    : (/\d+\.\d+\.\d+/.exec(await output(program, kind.versionArgs))?.[0] ?? '?');
}

export async function startPeer(kind: PeerKind, upstreamPorts: readonly number[]): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), `tidegate-${kind.name}-`));
  const ports = await Promise.all(upstreamPorts.map(() => freePort()));
  const file = join(folder, 'peer.conf');
  writeFileSync(
    file,
    kind.config(
      folder,
      ports.map((port, i) => [port, upstreamPorts[i]!] as const),
    ),
  );
  const child = start(findProgram(kind.name)!, kind.args(folder, file));
  const end = async (): Promise<void> => {
    await stop(child);
    rmSync(folder, { recursive: true });
  };
  try {
    for (const port of ports) await reachable(port, child);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    name: kind.name,
    version: (await peerVersion(kind))!,
    ports,
    stop: end,
  };
}
