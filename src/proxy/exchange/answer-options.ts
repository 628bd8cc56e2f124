// What the gateway tells of itself, as options: Kong's `headers`, `headers_upstream`, `error_template_*`, `error_default_type` and
// `allow_debug_header`. Plain data.
import type { ErrorPages } from './error-page.ts';
import { pagesOfKong } from './error-page.ts';

/** Which headers of ours responses get. */
export interface ShownHeaders {
  readonly via: boolean;
  readonly server: boolean;
  readonly requestId: boolean;
  readonly proxyLatency: boolean;
  readonly upstreamLatency: boolean;
  readonly responseLatency: boolean;
  readonly upstreamStatus: boolean;
}

export interface AnswerOptions {
  readonly shown: ShownHeaders;
  /** Upstreams are told the id of the request. */
  readonly tellsUpstreamId: boolean;
  readonly errorPages: ErrorPages;
  /** A client that sends `Kong-Debug: 1` hears of the route and the service. */
  readonly allowsDebugHeader: boolean;
}

/** Kong's defaults. */
export const answersOfKong: AnswerOptions = {
  shown: {
    via: true,
    server: true,
    requestId: true,
    proxyLatency: true,
    upstreamLatency: true,
    responseLatency: true,
    upstreamStatus: false,
  },
  tellsUpstreamId: true,
  errorPages: pagesOfKong,
  allowsDebugHeader: false,
};
