// What an upstream connection tells the exchange that uses it. Bytes are valid only during the call.
import type { Head } from '../http/head.ts';

/** How one try went wrong. */
export type UpstreamFailure =
  /** No connection: refused, unreachable, handshake. */
  | 'connect'
  | 'connect-timeout'
  /** The connection went away before a response head. */
  | 'closed'
  | 'read-timeout'
  | 'write-timeout'
  /** What came is not HTTP/1.1. */
  | 'malformed'
  /** The response began and did not end properly. */
  | 'cut';

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
