// A plain connection that begins with a PROXY protocol header: reads it, then is only the way to the client's connection.
import type { Preface, TcpConnection, TcpEnd, TcpHandler } from '../../ports/tcp.ts';
import { ClientConnection } from './connection.ts';
import type { Listening, OpenConnection } from './listening.ts';
import { statisticsLayout } from './statistics.ts';

export class AnnouncedConnection implements TcpHandler, OpenConnection {
  deadlineMs: number;
  deadlineIndex = -1;
  listIndex = -1;
  readonly onlyWaits = true;
  private readonly tcp: TcpConnection;
  private readonly listening: Listening;
  private readonly preface: Preface;
  private readonly sender: TcpEnd;
  private header = Buffer.alloc(0);
  private inner: ClientConnection | null = null;

  constructor(tcp: TcpConnection, listening: Listening, preface: Preface) {
    this.tcp = tcp;
    this.listening = listening;
    this.preface = preface;
    this.sender = { address: tcp.remoteAddress, port: tcp.remotePort };
    const { deadlines } = listening.engine;
    deadlines.add(this);
    this.deadlineMs = deadlines.nowMs + listening.headTimeoutMs;
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.inner === null) this.read(bytes.subarray(start, end));
    else this.inner.onData(bytes, start, end);
  }

  private read(bytes: Buffer): void {
    this.header = Buffer.concat([this.header, bytes]);
    const { header } = this;
    const reading = this.preface(header, this.sender);
    if (reading === 'more') return;
    if (reading === 'refused') {
      this.listening.engine.statistics.add(statisticsLayout.connectionsRefused);
      this.close();
      return;
    }
    const inner = new ClientConnection(this.tcp, this.listening, reading.client);
    this.inner = inner;
    this.header = Buffer.alloc(0);
    this.listening.replace(this, inner);
    if (reading.length < header.length) inner.onData(header, reading.length, header.length);
  }

  onDrain(): void {
    this.inner?.onDrain();
  }

  onEnd(): void {
    if (this.inner === null) this.close();
    else this.inner.onEnd();
  }

  onClose(error: string | null): void {
    if (this.inner === null) this.listening.closed(this);
    else this.inner.onClose(error);
  }

  /** Silence, or half a header. */
  onDeadline(): void {
    this.close();
  }

  displace(): void {
    this.close();
  }

  drain(): void {
    this.close();
  }

  abort(): void {
    this.close();
  }

  private close(): void {
    this.tcp.destroy();
    this.listening.closed(this);
  }
}
