// The client's side of an exchange: an HTTP/1.1 connection, or one stream of an HTTP/2 connection. Responses are handed over as
// canonical HTTP/1.1 bytes.

import type { ClientIdentity } from '../../ports/tcp.ts';

export interface ExchangeClient {
  readonly isTls: boolean;
  /** SNI, lower case, or '' */
  readonly serverName: string;
  /** Of clients that were asked for a certificate, else null. */
  readonly clientIdentity: ClientIdentity | null;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** False: `exchange.clientDrained` is called when the bytes are gone; they stay untouched until then. */
  write(bytes: Buffer): boolean;
  write2(first: Buffer, second: Buffer): boolean;
  pauseRequest(): void;
  resumeRequest(): void;
  /** The response is complete and taken; `exchange.closeAfter` says whether the connection may go on. */
  exchangeDone(): void;
  /** The response began and cannot be completed: the client must see that. */
  cut(): void;
  /** The connection is a tunnel from now on: bytes arrive as request body without an end. */
  beginTunnel(): void;
  /** No more bytes for the client in a tunnel. */
  endTunnel(): void;
}
