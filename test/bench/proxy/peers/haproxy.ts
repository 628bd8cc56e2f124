// HAProxy as a contender: one process, a thread for each worker.
import { writeFileSync } from 'node:fs';
import { start } from '../../programs.ts';
import { hosts, prefixes, rsaName, socketPrefix } from '../routes.ts';
import type { Peer, Start } from './contender.ts';

function routeMap(): string {
  const lines = [...hosts, rsaName].flatMap((host) => [
    ...prefixes.map((prefix) => `${host}${prefix} backend`),
    `${host}${socketPrefix} echo`,
  ]);
  return `${lines.join('\n')}\n`;
}

function config({ folder, ports, backends, certificates, workers, accessLog }: Start): string {
  const log = accessLog === 'off' ? '' : 'log global\n  option httplog';
  return `global
  nbthread ${workers}
  maxconn 4096
  log stdout format raw local0
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  timeout connect 60s
  timeout client 75s
  timeout server 60s
  timeout tunnel 3600s
  http-reuse always
  ${log}
frontend proxy
  bind 127.0.0.1:${ports.http}
  bind 127.0.0.1:${ports.https} ssl crt ${certificates.ecdsa.bothFile} crt ${certificates.rsa.bothFile}
  unique-id-format %{+X}o%ci%cp%fi%fp%Ts%rt%pid
  unique-id-header X-Request-Id
  option forwardfor
  http-request set-header X-Forwarded-Proto https if { ssl_fc }
  http-request set-header X-Forwarded-Proto http if !{ ssl_fc }
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Real-IP %[src]
  http-response set-header X-Request-Id %[unique-id]
  use_backend %[base,map_beg(${folder}/haproxy.map)]
backend backend
  server backend 127.0.0.1:${backends.httpPort}
backend echo
  server echo 127.0.0.1:${backends.echoPort}
`;
}

export function haproxyPeer(program: string, version: string): Peer {
  return {
    name: 'haproxy',
    about: `${version}; one thread for each worker, http-reuse always, routes by a map of prefixes`,
    start(options) {
      const file = `${options.folder}/haproxy.cfg`;
      writeFileSync(`${options.folder}/haproxy.map`, routeMap());
      writeFileSync(file, config(options));
      return start(program, ['-db', '-f', file], options.accessLogFile);
    },
    processes: async (child) => [child.pid!],
  };
}
