// Node's stream handles, which node:net is made of. They are not public API: everything here is looked for, and whether
// it also does what it should is for src/io/tcp-self-test.ts to find out.
import type { Server } from 'node:net';
import { getSystemErrorName } from 'node:util';

/** What a write, a connect or a shutdown that is under way answers to. */
export interface HandleRequest {
  oncomplete: (status: number) => void;
}

/** Of a write: the status, where it was done before `oncomplete` was set. */
export interface WriteRequest extends HandleRequest {
  writeStatus: number | null;
}

export interface SocketName {
  address?: string;
  port?: number;
}

/** Results are 0 or a negative errno; of a write also a request, when the kernel did not take everything at once. */
export interface StreamHandle {
  onread: () => void;
  /** Bytes that the kernel has not taken. */
  readonly writeQueueSize: number;
  onconnection: (status: number, handle: StreamHandle) => void;
  useUserBuffer(bytes: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  writeBuffer(request: null, bytes: Uint8Array): number | WriteRequest;
  writev(request: null, chunks: readonly Uint8Array[], allBuffers: true): number | WriteRequest;
  shutdown(request: HandleRequest): number;
  connect(request: HandleRequest, address: string, port: number): number;
  connect6(request: HandleRequest, address: string, port: number): number;
  setNoDelay(on: boolean): number;
  getpeername(name: SocketName): number;
  getsockname(name: SocketName): number;
  reset(closed?: () => void): number;
  close(closed?: () => void): void;
}

export interface StreamHandles {
  create(): StreamHandle;
  createConnectRequest(): HandleRequest;
  createShutdownRequest(): HandleRequest;
  /** Of the read that `onread` tells of: bytes, or a negative errno. */
  lastRead(): number;
  /** Of the last write. */
  lastWriteError(): number;
}

interface Bindings {
  readonly tcp: {
    readonly TCP: new (type: number) => StreamHandle;
    readonly TCPConnectWrap: new () => HandleRequest;
    readonly constants: { readonly SOCKET: number };
  };
  readonly stream: {
    readonly ShutdownWrap: new () => HandleRequest;
    readonly streamBaseState: Int32Array;
    readonly kReadBytesOrError: number;
    readonly kLastWriteErr: number;
  };
}

/** What a handle has to have: a call of what is not there would end the process, not the test. */
const verbs: readonly (keyof StreamHandle)[] = [
  'useUserBuffer',
  'readStart',
  'readStop',
  'writeBuffer',
  'writev',
  'shutdown',
  'connect',
  'connect6',
  'setNoDelay',
  'getpeername',
  'getsockname',
  'reset',
  'close',
];

function bindings(): Bindings | null {
  const { binding } = process as unknown as { binding?: (name: string) => unknown };
  if (typeof binding !== 'function') return null;
  const tcp = binding.call(process, 'tcp_wrap') as Partial<Bindings['tcp']>;
  const stream = binding.call(process, 'stream_wrap') as Partial<Bindings['stream']>;
  const isWhole =
    typeof tcp.TCP === 'function' &&
    verbs.every((verb) => typeof (tcp.TCP!.prototype as Partial<StreamHandle>)[verb] === 'function') &&
    typeof tcp.TCPConnectWrap === 'function' &&
    typeof tcp.constants?.SOCKET === 'number' &&
    typeof stream.ShutdownWrap === 'function' &&
    stream.streamBaseState instanceof Int32Array &&
    typeof stream.kReadBytesOrError === 'number' &&
    // Came with writes that take no request: before, `null` for one aborted the process.
    typeof stream.kLastWriteErr === 'number';
  return isWhole ? { tcp: tcp as Bindings['tcp'], stream: stream as Bindings['stream'] } : null;
}

/** null where this runtime has no such things. */
export function findStreamHandles(): StreamHandles | null {
  const found = bindings();
  if (found === null) return null;
  const { TCP, TCPConnectWrap, constants } = found.tcp;
  const { ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteErr } = found.stream;
  return {
    create: () => new TCP(constants.SOCKET),
    createConnectRequest: () => new TCPConnectWrap(),
    createShutdownRequest: () => new ShutdownWrap(),
    lastRead: () => streamBaseState[kReadBytesOrError]!,
    lastWriteError: () => streamBaseState[kLastWriteErr]!,
  };
}

/** 'ECONNRESET' for -104. */
export function errorCode(status: number): string {
  return status < 0 ? getSystemErrorName(status) : 'ERROR';
}

/** null: it does not listen, or keeps its handle elsewhere; then its connections are node:net's. */
export function handleOf(server: Server): StreamHandle | null {
  return (server as unknown as { readonly _handle?: StreamHandle | null })._handle ?? null;
}
