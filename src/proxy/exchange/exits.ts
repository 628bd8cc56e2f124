// How a request can end otherwise than with a whole response of its upstream: a closed list of reasons, the same in access
// log, metrics and docs/errors.md, and the answers that we make ourselves. Messages are Kong's.
import type { UpstreamFailure } from '../upstream/response-sink.ts';
import type { ExitReply } from './context.ts';

/** In the order of the documentation: our own answers by phase, then failures of upstreams, then what ends without an answer. */
export const exitReasons = [
  'no_route',
  'no_service',
  'name_unresolved',
  'no_endpoints',
  'no_other_endpoint',
  'plugin_unavailable',
  'service_unavailable',
  'https_required',
  'http2_required',
  'grpc_required',
  'client_certificate_missing',
  'client_certificate_refused',
  'misdirected_request',
  'plugin',
  'plugin_failed',
  'bad_request',
  'head_too_large',
  'target_too_long',
  'version_unsupported',
  'method_refused',
  'expectation_failed',
  'head_timeout',
  'body_timeout',
  'body_too_large',
  'connect_refused',
  'connect_timeout',
  'connect_failed',
  'tls_failed',
  'tls_untrusted',
  'reset_before_send',
  'reset_after_send',
  'closed_after_send',
  'send_timeout',
  'response_timeout',
  'bad_response',
  'descriptors_exhausted',
  'response_cut',
  'response_stalled',
  'tunnel_idle',
  'client_gone',
  'client_stalled',
  'drain_cut',
] as const;

export type ExitReason = (typeof exitReasons)[number];

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

function failed(reason: UpstreamFailure): Exit {
  return low(reason, 502, 'An invalid response was received from the upstream server');
}

function late(reason: UpstreamFailure): Exit {
  return low(reason, 504, 'The upstream server is timing out');
}

const brokenRoute = 'The route is not available: its configuration is broken';

export const exits = {
  noRoute: own('no_route', 404, 'no Route matched with those values'),
  noService: own('no_service', 503, 'no Service found with those values'),
  noEndpoints: own('no_endpoints', 503, 'failure to get a peer from the ring-balancer'),
  nameUnresolved: own('name_unresolved', 503, 'name resolution failed'),
  noOtherEndpoint: low('no_other_endpoint', 503, 'The upstream server is currently unavailable'),
  pluginUnavailable: own('plugin_unavailable', 503, brokenRoute),
  serviceUnavailable: own('service_unavailable', 503, brokenRoute),
  httpsRequired: own('https_required', 426, 'Please use HTTPS protocol'),
  http2Required: own('http2_required', 426, 'Please use HTTP2 protocol'),
  grpcRequired: own('grpc_required', 415, 'Non-gRPC request matched gRPC route'),
  clientCertificateMissing: low('client_certificate_missing', 400, 'No required SSL certificate was sent'),
  clientCertificateRefused: low('client_certificate_refused', 400, 'The SSL certificate error'),
  misdirectedRequest: low('misdirected_request', 421, 'Misdirected request'),
  pluginFailed: own('plugin_failed', 500, 'An unexpected error occurred'),
  badRequest: low('bad_request', 400, 'Bad request'),
  headTooLarge: low('head_too_large', 400, 'Request header or cookie too large'),
  targetTooLong: low('target_too_long', 414, 'URI too long'),
  versionUnsupported: low('version_unsupported', 505, 'HTTP version not supported'),
  methodRefused: low('method_refused', 405, 'Method not allowed'),
  expectationFailed: low('expectation_failed', 417, 'Expectation failed'),
  headTimeout: low('head_timeout', 408, 'Request timeout'),
  bodyTimeout: low('body_timeout', 408, 'Request timeout'),
  bodyTooLarge: low('body_too_large', 413, 'Payload too large'),
} as const;

/** The answer when a request has no tries left. After the head of a response there is none: it is cut. */
export const upstreamExits: Readonly<Record<UpstreamFailure, Exit>> = {
  connect_refused: failed('connect_refused'),
  connect_timeout: late('connect_timeout'),
  connect_failed: failed('connect_failed'),
  tls_failed: failed('tls_failed'),
  tls_untrusted: failed('tls_untrusted'),
  reset_before_send: failed('reset_before_send'),
  reset_after_send: failed('reset_after_send'),
  closed_after_send: failed('closed_after_send'),
  send_timeout: late('send_timeout'),
  response_timeout: late('response_timeout'),
  bad_response: failed('bad_response'),
  descriptors_exhausted: own('descriptors_exhausted', 500, 'An unexpected error occurred'),
  response_cut: failed('response_cut'),
  response_stalled: late('response_stalled'),
  tunnel_idle: late('tunnel_idle'),
};

/** To a gRPC request without TLS on a route for TLS only: gRPC has its own statuses. */
export const grpcsRequired: ExitReply = {
  status: 200,
  body: null,
  headers: {
    'Content-Type': 'application/grpc',
    'grpc-status': '1',
    'grpc-message': 'gRPC request matched gRPCs route',
  },
};

/** The redirect of a route that is for HTTPS only; null where its status asks for the 426 answer. */
export function httpsRedirect(status: number, host: string, target: string): ExitReply | null {
  if (status === 426) return null;
  return { status, body: null, headers: { Location: `https://${host}${target}` } };
}
