// The way to the API server: one replica for as long as it answers, another when it does not, as behind a load balancer.
import type { HttpClient } from '../../src/ports/http.ts';
import type { HostEnv } from '../hosts/host.ts';
import { apiPlace, apiPort } from './places.ts';

const unreachable: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ETIMEDOUT', 'ECONNRESET']);

export function createApiClient(env: HostEnv, replicas: number): HttpClient {
  const clients = Array.from({ length: replicas }, (_, index) =>
    env.httpClient({ host: apiPlace(index).address, port: apiPort }),
  );
  let chosen = replicas === 1 ? 0 : env.random.uint32('api/replica') % replicas;
  return {
    request(request, handler) {
      const used = chosen;
      return clients[used]!.request(request, {
        onHead: (status, headers) => handler.onHead(status, headers),
        onData: (bytes) => handler.onData(bytes),
        onEnd(error) {
          if (error !== null && unreachable.has(error) && chosen === used) chosen = (used + 1) % replicas;
          handler.onEnd(error);
        },
      });
    },
  };
}
