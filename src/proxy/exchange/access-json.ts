// The access log as JSON, in Kong's names and nesting. What does not change from request to request is written once.
import type { CompiledConsumer, CompiledRoute } from '../compile/compiled.ts';
import type { ByteRange } from '../http/byte-range.ts';
import type { AccessRecord, AccessTry } from './access-record.ts';
import { constants, type LogLines } from './log-lines.ts';

const text = constants({
  id: '{"request":{"id":"',
  method: '","method":"',
  uri: '","uri":"',
  httpUrl: '","url":"http://',
  httpsUrl: '","url":"https://',
  colon: ':',
  requestSize: '","size":',
  host: ',"headers":{"host":"',
  userAgent: '","user-agent":"',
  referer: '","referer":"',
  requestEnd: '"}},',
  tlsEnd: '"},"tls":{"client_verify":"',
  upstreamUri: '"upstream_uri":"',
  upstreamStatus: '","upstream_status":"',
  comma: ', ',
  upstreamEnd: '",',
  status: '"response":{"status":',
  responseSize: ',"size":',
  latency: '},"latencies":{"request":',
  kong: ',"kong":',
  proxy: ',"proxy":',
  receive: ',"receive":',
  tries: '},"tries":[',
  ip: '{"ip":"',
  nextIp: ',{"ip":"',
  port: '","port":',
  failed: ',"state":"failed","code":',
  reason: ',"reason":"',
  quote: '"',
  close: '}',
  triesEnd: '],',
  client: '"client_ip":"',
  started: '","started_at":',
  ofUpstream: ',"source":"upstream","workspace_name":"default"',
  ofKong: ',"source":"kong","workspace_name":"default"',
  end: '}\n',
});

/** By route: they live as long as their tables. */
const routeTexts = new WeakMap<CompiledRoute, Buffer>();

function routeText(route: CompiledRoute): Buffer {
  const known = routeTexts.get(route);
  if (known !== undefined) return known;
  const { id, name, service } = route;
  const own = { id, name, ...(service === null ? {} : { service: { id: service.id } }) };
  let json = `"route":${JSON.stringify(own)},`;
  if (service !== null) {
    const { host, port, protocol, path } = service;
    json += `"service":${JSON.stringify({ id: service.id, name: service.name, host, port, protocol, path })},`;
  }
  const bytes = Buffer.from(json, 'utf8');
  routeTexts.set(route, bytes);
  return bytes;
}

function consumerText({ id, username, customId }: CompiledConsumer, credentialId: string): string {
  const consumer = JSON.stringify({ id, username, custom_id: customId });
  const entity = credentialId === '' ? '' : `"authenticated_entity":${JSON.stringify({ id: credentialId })},`;
  return `"consumer":${consumer},${entity}`;
}

function writeTries(lines: LogLines, tries: readonly AccessTry[]): void {
  lines.constant(text.tries);
  for (let i = 0; i < tries.length; i++) {
    const { host, port, failure } = tries[i]!;
    lines.constant(i === 0 ? text.ip : text.nextIp);
    lines.plain(host);
    lines.constant(text.port);
    lines.number(port);
    if (failure !== null) {
      lines.constant(text.failed);
      lines.number(failure.status);
      writeReason(lines, failure.reason);
    }
    lines.constant(text.close);
  }
  lines.constant(text.triesEnd);
}

function writeReason(lines: LogLines, reason: string): void {
  lines.constant(text.reason);
  lines.plain(reason);
  lines.constant(text.quote);
}

function writeHeader(lines: LogLines, before: Buffer, value: ByteRange): void {
  if (value.isEmpty) return;
  lines.constant(before);
  lines.json(value);
}

function writeRequest(lines: LogLines, record: AccessRecord): void {
  const { host, target } = record;
  lines.constant(text.id);
  lines.constant(record.requestId);
  lines.constant(text.method);
  lines.plain(record.method);
  lines.constant(text.uri);
  lines.json(target);
  lines.constant(record.scheme === 'http' ? text.httpUrl : text.httpsUrl);
  lines.plain(host);
  lines.constant(text.colon);
  lines.number(record.port);
  lines.json(target);
  lines.constant(text.requestSize);
  lines.number(record.requestBytes);
  lines.constant(text.host);
  lines.plain(host);
  writeHeader(lines, text.userAgent, record.userAgent);
  writeHeader(lines, text.referer, record.referer);
  if (record.clientVerify !== '') {
    lines.constant(text.tlsEnd);
    lines.plain(record.clientVerify);
  }
  lines.constant(text.requestEnd);
}

/** '200', or '502, 200' after a failed try. */
function writeUpstream(lines: LogLines, record: AccessRecord, tries: readonly AccessTry[]): void {
  const { upstreamTarget } = record;
  if (upstreamTarget.isEmpty) return;
  lines.constant(text.upstreamUri);
  lines.json(upstreamTarget);
  lines.constant(text.upstreamStatus);
  let isFirst = true;
  for (let i = 0; i < tries.length; i++) {
    const { failure } = tries[i]!;
    if (failure === null) continue;
    if (!isFirst) lines.constant(text.comma);
    lines.number(failure.status);
    isFirst = false;
  }
  if (record.isProxied) {
    if (!isFirst) lines.constant(text.comma);
    lines.number(record.status);
  }
  lines.constant(text.upstreamEnd);
}

function writeTimes(lines: LogLines, record: AccessRecord, requestMs: number): void {
  const { upstreamMs } = record;
  const waitedMs = Math.max(0, upstreamMs);
  lines.constant(text.latency);
  lines.number(requestMs);
  lines.constant(text.kong);
  lines.number(Math.max(0, requestMs - waitedMs));
  lines.constant(text.proxy);
  lines.number(upstreamMs);
  lines.constant(text.receive);
  lines.number(upstreamMs < 0 ? 0 : Math.max(0, requestMs - record.proxyMs - waitedMs));
}

export function writeJsonLine(lines: LogLines, record: AccessRecord): void {
  const { consumer, route, exitReason, tries } = record;
  const requestMs = Math.round(record.durationUs / 1000);
  writeRequest(lines, record);
  writeUpstream(lines, record, tries);
  lines.constant(text.status);
  lines.number(record.status);
  lines.constant(text.responseSize);
  lines.number(record.responseBytes);
  writeTimes(lines, record, requestMs);
  writeTries(lines, tries);
  if (route !== null) lines.constant(routeText(route));
  if (consumer !== null) lines.text(consumerText(consumer, record.credentialId));
  lines.constant(text.client);
  lines.constant(record.clientAddress);
  lines.constant(text.started);
  lines.number(record.wallMs - requestMs);
  lines.constant(record.isProxied ? text.ofUpstream : text.ofKong);
  if (exitReason !== '') writeReason(lines, exitReason);
  lines.constant(text.end);
}
