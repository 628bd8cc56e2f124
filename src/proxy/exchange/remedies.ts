// What each reason in exits.ts means to whoever runs the gateway, and what to do about it: data for the documentation.
import type { ExitReason } from './exits.ts';

export interface Remedy {
  readonly cause: string;
  readonly action: string;
}

export const remedies: Readonly<Record<ExitReason, Remedy>> = {
  no_route: {
    cause: 'No route matches host, path, method, headers and SNI of the request.',
    action:
      "Compare the request with `GET /routes` of the Admin API; look for Events on the Ingress (class, path type, host), and at the request's Host header.",
  },
  no_service: {
    cause:
      'The route matched but has no service: a plugin that it needs is missing or refused, a rewrite cannot be used, or a gateway refused the service.',
    action: 'Read the Events on the Ingress and on its KongPlugins; each says which field to correct.',
  },
  name_unresolved: {
    cause:
      'All that the request could go to are names, of an ExternalName, of targets or the host of the service, and DNS knows no address for them, or has not answered.',
    action:
      'Check the name, ask the DNS server that the gateway uses (`--dns-resolver`, else that of resolv.conf), and look in the log for `a name cannot be resolved`, which says why.',
  },
  no_endpoints: {
    cause: 'The upstream has no target, none of them is healthy, or their weights are all 0.',
    action:
      'Check that the Service exists, that its selector matches ready pods and that the port is right (`kubectl get endpointslices`); with health checks, `GET /upstreams/NAME/health`.',
  },
  no_other_endpoint: {
    cause: 'Every target was tried for this request and failed.',
    action: 'Look at the pods: they accept no connection or close it. Raising retries does not help.',
  },
  plugin_unavailable: {
    cause:
      'A plugin that the route needs was accepted but cannot run on this gateway. The route stays closed rather than go without it.',
    action: "Read the gateway's log: it names the route and the plugin. Correct the plugin's configuration.",
  },
  service_unavailable: {
    cause:
      'The service of the route was accepted but cannot be used: its protocol, a certificate, an authority.',
    action:
      "Read the gateway's log: it names the route and the reason. Correct the object that it comes from.",
  },
  https_required: {
    cause: 'A plain HTTP request for a route that is for HTTPS only.',
    action:
      'Use https; for a redirect instead of this answer, annotate the Ingress with `konghq.com/https-redirect-status-code: "302"`.',
  },
  http2_required: {
    cause: 'A gRPC request over HTTP/1.x for a route whose protocols are grpc or grpcs.',
    action: 'Call with a gRPC client: gRPC needs HTTP/2.',
  },
  grpc_required: {
    cause:
      'A request that is not gRPC (its Content-Type says so) for a route whose protocols are grpc or grpcs.',
    action: 'Use a gRPC client, or give the route the protocols http and https.',
  },
  client_certificate_missing: {
    cause:
      'The host is one whose clients have to show a certificate (`--client-ca`), and this one has shown none, or came over plain HTTP.',
    action: 'Give the client a certificate of one of the authorities in that file, and let it use https.',
  },
  client_certificate_refused: {
    cause: 'The certificate that the client has shown is not believed.',
    action:
      '`request.tls.client_verify` in the access log says why: another authority, expired, too many authorities in between (`--client-verify-depth`). The client has to send those in between.',
  },
  misdirected_request: {
    cause:
      'The host of the request has other rules for client certificates (`--client-ca NAME=FILE`) than the server name of the handshake.',
    action:
      'The client has to use a connection of its own for that host, whose handshake names it (SNI); most do so by themselves after this answer.',
  },
  plugin: {
    cause: 'A plugin answered: a missing key (401), a limit (429), a preflight request (200) and so on.',
    action:
      "The answer's own message says what it wants. The plugin is in `GET /routes/NAME/plugins` or global.",
  },
  plugin_failed: {
    cause: 'A plugin threw: a defect in the plugin, never let through.',
    action: "The gateway's log has the plugin's name and the stack for the same request id. Report it.",
  },
  bad_request: {
    cause:
      'The request is not HTTP/1.1 as RFC 9112 has it, or ambiguous: both Content-Length and Transfer-Encoding, two hosts, a malformed chunk, a space before a colon.',
    action: 'Correct the client. Nothing of such a request reaches an upstream.',
  },
  head_too_large: {
    cause: 'Request line and headers are larger than 32 KiB, or there are more than 1000 headers.',
    action: 'Send fewer or smaller headers; cookies are the usual cause.',
  },
  target_too_long: {
    cause: 'The request line is longer than 8 KiB.',
    action: 'Move long query strings into the body.',
  },
  version_unsupported: {
    cause: 'The request names an HTTP version other than 1.0 and 1.1.',
    action: 'Use HTTP/1.1.',
  },
  method_refused: {
    cause: 'TRACE and CONNECT are not proxied.',
    action: 'Use another method.',
  },
  expectation_failed: {
    cause: 'An Expect header with something other than 100-continue.',
    action: 'Leave the header out.',
  },
  head_timeout: {
    cause: 'The client began a request and did not finish its head in time.',
    action: 'Look at the network or the client; some scanners do this on purpose.',
  },
  body_timeout: {
    cause: 'The client announced a body and stopped sending it.',
    action: 'Look at the network or the client.',
  },
  body_too_large: {
    cause:
      'The body is larger than `--body-max` lets through, or a plugin has to read the whole body and it is larger than the plugin can hold (1 MiB for keys, 8 MiB for transformations).',
    action:
      'Send a smaller body, raise `--body-max` (`client_max_body_size` of Kong), or take the body out of what the plugin looks at.',
  },
  connect_refused: {
    cause: 'The target refused the connection, and the tries are used up: nobody listens on that port.',
    action:
      'Compare the target port of the Service with the port that the container listens on; look whether the pod was ready at that time.',
  },
  connect_timeout: {
    cause: 'The target did not answer the connection within the connect timeout of the service.',
    action:
      'Look for a network policy or a firewall on the way, or a node that is gone; `konghq.com/connect-timeout` on the Service (milliseconds) changes the limit.',
  },
  connect_failed: {
    cause: 'The connection could not be made for another reason: no way to the address, mostly.',
    action: 'Look at the network between the gateway and the pod: routes, policies, the address itself.',
  },
  tls_failed: {
    cause:
      'The TLS handshake with the target failed: it does not speak TLS, or not a version or suite of ours, or refused our certificate.',
    action:
      'Check `konghq.com/protocol` and `konghq.com/client-cert` on the Service, and what the pod listens for on that port.',
  },
  tls_untrusted: {
    cause:
      'The certificate of the target was not accepted: another authority, another name than the Host that goes out, expired, or too many authorities in between.',
    action:
      'Compare the certificate with `konghq.com/ca-certificates-secrets`, `konghq.com/host-header` (or the Host of the client with `preserve-host`) and `konghq.com/tls-verify-depth`; `openssl s_client -connect ADDRESS:PORT -servername NAME -showcerts` in the cluster shows it.',
  },
  reset_before_send: {
    cause: 'The target closed the connection before the request could be sent.',
    action:
      'Look for a full accept queue, a proxy or a policy in front of the pod that closes what it does not like.',
  },
  reset_after_send: {
    cause:
      'The target reset the connection after the request had been sent and before an answer. It is sent again only if that cannot do anything twice.',
    action: "Look at the pod's log at that time: it crashed, was killed, or closed with the request unread.",
  },
  closed_after_send: {
    cause: 'The target closed the connection in an orderly way after the request and gave no whole answer.',
    action:
      "Look at the pod's log at that time. On POST it is often an idle timeout of the pod that is shorter than the gateway's 60 s.",
  },
  send_timeout: {
    cause: 'The target did not take the request within the write timeout of the service.',
    action: 'Make the pod read faster, or raise `konghq.com/write-timeout` on the Service (milliseconds).',
  },
  response_timeout: {
    cause: 'The target took the request and did not begin to answer within the read timeout of the service.',
    action: 'Make the pod faster, or raise `konghq.com/read-timeout` on the Service (milliseconds).',
  },
  bad_response: {
    cause: 'What came back is not HTTP/1.1, or its head is larger than 32 KiB.',
    action:
      'Check `konghq.com/protocol` on the Service (http or https), and what listens on the target port.',
  },
  descriptors_exhausted: {
    cause:
      'The gateway may open no more files, so it could not connect, even after closing what nobody was using.',
    action: "Raise the limit of open files of the gateway's process (`ulimit -n`), or add gateways.",
  },
  response_cut: {
    cause:
      'The upstream broke off in the middle of the answer, so the connection to the client is closed without its end.',
    action: "Look at the pod's log at that time. A part of an answer is never passed off as the whole.",
  },
  response_stalled: {
    cause:
      'The upstream began its answer and then sent nothing for the read timeout of the service; the connection to the client is closed without its end.',
    action: 'Make the pod send something more often, or raise `konghq.com/read-timeout` on the Service.',
  },
  tunnel_idle: {
    cause: 'Nothing came from the upstream of a WebSocket for the read timeout of the service.',
    action: 'Let one side ping the other, or raise `konghq.com/read-timeout` on the Service (milliseconds).',
  },
  client_gone: {
    cause: 'The client closed the connection before the answer was complete; logged with status 499.',
    action:
      "Nothing, unless it is frequent: then compare the client's timeout with the latencies in the log.",
  },
  client_stalled: {
    cause: 'The client took nothing of its answer for 60 s, so its connection was closed.',
    action: 'Look at the network or the client; some scanners do this on purpose.',
  },
  drain_cut: {
    cause: 'The gateway was told to stop and the request was not over when the time for that was.',
    action:
      'Raise `--drain-seconds`, and `terminationGracePeriodSeconds` of the pod with it, if requests may take that long.',
  },
};
