// TLS by parameter: the product says which certificate and which trust, the platform does the handshake.
import type {
  Preface,
  TcpClientHandler,
  TcpConnection,
  TcpHandler,
  TcpListener,
  TcpListenOptions,
} from './tcp.ts';

/** A certificate chain with its key, PEM. `id` changes when the content does (used as a cache key). */
export interface TlsCertificate {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
  /** Of the other kind of key (RSA or ECDSA), for clients that do not speak the first. */
  readonly alternative?: { readonly cert: string; readonly key: string } | null;
}

/** 48 secret bytes that tickets are sealed with; other keys are another value. */
export type TicketKeys = Uint8Array;

/** Whose certificates of clients are believed. */
export interface ClientTrust {
  /** Another trust has another id. */
  readonly id: string;
  /** PEM. */
  readonly certificateAuthorities: readonly string[];
  /** Authorities between a client's certificate and one of these, at most. */
  readonly verifyDepth: number;
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** What a server speaks. */
export interface TlsSpoken {
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Clients may go on with a session. */
  readonly hasTickets: boolean;
}

export interface TlsServerOptions extends TcpListenOptions {
  /** Chosen per handshake by SNI ('' when the client sent none). null: the handshake is refused (unrecognized_name). */
  readonly selectCertificate: (serverName: string) => TlsCertificate | null;
  /**
   * Clients of this name are asked for a certificate; null: they are not. A handshake ends well whatever they show, and no session
   * of theirs is taken up again. Absent: nobody is asked.
   */
  readonly askForCertificate?: (serverName: string) => ClientTrust | null;
  readonly alpn: readonly string[];
  /** Comes before the handshake; the connection's remote end is the client that it names. */
  readonly preface?: Preface;
  /** Asked per handshake. Sessions go on with whoever has the same keys. Absent: the listener has its own. */
  readonly ticketKeys?: () => TicketKeys;
  /** Absent: both versions, with tickets. */
  readonly spoken?: TlsSpoken;
  /** A handshake was given up to make room for a newer one. */
  readonly onHandshakeDropped?: () => void;
}

export interface TlsClientOptions {
  readonly host: string;
  readonly port: number;
  /** SNI, and the name verified when `verify` is true; '' = none */
  readonly serverName: string;
  readonly verify: boolean;
  /** Where `verify` is true: authorities between the peer's certificate and the one that is trusted, at most. */
  readonly verifyDepth: number;
  /** PEM CA certificates; null = the system's */
  readonly certificateAuthorities: readonly string[] | null;
  readonly clientCertificate: TlsCertificate | null;
  /** What is to be spoken, the first choice first. Absent: HTTP/1.1. */
  readonly alpn?: readonly string[];
}

export interface Tls {
  /** `accept` is called after the handshake; the connection speaks plain bytes. */
  listen(
    options: TlsServerOptions,
    accept: (connection: TcpConnection) => TcpHandler | null,
    done: (error: string | null, listener: TcpListener | null) => void,
  ): void;
  /** `onConnect` is called after the handshake. A failed handshake is `onClose('TLS ...')`, of a peer that is not believed 'TLS UNTRUSTED ...'. */
  connect(options: TlsClientOptions, handler: TcpClientHandler): TcpConnection;
}
