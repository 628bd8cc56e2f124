// The TLS of node:tls without its sockets: a handle that is fed by a stream handle and is one itself. Not public API: as
// with src/io/stream-handles.ts everything is looked for here, and src/io/tls-self-test.ts finds out whether it works.
import { type DetailedPeerCertificate, type SecureContext, TLSSocket } from 'node:tls';
import type { StreamHandle, StreamHandles } from './stream-handles.ts';

export interface TlsHandle
  extends Pick<
    StreamHandle,
    'onread' | 'useUserBuffer' | 'readStart' | 'readStop' | 'writeBuffer' | 'writev' | 'shutdown'
  > {
  onhandshakedone: () => void;
  /** The library refuses what the peer sent; its alert has been sent. */
  onerror: (error: { readonly code?: string }) => void;
  /** Takes bytes that were read before the handle was made. */
  receive(bytes: Uint8Array): void;
  /** Each with its length before it. */
  setALPNProtocols(protocols: Uint8Array): void;
  getALPNNegotiatedProtocol(): string | false;
  getServername(): string | false;
  /** Before the handshake: whether the client is asked for a certificate, and refused without one that is believed. */
  setVerifyMode(asks: boolean, refuses: boolean): void;
  /** Not to be trusted where no certificate was shown. */
  verifyError(): { readonly code?: string } | null | undefined;
  getPeerCertificate(withIssuers: boolean): Partial<DetailedPeerCertificate> | undefined;
  /** Never from within one of its callbacks. */
  destroySSL(): void;
}

export interface TlsHandles {
  readonly streams: StreamHandles;
  /** The server's side on an accepted connection. */
  wrap(stream: StreamHandle, context: SecureContext): TlsHandle;
}

const verbs: readonly (keyof TlsHandle)[] = [
  'useUserBuffer',
  'readStart',
  'readStop',
  'writeBuffer',
  'writev',
  'shutdown',
  'receive',
  'setALPNProtocols',
  'getALPNNegotiatedProtocol',
  'getServername',
  'setVerifyMode',
  'verifyError',
  'getPeerCertificate',
  'destroySSL',
];

interface TlsBinding {
  readonly TLSWrap: new () => TlsHandle;
  readonly wrap: (stream: StreamHandle, context: unknown, isServer: boolean, hasWrites: boolean) => TlsHandle;
}

/** An argument more or less would end the process, so we call it only where node itself calls it like this. */
const ownCall = /wrap\(\s*handle,\s*context\.context,\s*!!options\.isServer,\s*\w+\s*\)/;

/** null where this runtime has no such things. */
export function findTlsHandles(streams: StreamHandles | null): TlsHandles | null {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  if (streams === null || typeof binding !== 'function') return null;
  const { wrap, TLSWrap } = binding.call(process, 'tls_wrap') as Partial<TlsBinding>;
  const { _wrapHandle: caller } = TLSSocket.prototype as unknown as { readonly _wrapHandle?: unknown };
  const isWhole =
    typeof wrap === 'function' &&
    typeof TLSWrap === 'function' &&
    verbs.every((verb) => typeof (TLSWrap.prototype as Partial<TlsHandle>)[verb] === 'function') &&
    typeof caller === 'function' &&
    ownCall.test(Function.prototype.toString.call(caller));
  if (!isWhole) return null;
  return {
    streams,
    wrap: (stream, context) => wrap(stream, (context as { readonly context: unknown }).context, true, false),
  };
}

/** What a socket of node:tls is made of, once its handshake is done; null where it keeps that elsewhere. */
export function handlesOf(socket: TLSSocket): { readonly tls: TlsHandle; readonly tcp: StreamHandle } | null {
  const tls = (socket as unknown as { readonly _handle?: Partial<TlsHandle> & { _parent?: StreamHandle } })
    ._handle;
  const tcp = tls?._parent;
  if (typeof tcp?.writeQueueSize !== 'number') return null;
  return verbs.every((verb) => typeof tls![verb] === 'function') ? { tls: tls as TlsHandle, tcp } : null;
}
