// The access record of the exchange that has just ended: one for all of them, in turn.
import type { CompiledConsumer, CompiledRoute } from '../compile/compiled.ts';
import { ByteRange } from '../http/byte-range.ts';
import type { AccessRecord, AccessTry } from './access-record.ts';
import { verdictOf } from './client-certificates.ts';
import type { Exchange } from './exchange.ts';
import type { ExitReason } from './exits.ts';

const slash = 47;

export class ExchangeRecord implements AccessRecord {
  exchange!: Exchange;
  private readonly targetRange = new ByteRange();
  private readonly upstreamRange = new ByteRange();
  private readonly refererRange = new ByteRange();
  private readonly userAgentRange = new ByteRange();

  get requestId(): Buffer {
    return this.exchange.request.idBytes;
  }
  get clientAddress(): Buffer {
    return this.exchange.request.clientAddressBytes;
  }
  get method(): string {
    return this.exchange.request.method;
  }
  get scheme(): 'http' | 'https' {
    return this.exchange.request.scheme;
  }
  get clientVerify(): string {
    const { clientIdentity } = this.exchange.request;
    return clientIdentity === null ? '' : verdictOf(clientIdentity);
  }
  get target(): ByteRange {
    const { request } = this.exchange;
    const { bytes, targetStart, targetEnd } = request.head;
    // One without a path is asked for as the root.
    if (bytes[targetStart] === slash && targetStart < targetEnd)
      return this.targetRange.set(bytes, targetStart, targetEnd);
    return this.targetRange.setText(request.target);
  }
  get httpVersion(): string {
    return this.exchange.request.httpVersion;
  }
  get host(): string {
    return this.exchange.request.host;
  }
  get port(): number {
    return this.exchange.request.hostPort;
  }
  get status(): number {
    return this.exchange.status;
  }
  get isProxied(): boolean {
    return this.exchange.isProxied;
  }
  get requestBytes(): number {
    return this.exchange.requestBytes;
  }
  get responseBytes(): number {
    return this.exchange.responseBytes;
  }
  get responseHeadBytes(): number {
    return this.exchange.responseHeadBytes;
  }
  get durationUs(): number {
    return this.exchange.durationUs;
  }
  get proxyMs(): number {
    return this.exchange.proxyMs;
  }
  get upstreamMs(): number {
    return this.exchange.upstreamMs;
  }
  get tries(): readonly AccessTry[] {
    return this.exchange.forward.asked();
  }
  get upstreamTarget(): ByteRange {
    const { target, upstreamTarget } = this.exchange.forward;
    if (target === null) return this.upstreamRange.set(this.upstreamRange.bytes, 0, 0);
    return upstreamTarget === null ? this.target : this.upstreamRange.setText(upstreamTarget);
  }
  get route(): CompiledRoute | null {
    return this.exchange.route;
  }
  get consumer(): CompiledConsumer | null {
    return this.exchange.consumer;
  }
  get credentialId(): string {
    return this.exchange.credentialId;
  }
  get exitReason(): ExitReason | '' {
    return this.exchange.exitReason;
  }
  get referer(): ByteRange {
    const { bytes, refererStart, refererEnd } = this.exchange.request.head;
    return this.refererRange.set(bytes, refererStart, refererEnd);
  }
  get userAgent(): ByteRange {
    const { bytes, userAgentStart, userAgentEnd } = this.exchange.request.head;
    return this.userAgentRange.set(bytes, userAgentStart, userAgentEnd);
  }
  get wallMs(): number {
    return this.exchange.wallMs;
  }
}
