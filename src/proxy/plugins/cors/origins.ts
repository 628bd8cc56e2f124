// Which origins a response may be read by: the decision of the cors plugin, prepared once.
import type { RE2JS } from 're2js';
import { compileRegex } from '../../../kong/regex.ts';

/** What the response says about the origin. */
export interface OriginAnswer {
  /** Access-Control-Allow-Origin, or null: not allowed. */
  readonly allowOrigin: string | null;
  /** The answer depends on the request's Origin, so caches must know. */
  readonly varies: boolean;
}

interface Pattern {
  /** Runs in linear time: the expression is the tenant's, the origin the client's. */
  readonly regex: RE2JS;
  /** Expressions without ':' look at the host alone. */
  readonly hostOnly: boolean;
}

const plain = /^[A-Za-z0-9.:/-]+$/;
/** No origin is longer; expressions see nothing that is. */
const originLengthMax = 512;
const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** 'https://A.example:443' -> { origin: 'https://a.example', host: 'a.example' }; null: not an origin ('null'). */
export function normaliseOrigin(origin: string): { origin: string; host: string } | null {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]]+\]|[^:/?#]+)(?::(\d+))?\/?$/i.exec(origin);
  if (match === null) return null;
  const scheme = match[1]!.toLowerCase();
  const host = match[2]!.toLowerCase();
  const port = match[3];
  const isDefault = port === undefined || defaultPorts[scheme] === port;
  return { origin: `${scheme}://${host}${isDefault ? '' : `:${port}`}`, host };
}

function patternOf(entry: string): Pattern | null {
  let hostOnly = !entry.includes(':');
  let source = entry;
  if (plain.test(entry)) {
    // As in Kong a plain host among several entries is no origin, and so nobody's.
    hostOnly = false;
    source = (normaliseOrigin(entry)?.origin ?? entry).replace(/[.\\+*?()[\]{}|^$/-]/g, '\\$&');
  }
  try {
    return { regex: compileRegex(source), hostOnly };
  } catch {
    return null;
  }
}

const everyone: OriginAnswer = { allowOrigin: '*', varies: false };
const nobody: OriginAnswer = { allowOrigin: null, varies: true };

/** The decision for one configuration; given the request's Origin header or null. */
export function prepareOrigins(
  origins: readonly string[] | null,
  credentials: boolean,
): (requestOrigin: string | null) => OriginAnswer {
  const list = origins ?? [];
  if (list.length === 0 || (list.length === 1 && list[0] === '*')) {
    if (!credentials) return () => everyone;
    // '*' and credentials exclude each other in browsers: the caller's own origin is named instead.
    return (origin) => (origin === null ? everyone : { allowOrigin: origin, varies: true });
  }
  if (list.length === 1 && plain.test(list[0]!)) {
    const fixed: OriginAnswer = { allowOrigin: list[0]!, varies: true };
    return () => fixed;
  }
  const allowsAll = list.includes('*');
  const patterns = list
    .filter((entry) => entry !== '*')
    .map(patternOf)
    .filter((pattern) => pattern !== null);
  return (origin) => {
    if (origin === null || origin.length > originLengthMax) return nobody;
    if (allowsAll) return { allowOrigin: credentials ? origin : '*', varies: true };
    const normal = normaliseOrigin(origin);
    if (normal === null) return nobody;
    for (const { regex, hostOnly } of patterns) {
      if (regex.matcher(hostOnly ? normal.host : normal.origin).matches())
        return { allowOrigin: origin, varies: true };
    }
    return nobody;
  };
}
