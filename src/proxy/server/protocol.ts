// Messages between the proxy's main thread and its workers.
import type { RouterFlavor } from '../../kong/router-flavor.ts';
import type { TicketKeys, TlsCertificate, TlsSpoken } from '../../ports/tls.ts';
import type { AnswerOptions } from '../exchange/answer-options.ts';
import type { ClientCertificateRule } from '../exchange/client-certificates.ts';
import type { TrustedProxyOptions } from '../exchange/trusted-proxies.ts';
import type { Reuse } from '../upstream/pool.ts';
import type { ConfigText } from './config-text.ts';

/** Main to worker. */
export type MainMessage =
  /** A change from the worker's current config, with words of shared health for new targets. */
  | { readonly kind: 'config'; readonly text: ConfigText }
  /** These access lines have been read, or will never be: their memory comes back. */
  | { readonly kind: 'accessTaken'; readonly bytes: Uint8Array<ArrayBuffer> }
  /** What TLS sessions are sealed with from now on. */
  | { readonly kind: 'ticketKeys'; readonly keys: TicketKeys }
  /** Stop accepting, finish what runs, then 'drained'. After `deadlineMs` the rest is cut. */
  | { readonly kind: 'drain'; readonly deadlineMs: number };

/** Worker to main. */
export type WorkerMessage =
  | { readonly kind: 'listening'; readonly httpPort: number; readonly httpsPort: number }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'swapped'; readonly configId: string }
  | { readonly kind: 'access'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string }
  | { readonly kind: 'drained' };

/** What a worker is started with. Ports 0 = any free; -1 = not served. */
export type WorkerOptions = {
  readonly kind: 'start';
  readonly index: number;
  readonly host: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly accessLog: 'off' | 'json' | 'combined';
  readonly keepaliveTimeoutMs: number;
  readonly headTimeoutMs: number;
  /** How routes are read. Default: traditional_compatible. */
  readonly routerFlavor?: RouterFlavor;
  /** Client connections of one worker: for one more, one that waits is closed. Default 65,536. */
  readonly connectionsMax?: number;
  /** Every connection begins with a PROXY protocol header, which these senders (addresses, networks) are believed. */
  readonly proxyProtocol?: { readonly trusted: readonly string[] };
  /** Connections of one worker to clients and upstreams together: what the limit of open files leaves it. */
  readonly socketsMax?: number;
  /** Answers TLS clients whose name has no certificate; without it their handshake fails. */
  readonly defaultCertificate?: TlsCertificate;
  /** Whose headers say who the client is. Absent: nobody's. */
  readonly trustedProxies?: TrustedProxyOptions;
  /** Which TLS clients are asked for certificates. Absent: nobody. */
  readonly clientCertificates?: readonly ClientCertificateRule[];
  /** What is told of the gateway. Default: as Kong does. */
  readonly answers?: AnswerOptions;
  /** Of the bodies of requests; larger ones are refused. Default: none. */
  readonly bodyBytesMax?: number;
  /** Requests on one connection of a client. Default 10,000. */
  readonly requestsMax?: number;
  /** What clients connect to where that is another port than ours. */
  readonly publicPorts?: readonly (readonly [own: number, shown: number])[];
  /** Default: both versions of TLS, with tickets. */
  readonly tlsSpoken?: TlsSpoken;
  /** How connections to upstreams are used again. Default: as Kong does. */
  readonly reuse?: Reuse;
  /** The same for all workers. */
  readonly ticketKeys?: TicketKeys;
};
