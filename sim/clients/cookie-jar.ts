// Cookies as a browser keeps them, without paths and ends: what a host has set, the client sends to it again.
import { cookieOf } from '../evidence/cookie.ts';
import type { RequestRecord } from '../evidence/evidence.ts';
import type { PlannedRequest } from '../history/plan.ts';

export interface CookieJar {
  take(answered: RequestRecord): void;
  withOwn(request: PlannedRequest): PlannedRequest;
}

export function createCookieJar(): CookieJar {
  const byHost: Map<string, Map<string, string>> = new Map();
  return {
    take(answered) {
      const cookie = cookieOf(answered);
      if (cookie === null) return;
      const own = byHost.get(answered.host) ?? new Map<string, string>();
      byHost.set(answered.host, own.set(cookie.split('=', 1)[0]!, cookie));
    },
    withOwn(request) {
      const own = byHost.get(request.host);
      if (own === undefined) return request;
      return { ...request, headers: { ...request.headers, Cookie: [...own.values()].join('; ') } };
    },
  };
}
