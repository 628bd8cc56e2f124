// nginx as a contender, and as the backend of all.
import { writeFileSync } from 'node:fs';
import { childrenOf, start } from '../../programs.ts';
import { hosts, prefixes, rsaName, socketPrefix } from '../routes.ts';
import type { Peer, Start } from './contender.ts';

function scratchPaths(folder: string, name: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ');
}

interface Frame {
  readonly folder: string;
  readonly name: string;
  readonly workers: number;
  readonly accessLog: string;
}

function frame({ folder, name, workers, accessLog }: Frame, http: string): string {
  return `worker_processes ${workers}; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
worker_rlimit_nofile 16384;
events { worker_connections 4096; }
http { access_log ${accessLog}; keepalive_requests 1000000000; ${scratchPaths(folder, name)}
${http}
}
`;
}

/** Fixed answers: the backend costs next to nothing. A filter that finds nothing makes nginx send chunks. */
export function backendConfig(folder: string, port: number): string {
  writeFileSync(`${folder}/10k`, 'x'.repeat(10 * 1024));
  writeFileSync(`${folder}/100k`, 'x'.repeat(100 * 1024));
  return frame(
    { folder, name: 'backend', workers: 1, accessLog: 'off' },
    `client_header_buffer_size 16k; open_file_cache max=10; sendfile on;
server { listen 127.0.0.1:${port}; root ${folder}; default_type text/plain;
location / { return 200 "hello from the backend\\n"; }
location = /status { stub_status; }
location = /p3/10k { alias ${folder}/10k; }
location = /p3/100k { alias ${folder}/100k; sub_filter_types *; sub_filter "not in there" ""; } }`,
  );
}

const forwarded = `proxy_http_version 1.1; proxy_set_header Connection "";
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Request-Id $request_id; add_header X-Request-Id $request_id;`;

const upgrades = `proxy_pass http://echo; proxy_http_version 1.1;
proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";`;

/** What our proxy adds per request, as far as nginx has words for it. */
function proxyConfig(options: Start): string {
  const { folder, ports, backends, certificates, workers } = options;
  const locations = [
    ...prefixes.map((prefix) => `location ${prefix} { proxy_pass http://backend; }`),
    `location ${socketPrefix} { ${upgrades} }`,
  ].join(' ');
  const servers = [...hosts, rsaName].map((host, i) => {
    const { certFile, keyFile } = host === rsaName ? certificates.rsa : certificates.ecdsa;
    const shared = i === 0 && workers > 1 ? ' reuseport' : '';
    return `server { listen 127.0.0.1:${ports.http}${shared}; listen 127.0.0.1:${ports.https} ssl${shared};
server_name ${host}; ssl_certificate ${certFile}; ssl_certificate_key ${keyFile}; ${locations} }`;
  });
  const buffered = options.buffersLog ? ' buffer=32k flush=500ms' : '';
  const accessLog = options.accessLog === 'off' ? 'off' : `${options.accessLogFile} combined${buffered}`;
  return frame(
    { folder, name: 'proxy', workers, accessLog },
    `upstream backend { server 127.0.0.1:${backends.httpPort}; keepalive 512; keepalive_requests 1000000000; }
upstream echo { server 127.0.0.1:${backends.echoPort}; }
ssl_protocols TLSv1.2 TLSv1.3;
${forwarded}
${servers.join('\n')}`,
  );
}

export function nginxPeer(program: string, version: string): Peer {
  return {
    name: 'nginx',
    about: `${version}; keepalive 512 to the backend, reuseport with several workers, else as it comes`,
    start(options) {
      const file = `${options.folder}/proxy.conf`;
      writeFileSync(file, proxyConfig(options));
      return start(program, ['-c', file]);
    },
    async processes(child, workers) {
      return [child.pid!, ...(await childrenOf(child.pid!, workers))];
    },
  };
}
