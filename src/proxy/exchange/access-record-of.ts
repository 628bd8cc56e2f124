// The access record of an exchange that has ended.
import type { AccessRecord } from './access-record.ts';
import type { Exchange } from './exchange.ts';

export function accessRecordOf(exchange: Exchange): AccessRecord {
  const { request, forward, route, consumer } = exchange;
  return {
    requestId: request.requestId,
    clientAddress: request.clientAddress,
    method: request.method,
    scheme: request.scheme,
    target: request.target,
    httpVersion: request.httpVersion,
    host: request.host,
    port: request.hostPort,
    status: exchange.status,
    isProxied: exchange.isProxied,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    responseHeadBytes: exchange.responseHeadBytes,
    durationUs: exchange.durationUs,
    proxyMs: exchange.proxyMs,
    upstreamMs: exchange.upstreamMs,
    tries: forward.asked(),
    upstreamTarget: forward.target === null ? '' : (forward.upstreamTarget ?? request.target),
    route,
    consumer,
    credentialId: exchange.credentialId,
    exitReason: exchange.exitReason,
    referer: request.header('referer') ?? '',
    userAgent: request.header('user-agent') ?? '',
    wallMs: exchange.wallMs,
  };
}
