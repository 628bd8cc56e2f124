// Every response that we make ourselves, each with its reason: a closed list. Messages are Kong's.
import type { ExitReply } from './context.ts';

export type ExitReason =
  | 'no-route'
  | 'no-service'
  | 'no-target'
  | 'no-other-target'
  | 'unavailable'
  | 'https-required'
  | 'plugin'
  | 'plugin-failed'
  | 'bad-request'
  | 'head-too-large'
  | 'target-too-long'
  | 'version-unsupported'
  | 'method-refused'
  | 'expectation-failed'
  | 'head-timeout'
  | 'body-timeout'
  | 'body-too-large'
  | 'upstream-failed'
  | 'upstream-timeout'
  | 'client-gone'
  | 'cut';

export interface Exit {
  readonly reason: ExitReason;
  readonly status: number;
  readonly message: string;
  /** Kong lets nginx write these: without an Accept header the request's own content type decides, then plain text. */
  readonly isLowLevel: boolean;
}

function own(reason: ExitReason, status: number, message: string): Exit {
  return { reason, status, message, isLowLevel: false };
}

function low(reason: ExitReason, status: number, message: string): Exit {
  return { reason, status, message, isLowLevel: true };
}

export const exits = {
  noRoute: own('no-route', 404, 'no Route matched with those values'),
  noService: own('no-service', 503, 'no Service found with those values'),
  noTarget: own('no-target', 503, 'failure to get a peer from the ring-balancer'),
  noOtherTarget: low('no-other-target', 503, 'The upstream server is currently unavailable'),
  unavailable: own('unavailable', 503, 'The route is not available: its configuration is broken'),
  httpsRequired: own('https-required', 426, 'Please use HTTPS protocol'),
  pluginFailed: own('plugin-failed', 500, 'An unexpected error occurred'),
  badRequest: low('bad-request', 400, 'Bad request'),
  headTooLarge: low('head-too-large', 400, 'Request header or cookie too large'),
  targetTooLong: low('target-too-long', 414, 'URI too long'),
  versionUnsupported: low('version-unsupported', 505, 'HTTP version not supported'),
  methodRefused: low('method-refused', 405, 'Method not allowed'),
  expectationFailed: low('expectation-failed', 417, 'Expectation failed'),
  headTimeout: low('head-timeout', 408, 'Request timeout'),
  bodyTimeout: low('body-timeout', 408, 'Request timeout'),
  bodyTooLarge: low('body-too-large', 413, 'Payload too large'),
  upstreamFailed: low('upstream-failed', 502, 'An invalid response was received from the upstream server'),
  upstreamTimeout: low('upstream-timeout', 504, 'The upstream server is timing out'),
} as const;

/** The redirect of a route that is for HTTPS only; null where its status asks for the 426 answer. */
export function httpsRedirect(status: number, host: string, target: string): ExitReply | null {
  if (status === 426) return null;
  return { status, body: null, headers: { Location: `https://${host}${target}` } };
}
