// How the upstream is asked, where that is not how the client asked: method, target, host, framing.
import type { BalancedTarget } from '../balance/balancer.ts';
import type { CompiledService } from '../compile/compiled.ts';
import type { Exchange } from './exchange.ts';
import { escapePath, isEscaped, upstreamPath } from './upstream-path.ts';

/** Everything besides the request that the head depends on. */
export interface HeadPlan {
  readonly method: string;
  /** null: the client's own target goes out unchanged. */
  readonly target: string | null;
  /** Prefix that was stripped, or ''. */
  readonly strippedPrefix: string;
  /** Host towards the upstream. */
  readonly host: string;
  /** Bytes of a transformed body; -1 = framing stays as it is. */
  readonly contentLength: number;
  readonly isUpgrade: boolean;
}

/** Reused: a plan is read within the call that made it. */
const record: { -readonly [K in keyof HeadPlan]: HeadPlan[K] } = {
  method: '',
  target: null,
  strippedPrefix: '',
  host: '',
  contentLength: -1,
  isUpgrade: false,
};

/** `contentLength` as in the plan. Valid until the next call. */
export function planHead(exchange: Exchange, target: BalancedTarget, contentLength: number): HeadPlan {
  const { request, edits, route, match } = exchange;
  const { head } = request;
  record.method = edits.method ?? request.method;
  record.contentLength = contentLength;
  record.isUpgrade = exchange.wantsUpgrade;
  record.host = route!.preserveHost && request.rawHost !== '' ? request.rawHost : target.hostHeader;
  if (edits.lines !== null) {
    const host = edits.currentHeader('host');
    if (host !== null && host !== request.header('host')) record.host = host;
  }
  const prefix = route!.stripPath ? exchange.normalPath.slice(0, match.prefixLength) : '';
  // The normalised path is decoded: a line end in it must not become one in the head.
  record.strippedPrefix = prefix === '/' ? '' : escapePath(prefix);
  record.target = targetOf(exchange, exchange.service!);
  if (record.target === null && (edits.method !== null || head.targetStart === head.targetEnd))
    record.target = request.target;
  // Absolute form leaves a gap between method and path: the target is written by itself.
  if (record.target === null && head.methodEnd + 1 !== head.targetStart) record.target = request.target;
  return record;
}

/** null: the client's own target. */
function targetOf(exchange: Exchange, service: CompiledService): string | null {
  const { request, edits, route, match, normalPath } = exchange;
  const { path, query } = edits;
  if (request.path === '*') return null;
  const isPlain = (service.path === null || service.path === '/') && !route!.stripPath;
  if (isPlain && path === null && query === null && normalPath === request.path && isEscaped(normalPath))
    return null;
  const { stripPath, pathHandling } = route!;
  const forwarded =
    path ?? upstreamPath(service.path, normalPath, match.prefixLength, stripPath, pathHandling);
  const escaped = escapePath(forwarded.startsWith('/') ? forwarded : `/${forwarded}`);
  const search = query ?? request.query;
  if (query === null ? request.hasQuery : search !== '') return `${escaped}?${safeQuery(search)}`;
  return escaped;
}

/** A query that plugins built must not break the request line, nor be cut to other bytes. */
function safeQuery(query: string): string {
  if (!/[\x00-\x20\x7f#]|[^\x00-\xff]/.test(query)) return query;
  const bytes = /[^\x00-\xff]/.test(query) ? Buffer.from(query, 'utf8').toString('latin1') : query;
  return bytes.replaceAll(/[\x00-\x20\x7f#]/g, percentEncoded);
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
