// What consistent hashing hashes of a request: the bytes that Kong would hash, from the first source that has any.
import type { Upstream } from '../../kong/entity.ts';
import { formattedCookie, readCookie } from '../http/cookies.ts';
import type { Affinity, BalancedExchange } from './balancer.ts';
import { queryArgumentKey, serverPath } from './hashed-text.ts';

export interface HashInput {
  /** '' where nothing is found: all such requests go to one target, as in Kong. */
  read(exchange: BalancedExchange): string;
  readonly affinity: Affinity | null;
}

/** null: the request has none. */
type Source = (exchange: BalancedExchange) => string | null;

interface SourceSettings {
  readonly from: string;
  readonly header: string | null;
  readonly queryArg: string | null;
  readonly capture: string | null;
}

function headerSource(name: string): Source {
  const lower = name.toLowerCase();
  return ({ request }) => {
    const values = request.headerValues(lower);
    return values.length === 0 ? null : values.join(', ');
  };
}

/** A request without it gets a fresh one, which its response brings to the client. */
function cookieSource(name: string): Source {
  return (exchange) => {
    const value = readCookie(exchange.request.headerValues('cookie'), name);
    if (value !== null) return value;
    exchange.isAffinityNew = true;
    return exchange.freshId();
  };
}

function sourceOf({ from, header, queryArg, capture }: SourceSettings, cookie: string | null): Source | null {
  switch (from) {
    case 'consumer':
      return ({ consumer, credentialId }) => consumer?.id ?? (credentialId === '' ? null : credentialId);
    case 'ip':
      return ({ request }) => request.clientAddress;
    case 'header':
      return headerSource(header ?? '');
    case 'cookie':
      return cookieSource(cookie ?? '');
    case 'path':
      return ({ request }) => serverPath(request.path);
    case 'query_arg':
      return ({ request }) => queryArgumentKey(request.query, queryArg ?? '');
    case 'uri_capture':
      return ({ uriCaptures }) => uriCaptures?.[capture ?? ''] ?? null;
    default:
      return null;
  }
}

export function hashInputOf(upstream: Upstream): HashInput {
  const { hash_on_cookie: cookie, hash_on_cookie_path: path } = upstream;
  const main = sourceOf(
    {
      from: upstream.hash_on,
      header: upstream.hash_on_header,
      queryArg: upstream.hash_on_query_arg,
      capture: upstream.hash_on_uri_capture,
    },
    cookie,
  );
  const fallback = sourceOf(
    {
      from: upstream.hash_fallback,
      header: upstream.hash_fallback_header,
      queryArg: upstream.hash_fallback_query_arg,
      capture: upstream.hash_fallback_uri_capture,
    },
    cookie,
  );
  const issues = upstream.hash_on === 'cookie' || upstream.hash_fallback === 'cookie';
  return {
    read: (exchange) => main?.(exchange) ?? fallback?.(exchange) ?? '',
    affinity: issues && cookie !== null ? keyCookie(cookie, path) : null,
  };
}

function keyCookie(cookieName: string, path: string): Affinity {
  return {
    cookieFor({ affinityKey, isAffinityNew }) {
      return isAffinityNew && affinityKey !== null ? formattedCookie(cookieName, affinityKey, path) : null;
    },
  };
}
