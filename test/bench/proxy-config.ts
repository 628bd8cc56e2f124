// The same 100 routes for nginx and for our proxy: 10 hosts with 10 path prefixes each, and one route behind key-auth.

const hostCount = 10;
const prefixCount = 10;

function scratchPaths(folder: string, name: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${name}-${kind};`)
    .join(' ');
}

function frame(folder: string, name: string, http: string): string {
  return `worker_processes 1; daemon off; pid ${folder}/${name}.pid; error_log ${folder}/${name}.log;
events { worker_connections 4096; }
http { access_log off; keepalive_requests 1000000000; ${scratchPaths(folder, name)}
${http}
}
`;
}

/** A fixed small answer: the backend costs next to nothing. */
export function backendConfig(folder: string, port: number): string {
  return frame(
    folder,
    'backend',
    `server { listen 127.0.0.1:${port}; location / { return 200 "hello from the backend\\n"; } }`,
  );
}

/** What our proxy adds per request, as far as nginx has words for it. */
export function nginxProxyConfig(folder: string, port: number, backendPort: number): string {
  const headers = `proxy_http_version 1.1; proxy_set_header Connection "";
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Request-Id $request_id; add_header X-Request-Id $request_id;`;
  const servers: string[] = [];
  for (let host = 0; host < hostCount; host++) {
    const locations: string[] = [];
    for (let prefix = 0; prefix < prefixCount; prefix++)
      locations.push(`location /p${prefix} { proxy_pass http://backend; }`);
    servers.push(
      `server { listen 127.0.0.1:${port}; server_name h${host}.example.com; ${locations.join(' ')} }`,
    );
  }
  const upstream = `upstream backend { server 127.0.0.1:${backendPort}; keepalive 512; keepalive_requests 1000000000; }`;
  return frame(folder, 'proxy', `${upstream}\n${headers}\n${servers.join('\n')}`);
}

/** Kong's declarative format. */
export function declarativeConfig(backendPort: number): Record<string, unknown> {
  const routes: Record<string, unknown>[] = [];
  for (let host = 0; host < hostCount; host++) {
    for (let prefix = 0; prefix < prefixCount; prefix++) {
      routes.push({
        name: `h${host}-p${prefix}`,
        hosts: [`h${host}.example.com`],
        paths: [`/p${prefix}`],
        strip_path: false,
      });
    }
  }
  const closed = { name: 'closed', hosts: ['closed.example.com'], plugins: [{ name: 'key-auth' }] };
  return {
    _format_version: '3.0',
    upstreams: [{ name: 'backend', targets: [{ target: `127.0.0.1:${backendPort}`, weight: 100 }] }],
    services: [{ name: 'backend', host: 'backend', port: 80, protocol: 'http', routes: [...routes, closed] }],
    consumers: [{ username: 'alice', keyauth_credentials: [{ key: 'alices-key' }] }],
  };
}
