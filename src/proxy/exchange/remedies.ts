// What each reason in exits.ts means to whoever runs the gateway, and what to do about it: data for the documentation.
import type { ExitReason } from './exits.ts';

export interface Remedy {
  readonly cause: string;
  readonly action: string;
}

export const remedies: Readonly<Record<ExitReason, Remedy>> = {
  'no-route': {
    cause: 'No route matches host, path, method, headers and SNI of the request.',
    action:
      "Compare the request with `GET /routes` of the Admin API; look for Events on the Ingress (class, path type, host), and at the request's Host header.",
  },
  'no-service': {
    cause:
      'The route matched but has no service: a plugin that it needs is missing or refused, a rewrite cannot be used, or a gateway refused the service.',
    action: 'Read the Events on the Ingress and on its KongPlugins; each says which field to correct.',
  },
  'no-target': {
    cause: 'The upstream has no target, none of them is healthy, or their weights are all 0.',
    action:
      'Check that the Service exists, that its selector matches ready pods and that the port is right (`kubectl get endpointslices`); with health checks, `GET /upstreams/NAME/health`.',
  },
  'no-other-target': {
    cause: 'Every target was tried for this request and failed.',
    action: 'Look at the pods: they accept no connection or close it. Raising retries does not help.',
  },
  unavailable: {
    cause: 'What the route needs was accepted but cannot run on this gateway.',
    action:
      "Read the gateway's log: it names the route and the reason. Correct the object that it comes from.",
  },
  'https-required': {
    cause: 'A plain HTTP request for a route that is for HTTPS only.',
    action:
      'Use https; for a redirect instead of this answer, annotate the Ingress with `konghq.com/https-redirect-status-code: "302"`.',
  },
  plugin: {
    cause: 'A plugin answered: a missing key (401), a limit (429), a preflight request (200) and so on.',
    action:
      "The answer's own message says what it wants. The plugin is in `GET /routes/NAME/plugins` or global.",
  },
  'plugin-failed': {
    cause: 'A plugin threw: a defect in the plugin, never let through.',
    action: "The gateway's log has the plugin's name and the stack for the same request id. Report it.",
  },
  'bad-request': {
    cause:
      'The request is not HTTP/1.1 as RFC 9112 has it, or ambiguous: both Content-Length and Transfer-Encoding, two hosts, a malformed chunk, a space before a colon.',
    action: 'Correct the client. Nothing of such a request reaches an upstream.',
  },
  'head-too-large': {
    cause: 'Request line and headers are larger than 32 KiB, or there are more than 1000 headers.',
    action: 'Send fewer or smaller headers; cookies are the usual cause.',
  },
  'target-too-long': {
    cause: 'The request line is longer than 8 KiB.',
    action: 'Move long query strings into the body.',
  },
  'version-unsupported': {
    cause: 'The request names an HTTP version other than 1.0 and 1.1.',
    action: 'Use HTTP/1.1.',
  },
  'method-refused': {
    cause: 'TRACE and CONNECT are not proxied.',
    action: 'Use another method.',
  },
  'expectation-failed': {
    cause: 'An Expect header with something other than 100-continue.',
    action: 'Leave the header out.',
  },
  'head-timeout': {
    cause: 'The client began a request and did not finish its head in time.',
    action: 'Look at the network or the client; some scanners do this on purpose.',
  },
  'body-timeout': {
    cause: 'The client announced a body and stopped sending it.',
    action: 'Look at the network or the client.',
  },
  'body-too-large': {
    cause:
      'A plugin has to read the whole body and the body is larger than it can hold (1 MiB for keys, 8 MiB for transformations).',
    action: 'Send a smaller body, or take the body out of what the plugin looks at.',
  },
  'upstream-failed': {
    cause: 'The connection to the target failed, or what came back is not HTTP, and the tries are used up.',
    action:
      "Look at the pod's log at that time; check `konghq.com/protocol` on the Service (http or https) and the target port.",
  },
  'upstream-timeout': {
    cause: 'Connecting, sending or the answer took longer than the timeout of the service.',
    action:
      'Make the pod faster, or raise `konghq.com/connect-timeout`, `write-timeout` or `read-timeout` on the Service (milliseconds).',
  },
  'client-gone': {
    cause: 'The client closed the connection before the answer was complete; logged with status 499.',
    action:
      "Nothing, unless it is frequent: then compare the client's timeout with the latencies in the log.",
  },
  cut: {
    cause:
      'The upstream broke off in the middle of the answer, so the connection to the client is closed without its end.',
    action: "Look at the pod's log at that time. A part of an answer is never passed off as the whole.",
  },
};
