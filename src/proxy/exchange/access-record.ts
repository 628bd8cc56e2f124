// What an access log says about one exchange, and how: Kong's names and nesting as JSON, or the combined format with Kong's
// request id. A line costs some strings; what does not change from request to request is written once.
import type { CompiledConsumer, CompiledRoute } from '../compile/compiled.ts';
import { logDate } from '../http/date.ts';
import type { ExitReason } from './exits.ts';

export type AccessFormat = 'json' | 'combined';

/** One target that was asked. */
export interface AccessTry {
  readonly host: string;
  readonly port: number;
  /** null: it did not fail. */
  readonly failure: { readonly reason: ExitReason; readonly status: number } | null;
}

export interface AccessRecord {
  readonly requestId: string;
  readonly clientAddress: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly target: string;
  readonly httpVersion: string;
  readonly host: string;
  readonly port: number;
  readonly status: number;
  readonly isProxied: boolean;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Of them the head's. */
  readonly responseHeadBytes: number;
  readonly durationUs: number;
  /** Before the request went out; 0 where it did not. */
  readonly proxyMs: number;
  /** From then to the head of the response; negative where none came. */
  readonly upstreamMs: number;
  readonly tries: readonly AccessTry[];
  /** As the upstream was asked; '' where none was. */
  readonly upstreamTarget: string;
  readonly route: CompiledRoute | null;
  readonly consumer: CompiledConsumer | null;
  readonly credentialId: string;
  readonly exitReason: ExitReason | '';
  readonly referer: string;
  readonly userAgent: string;
  /** When it ended. */
  readonly wallMs: number;
}

const needsEscape = /["\\\x00-\x1f\x7f-\xff]/;

function quotedJson(text: string): string {
  return needsEscape.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** By route: they live as long as their tables. */
const routeTexts = new WeakMap<CompiledRoute, string>();

function routeText(route: CompiledRoute): string {
  let text = routeTexts.get(route);
  if (text !== undefined) return text;
  const { id, name, service } = route;
  const own = { id, name, ...(service === null ? {} : { service: { id: service.id } }) };
  text = `"route":${JSON.stringify(own)},`;
  if (service !== null) {
    const { host, port, protocol, path } = service;
    text += `"service":${JSON.stringify({ id: service.id, name: service.name, host, port, protocol, path })},`;
  }
  routeTexts.set(route, text);
  return text;
}

function consumerText({ id, username, customId }: CompiledConsumer, credentialId: string): string {
  const consumer = JSON.stringify({ id, username, custom_id: customId });
  const entity = credentialId === '' ? '' : `"authenticated_entity":${JSON.stringify({ id: credentialId })},`;
  return `"consumer":${consumer},${entity}`;
}

function triesText(tries: readonly AccessTry[]): string {
  let text = '';
  for (const { host, port, failure } of tries) {
    const failed =
      failure === null ? '' : `,"state":"failed","code":${failure.status},"reason":"${failure.reason}"`;
    text += `${text === '' ? '' : ','}{"ip":${quotedJson(host)},"port":${port}${failed}}`;
  }
  return text;
}

function headerText(name: string, value: string): string {
  return value === '' ? '' : `,"${name}":${quotedJson(value)}`;
}

/** '200', or '502, 200' after a failed try. */
function upstreamStatus({ tries, status, isProxied }: AccessRecord): string {
  let text = '';
  for (const { failure } of tries)
    if (failure !== null) text += `${text === '' ? '' : ', '}${failure.status}`;
  if (isProxied) text += `${text === '' ? '' : ', '}${status}`;
  return text;
}

export function jsonLine(record: AccessRecord): string {
  const { host, port, scheme, target, consumer, route, exitReason, upstreamMs } = record;
  const requestMs = Math.round(record.durationUs / 1000);
  const waitedMs = Math.max(0, upstreamMs);
  const receiveMs = upstreamMs < 0 ? 0 : Math.max(0, requestMs - record.proxyMs - waitedMs);
  const upstream =
    record.upstreamTarget === ''
      ? ''
      : `"upstream_uri":${quotedJson(record.upstreamTarget)},"upstream_status":"${upstreamStatus(record)}",`;
  return (
    `{"request":{"id":"${record.requestId}","method":${quotedJson(record.method)},"uri":${quotedJson(target)},` +
    `"url":${quotedJson(`${scheme}://${host}:${port}${target}`)},"size":${record.requestBytes},` +
    `"headers":{"host":${quotedJson(host)}${headerText('user-agent', record.userAgent)}${headerText('referer', record.referer)}}},` +
    `${upstream}"response":{"status":${record.status},"size":${record.responseBytes}},` +
    `"latencies":{"request":${requestMs},"kong":${Math.max(0, requestMs - waitedMs)},"proxy":${upstreamMs},"receive":${receiveMs}},` +
    `"tries":[${triesText(record.tries)}],${route === null ? '' : routeText(route)}` +
    `${consumer === null ? '' : consumerText(consumer, record.credentialId)}` +
    `"client_ip":"${record.clientAddress}","started_at":${record.wallMs - requestMs},` +
    `"source":"${record.isProxied ? 'upstream' : 'kong'}","workspace_name":"default"` +
    `${exitReason === '' ? '' : `,"reason":"${exitReason}"`}}\n`
  );
}

/** Nothing that a client sent may end a line or a quoted field. */
function quoted(text: string): string {
  return needsEscape.test(text)
    ? text.replaceAll(
        /["\\\x00-\x1f\x7f-\xff]/g,
        (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
      )
    : text;
}

function dashed(text: string): string {
  return text === '' ? '-' : quoted(text);
}

/** Lines of one second share their time. */
let dateSecond = -1;
let dateText = '';

function logDateOf(wallMs: number): string {
  const second = Math.floor(wallMs / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = logDate(wallMs);
  }
  return dateText;
}

export function combinedLine(record: AccessRecord): string {
  const { consumer, exitReason } = record;
  return (
    `${record.clientAddress} - ${dashed(consumer?.username ?? consumer?.customId ?? '')} [${logDateOf(record.wallMs)}] ` +
    `"${quoted(record.method)} ${quoted(record.target)} HTTP/${record.httpVersion}" ${record.status} ` +
    `${record.responseBytes - record.responseHeadBytes} "${dashed(record.referer)}" "${dashed(record.userAgent)}" ` +
    `kong_request_id: "${record.requestId}"${exitReason === '' ? '' : ` reason: "${exitReason}"`}\n`
  );
}
