// Which route and service a request was given to, for a client that asks with `Kong-Debug: 1`. Kong's `allow_debug_header`.
import type { CompiledRoute } from '../compile/compiled.ts';
import type { Exchange } from './exchange.ts';

export function tellRoute({ request, response }: Exchange, { id, name, service }: CompiledRoute): void {
  if (request.header('kong-debug') !== '1') return;
  response.addEarly('Kong-Route-Id', id);
  if (name !== '') response.addEarly('Kong-Route-Name', name);
  if (service === null) return;
  response.addEarly('Kong-Service-Id', service.id);
  if (service.name !== '') response.addEarly('Kong-Service-Name', service.name);
}
