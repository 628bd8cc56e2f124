// Byte streams by parameter, for the data path: a handful of verbs, callbacks into one handler object per connection.

/**
 * What the owner of a connection implements (as class methods of one shape, for speed).
 * Nothing is called after `onClose`, and nothing after the owner called `destroy`.
 */
export interface TcpHandler {
  /**
   * Bytes `bytes[start..end)` arrived; valid only during the call. The bytes before `start` down to
   * `start - headroom` are writable scratch space of the callee, so a head can grow in place.
   */
  onData(bytes: Buffer, start: number, end: number, headroom: number): void;
  /** Everything written so far is in the kernel (called only after a write returned false). */
  onDrain(): void;
  /** The peer sent FIN. The own direction is still open (allowHalfOpen); the owner decides. */
  onEnd(): void;
  /** The connection is gone. `error` is null for a clean close, else an errno-like code ('ECONNRESET'). */
  onClose(error: string | null): void;
}

/** Handler of an outgoing connection: also told when it is established. A failed connect is `onClose(code)`. */
export interface TcpClientHandler extends TcpHandler {
  onConnect(): void;
}

/** One end of a connection. */
export interface TcpEnd {
  readonly address: string;
  readonly port: number;
}

/**
 * Reads what comes before everything else on a connection, out of all bytes so far: how long it is and who the client is
 * that the sender speaks for. 'refused': it is no such thing.
 */
export type Preface = (
  bytes: Buffer,
  sender: TcpEnd,
) => 'more' | 'refused' | { readonly length: number; readonly client: TcpEnd };

/** What a client answered when it was asked for a certificate. */
export interface ClientIdentity {
  /** PEM, if there is no problem with it; '' = it has shown none. */
  readonly certificate: string;
  /** Why the certificate is not believed ('CERT_HAS_EXPIRED'), or null. */
  readonly problem: string | null;
}

export interface TlsInfo {
  /** SNI the client sent, lower case, or '' */
  readonly serverName: string;
  /** ALPN result, or '' */
  readonly protocol: string;
  /** Of clients that were asked. */
  readonly client?: ClientIdentity;
}

export interface TcpConnection {
  /** '' of an accepted connection that its peer has reset before anybody asked, and of one that is closed. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Our end of it; '' where it has none (any more). */
  readonly localAddress: string;
  readonly localPort: number;
  /** null on plain TCP */
  readonly tls: TlsInfo | null;
  /**
   * True: all bytes were taken, the buffer may be reused at once.
   * False: the callee owns the bytes until `onDrain`; stop producing until then.
   */
  write(bytes: Buffer): boolean;
  /** Like write of both in order, in one system call where possible. */
  write2(first: Buffer, second: Buffer): boolean;
  /** Stops delivery of onData (bytes may still arrive that were already read: never more than one call). */
  pause(): void;
  resume(): void;
  /** Flushes, then sends FIN. Reading goes on. */
  end(): void;
  /** Closes at once, dropping unwritten bytes. `onClose` is NOT called after this. */
  destroy(): void;
  /** Like destroy, but the peer sees a reset and cannot take the end for a proper one. Absent: destroy does that. */
  reset?(): void;
}

export interface TcpListener {
  readonly host: string;
  readonly port: number;
  /** Stops accepting; open connections live on. `done` is called when the port is free. */
  close(done: () => void): void;
}

export interface TcpListenOptions {
  readonly host: string;
  /** 0 = any free port */
  readonly port: number;
  /** Several threads may listen on the same port. */
  readonly reusePort?: boolean;
}

export interface Tcp {
  /** `accept` returns the handler for the new connection, or null to refuse (destroyed at once). */
  listen(
    options: TcpListenOptions,
    accept: (connection: TcpConnection) => TcpHandler | null,
    done: (error: string | null, listener: TcpListener | null) => void,
  ): void;
  connect(host: string, port: number, handler: TcpClientHandler): TcpConnection;
}
