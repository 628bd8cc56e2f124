// What an upstream connection tells the exchange that uses it. Bytes are valid only during the call.
import type { Head } from '../http/head.ts';

/** How one try went wrong; each is a reason in exchange/exits.ts too. */
export type UpstreamFailure =
  // No connection, so the request cannot have been acted on.
  | 'connect_refused'
  | 'connect_timeout'
  /** Unreachable, or anything else that the kernel said. */
  | 'connect_failed'
  | 'tls_failed'
  /** Its certificate was not accepted. */
  | 'tls_untrusted'
  | 'reset_before_send'
  /** This process may open no more files. */
  | 'descriptors_exhausted'
  // No whole response head.
  | 'reset_after_send'
  /** The upstream's FIN. */
  | 'closed_after_send'
  | 'send_timeout'
  | 'response_timeout'
  /** What came is not HTTP/1.1. */
  | 'bad_response'
  // The response began and did not end properly.
  | 'response_cut'
  | 'response_stalled'
  | 'tunnel_idle';

const neverConnected: ReadonlySet<UpstreamFailure> = new Set([
  'connect_refused',
  'connect_timeout',
  'connect_failed',
  'tls_failed',
  'tls_untrusted',
  'reset_before_send',
  'descriptors_exhausted',
]);

export function isBeforeSend(failure: UpstreamFailure): boolean {
  return neverConnected.has(failure);
}

/** What the code of a failed connect means. */
export function connectFailure(code: string | null): UpstreamFailure {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connect_refused';
    case 'EMFILE':
    case 'ENFILE':
      return 'descriptors_exhausted';
    case 'EPROTO':
      return 'tls_failed';
    case null:
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset_before_send';
    default:
      // How src/ports/tls.ts tells what was said in a handshake from what the kernel says.
      if (code.startsWith('TLS UNTRUSTED ')) return 'tls_untrusted';
      return code.startsWith('TLS ') ? 'tls_failed' : 'connect_failed';
  }
}

export interface ResponseSink {
  /** The request may be written. */
  upstreamConnected(): void;
  upstreamDrained(): void;
  /** The final response head, before its body is looked at: true asks for a chunked body without its framing. */
  prepareResponse(head: Head): boolean;
  /** The head and what came with it: bytes[head.start, end); `end` is never past the message. */
  responseHead(head: Head, bytes: Buffer, end: number, headroom: number, isLast: boolean): void;
  responseBody(bytes: Buffer, start: number, end: number, isLast: boolean): void;
  /** A 1xx other than 101. */
  informational(head: Head): void;
  /** 101, then whatever the upstream said after it in bytes[head.end, end). */
  switched(head: Head, bytes: Buffer, end: number): void;
  tunnelled(bytes: Buffer, start: number, end: number): void;
  /** The upstream has no more to say in a tunnel. */
  tunnelEnded(): void;
  upstreamFailed(failure: UpstreamFailure): void;
}
