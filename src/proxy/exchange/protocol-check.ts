// Whether a route takes requests that are spoken like this one: gRPC or not, over TLS or not. Kong's answers where it does not.
import type { CompiledRoute } from '../compile/compiled.ts';
import type { Exchange } from './exchange.ts';
import { exits, grpcsRequired, httpsRedirect } from './exits.ts';

/** Whether the request has been answered with what it lacks. `needsHttps`: the route is for TLS alone, and this did not come over it. */
export function refuseProtocol(exchange: Exchange, route: CompiledRoute, needsHttps: boolean): boolean {
  if (route.isGrpc && refuseGrpc(exchange, route)) return true;
  if (needsHttps) requireHttps(exchange, route);
  return needsHttps;
}

/** A route of gRPC takes nothing else, and nothing of it over HTTP/1. */
function refuseGrpc(exchange: Exchange, route: CompiledRoute): boolean {
  const { request } = exchange;
  if (request.header('content-type')?.startsWith('application/grpc') !== true) {
    exchange.fail(exits.grpcRequired);
    return true;
  }
  if (request.httpVersion !== '2') {
    offerUpgrade(exchange, 'HTTP/2');
    exchange.fail(exits.http2Required);
    return true;
  }
  if (request.isTls || route.allowsHttp) return false;
  exchange.exitReason = 'https_required';
  exchange.reply(grpcsRequired);
  return true;
}

function requireHttps(exchange: Exchange, route: CompiledRoute): void {
  const { request } = exchange;
  const reply = httpsRedirect(route.httpsRedirectStatus, request.forwardedHost, request.target);
  if (reply !== null) {
    exchange.exitReason = 'https_required';
    exchange.reply(reply);
    return;
  }
  offerUpgrade(exchange, 'TLS/1.2, HTTP/1.1');
  exchange.fail(exits.httpsRequired);
}

function offerUpgrade({ response, closeAfter }: Exchange, protocols: string): void {
  response.addEarly('Upgrade', protocols);
  response.addEarly('Connection', closeAfter ? 'Upgrade, close' : 'Upgrade');
}
