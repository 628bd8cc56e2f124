// Whole HTTP requests by parameter, for everything that is not the data path: the Kubernetes API, the Admin API, status
// pages. Callbacks, no streams, no promises; both directions can carry endless bodies (watches).

export interface HttpRequest {
  readonly method: string;
  /** Path with query, origin-form. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

/** What the caller of a request is told. After `onEnd` nothing more is called. */
export interface HttpReplyHandler {
  onHead(status: number, headers: Readonly<Record<string, string>>): void;
  /** Body bytes; the callee may keep them. */
  onData(bytes: Buffer): void;
  /** `error` is null for a complete reply, else a short code ('ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', ...). */
  onEnd(error: string | null): void;
}

export interface HttpCall {
  /** Gives up: nothing more is called back. */
  cancel(): void;
}

/** A client bound to one server and its credentials. Timeouts are the caller's business (cancel). */
export interface HttpClient {
  request(request: HttpRequest, handler: HttpReplyHandler): HttpCall;
}

/** The server's side of one exchange. */
export interface HttpReply {
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** False: the peer is slow; go on when `onDrain` is called. */
  write(bytes: Buffer | string): boolean;
  end(bytes?: Buffer | string): void;
  /** Cuts the connection without a proper end. */
  abort(): void;
  /** Set by the handler: called once if the peer goes away before `end`. */
  onGone: (() => void) | null;
  /** Set by the handler: called after a write that returned false has drained. */
  onDrain: (() => void) | null;
}

export type HttpHandler = (request: HttpRequest, reply: HttpReply) => void;

export interface HttpListener {
  /** Base URL, e.g. 'http://127.0.0.1:8001' */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  close(done: () => void): void;
}

/** PEM, all of it. */
export interface HttpServerTls {
  /** One, or one of each kind of key. */
  readonly pairs: readonly { readonly cert: string; readonly key: string }[];
  /** Whose certificates clients have to show; absent: they are not asked. */
  readonly clientAuthorities?: readonly string[];
  /** Authorities between a client's certificate and one of these, at most; absent: any number. */
  readonly clientVerifyDepth?: number;
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Asked before each connection; the same value again: nothing has changed. Whether clients are asked stays as it is at first. */
  readonly tls?: () => HttpServerTls;
  /** Requests with larger bodies get 413. Bytes. */
  readonly bodyBytesMax: number;
  /** Connections beyond are closed at once. Without it there is no limit. */
  readonly connectionsMax?: number;
}

export interface HttpServer {
  listen(
    options: HttpServerOptions,
    handler: HttpHandler,
    done: (error: string | null, listener: HttpListener | null) => void,
  ): void;
}
