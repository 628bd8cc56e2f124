// The request as plugins, router and log see it: strings made on demand from the head's bytes, forgotten with the request.
import type { ClientIdentity } from '../../ports/tcp.ts';
import type { MatchInput } from '../compile/compiled.ts';
import { type FieldLine, fieldLines, findField, findFields, findFoldedFields } from '../http/field-lines.ts';
import { Head } from '../http/head.ts';
import { copyBytes, latin1Text } from '../http/latin1.ts';
import type { ExchangeClient } from './client.ts';
import type { RequestView } from './context.ts';
import { requestIdLength } from './request-ids.ts';
import type { WritingRoom } from './slab.ts';
import type { Forwarded } from './trusted-proxies.ts';

const hostCacheBytes = 255;

export class RequestRecord implements RequestView, MatchInput {
  head: Head = new Head();
  readonly isTls: boolean;
  readonly serverName: string;
  readonly clientIdentity: ClientIdentity | null;
  /** Who has connected. */
  readonly peerAddress: string;
  /** Who that speaks for, if it is a trusted proxy that says so. */
  clientAddress: string;
  clientPort: number;
  /** null: nobody that is trusted has forwarded it. */
  forwarded: Forwarded | null = null;
  readonly serverPort: number;
  private readonly client: ExchangeClient;
  /** 32 hex digits. */
  readonly idBytes: Buffer = Buffer.alloc(requestIdLength);
  rawHost = '';
  host = '';
  hostPort = 0;
  path = '/';
  query = '';
  /** The target has a '?', even if nothing follows it. */
  hasQuery = false;
  method = '';
  private readonly peerPort: number;
  private id: string | null = null;
  private addressBytes: Buffer | null = null;
  private lines: FieldLine[] | null = null;
  private isDetached = false;
  /** The last Host as bytes: connections repeat themselves. */
  private readonly hostCache = Buffer.alloc(hostCacheBytes);
  private hostCacheLength = -1;

  constructor(client: ExchangeClient) {
    this.client = client;
    this.isTls = client.isTls;
    this.serverName = client.serverName;
    this.clientIdentity = client.clientIdentity;
    this.peerAddress = client.remoteAddress;
    this.peerPort = client.remotePort;
    this.clientAddress = this.peerAddress;
    this.clientPort = this.peerPort;
    this.serverPort = client.localPort;
  }

  /** The address of the client is this one. */
  comeFrom(address: string, port: number): void {
    this.clientPort = port;
    if (address === this.clientAddress) return;
    this.clientAddress = address;
    this.addressBytes = null;
  }

  comeFromPeer(): void {
    this.comeFrom(this.peerAddress, this.peerPort);
  }

  begin(head: Head): void {
    this.head = head;
    this.id = null;
    this.lines = null;
    this.isDetached = false;
    const { bytes } = head;
    this.method = methodText(bytes, head.methodStart, head.methodEnd);
    this.readHost(bytes, head.hostStart, head.hostEnd);
    const target = latin1Text(bytes, head.targetStart, head.targetEnd);
    // From the second byte on, as Kong cuts it.
    const mark = target.indexOf(
      '?',
      head.targetEnd > head.targetStart && bytes[head.targetStart] === 47 ? 1 : 0,
    );
    this.hasQuery = mark >= 0;
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
    if (this.path === '') this.path = '/';
  }

  private readHost(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length === this.hostCacheLength) {
      const cache = this.hostCache;
      let i = 0;
      while (i < length && cache[i] === bytes[start + i]) i++;
      if (i === length) return;
    }
    this.rawHost = latin1Text(bytes, start, end);
    this.hostCacheLength = length <= hostCacheBytes ? bytes.copy(this.hostCache, 0, start, end) : -1;
    this.splitHost();
  }

  private splitHost(): void {
    const raw = this.rawHost.toLowerCase();
    const colon = raw.startsWith('[') ? raw.indexOf(':', raw.indexOf(']')) : raw.indexOf(':');
    const port = colon < 0 ? '' : raw.slice(colon + 1);
    // The parser has seen to it that what follows the colon is a port, or nothing.
    this.host = colon < 0 ? raw : raw.slice(0, colon);
    this.hostPort = port === '' ? this.serverPort : Number(port);
  }

  /** Copies the head out of a buffer that will not stay. The record itself is the exchange's until its end. */
  detach(slab: WritingRoom): void {
    if (this.isDetached) return;
    this.isDetached = true;
    const { head } = this;
    const size = head.end - head.start;
    slab.reserve(size);
    copyBytes(slab.bytes, slab.offset, head.bytes, head.start, head.end);
    head.moveTo(slab.bytes, slab.offset - head.start);
    slab.offset += size;
  }

  /** Moves a detached head out of the slab, whose other contents may be long gone. */
  settle(): void {
    const { head } = this;
    const own = Buffer.from(head.bytes.subarray(head.start, head.end));
    head.moveTo(own, -head.start);
    this.isDetached = true;
  }

  get serverAddress(): string {
    return this.client.localAddress;
  }

  /** As the client has asked for it. */
  get forwardedScheme(): string {
    return this.forwarded?.scheme ?? this.scheme;
  }

  get forwardedHost(): string {
    return this.forwarded?.host ?? this.host;
  }

  get forwardedPort(): string {
    return this.forwarded?.port ?? String(this.serverPort);
  }

  get forwardedPath(): string {
    return this.forwarded?.path ?? this.path;
  }

  /** What comes last in X-Forwarded-For: behind others the proxy that has passed them on, else the client. */
  get lastHop(): string {
    const { forwardedForStart, forwardedForEnd } = this.head;
    return forwardedForEnd > forwardedForStart ? this.peerAddress : this.clientAddress;
  }

  get scheme(): 'http' | 'https' {
    return this.isTls ? 'https' : 'http';
  }

  get httpVersion(): '1.0' | '1.1' | '2' {
    const { minor } = this.head;
    return minor === 1 ? '1.1' : minor === 0 ? '1.0' : '2';
  }

  /** The same for all requests of a connection. */
  get clientAddressBytes(): Buffer {
    this.addressBytes ??= Buffer.from(this.clientAddress, 'latin1');
    return this.addressBytes;
  }

  get requestId(): string {
    this.id ??= latin1Text(this.idBytes, 0, requestIdLength);
    return this.id;
  }

  /** Path and query as sent. */
  get target(): string {
    return this.hasQuery ? `${this.path}?${this.query}` : this.path;
  }

  header(name: string): string | null {
    return findField(this.head, name);
  }

  headerValues(name: string): readonly string[] {
    return findFields(this.head, name);
  }

  foldedHeaderValues(name: string): readonly string[] {
    return findFoldedFields(this.head, name);
  }

  headers(): readonly FieldLine[] {
    this.lines ??= fieldLines(this.head);
    return this.lines;
  }
}

/** The usual methods without making a string. */
function methodText(bytes: Buffer, start: number, end: number): string {
  const length = end - start;
  if (length === 3) {
    if (bytes[start] === 71 && bytes[start + 1] === 69 && bytes[start + 2] === 84) return 'GET';
    if (bytes[start] === 80 && bytes[start + 1] === 85 && bytes[start + 2] === 84) return 'PUT';
  } else if (length === 4 && bytes[start] === 80 && bytes[start + 1] === 79 && bytes[start + 2] === 83) {
    if (bytes[start + 3] === 84) return 'POST';
  }
  return latin1Text(bytes, start, end);
}
