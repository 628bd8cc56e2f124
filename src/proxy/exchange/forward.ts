// The request's way to an upstream: the head written once, a target per try, retries where they are safe, the body as it comes.
import type { BalancedTarget } from '../balance/balancer.ts';
import { statisticsLayout } from '../server/statistics.ts';
import type { UpstreamConnection } from '../upstream/connection.ts';
import type { EndpointPool } from '../upstream/pool.ts';
import { isBeforeSend, type UpstreamFailure } from '../upstream/response-sink.ts';
import type { AccessTry } from './access-record.ts';
import type { Exchange } from './exchange.ts';
import { exits, upstreamExits } from './exits.ts';
import { planHead } from './head-plan.ts';
import { KeptBody } from './kept-body.ts';
import type { BodyTransform } from './request-edits.ts';
import { RequestHeadWriter, withHost, writtenHost } from './request-head.ts';
import { WholeBody } from './whole-body.ts';

const emptyBytes = Buffer.alloc(0);
const idempotentMethods = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

export class Forward {
  upstream: UpstreamConnection | null = null;
  target: BalancedTarget | null = null;
  /** The client has sent its whole request. */
  isComplete = false;
  /** Monotonic microseconds when the request went out. */
  sentUs = 0;
  tries = 0;
  /** Monotonic microseconds when the target was chosen, where it counts its load. */
  private triedUs = 0;
  /** The target has heard of the end of the try. */
  private isUnloaded = false;
  /** As the upstream is asked; null: as the client asked. */
  upstreamTarget: string | null = null;
  /** Tries that went wrong, for the log. */
  private failures: AccessTry[] | null = null;
  private readonly exchange: Exchange;
  private readonly writer: RequestHeadWriter;
  /** Head and first body bytes, good for every try. */
  private written: Buffer = emptyBytes;
  private isSent = false;
  /** What was written is nowhere on its way. */
  isTaken = true;
  private tried: BalancedTarget[] | null = null;
  /** Of the body, behind `written`. */
  private readonly kept = new KeptBody();
  /** Somebody needs all of the body before it goes on. */
  private collecting: WholeBody | null = null;
  /** The whole body without framing, once a plugin has asked for it. */
  private whole: Buffer | null = null;
  private needsFresh = false;
  /** Somebody else's connection has been closed for this request. */
  private hasMadeRoom = false;
  /** The Host that goes out where it is not the target's own: TLS asks for it too. */
  private ownHost: string | null = null;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.writer = new RequestHeadWriter(exchange.request, exchange.engine.answers.tellsUpstreamId);
  }

  begin(isComplete: boolean): void {
    this.isComplete = isComplete;
    this.target = null;
    this.tries = 0;
    this.isSent = false;
    this.isUnloaded = false;
    this.isTaken = true;
    this.tried = null;
    this.failures = null;
    this.upstreamTarget = null;
    this.kept.begin();
    this.collecting = null;
    this.whole = null;
    this.needsFresh = false;
    this.hasMadeRoom = false;
    this.written = emptyBytes;
  }

  /** All access phases are done: bytes[start, end) is what is there of the body. */
  start(bytes: Buffer, start: number, end: number): void {
    const { bodyTransform } = this.exchange.edits;
    if (bodyTransform !== null && this.hasBody()) {
      if (this.whole === null) this.gather(bytes, start, end, bodyTransform.bytesMax);
      else this.transform(this.whole, bodyTransform);
    } else if (this.whole !== null) this.sendHead(this.whole, 0, this.whole.length, this.whole.length);
    else this.sendHead(bytes, start, end, -1);
  }

  hasBody(): boolean {
    const { head } = this.exchange.request;
    return head.isChunked || head.contentLength >= 0;
  }

  /** Takes in the whole body; the exchange is told when it is complete. bytes[start, end) is what is there of it. */
  gather(bytes: Buffer, start: number, end: number, bytesMax: number): void {
    const collecting = new WholeBody(bytesMax, this.exchange.request.head.isChunked);
    this.collecting = collecting;
    this.sendContinue();
    this.exchange.client.resumeRequest();
    this.collect(collecting, bytes, start, end);
  }

  private sendContinue(): void {
    const { request, client } = this.exchange;
    if (request.head.expectsContinue && !this.isComplete && request.head.minor === 1)
      client.write(continueBytes);
  }

  private sendHead(bytes: Buffer, start: number, end: number, contentLength: number): void {
    const { engine, service } = this.exchange;
    const target = service!.balancer.pick(null, this.exchange);
    if (target === null) {
      const isUnnamed = service!.balancer.list.names === 'settled';
      this.exchange.fail(isUnnamed ? exits.noEndpoints : exits.nameUnresolved);
      return;
    }
    this.target = target;
    if (target.load !== null) this.triedUs = engine.deadlines.touch();
    const size = end - start;
    const slab = engine.requestSlab;
    const plan = planHead(this.exchange, target, contentLength);
    this.upstreamTarget = plan.target;
    const isOwn = this.exchange.route!.preserveHost || plan.host !== target.hostHeader;
    this.ownHost = isOwn ? plan.host : null;
    const headStart = this.writer.write(slab, plan, this.exchange.edits, size);
    if (size > 0) {
      bytes.copy(slab.bytes, slab.offset, start, end);
      slab.offset += size;
    }
    this.written = slab.bytes.subarray(headStart, slab.offset);
    this.exchange.leases.written = slab.lease();
    if (contentLength < 0) this.sendContinue();
    this.connect();
  }

  private connect(): void {
    const { exchange } = this;
    const { engine, service, client } = exchange;
    let pool = this.target!.endpoint as EndpointPool;
    if (this.ownHost !== null) pool = pool.askedFor(this.ownHost);
    this.tries++;
    let upstream = this.needsFresh ? null : pool.takeIdle();
    const isNew = upstream === null;
    engine.statistics.add(isNew ? statisticsLayout.upstreamConnects : statisticsLayout.upstreamReuses);
    if (upstream === null) {
      engine.room?.forUpstream();
      upstream = pool.connect(service!.connectTimeoutMs);
    }
    this.upstream = upstream;
    this.isSent = false;
    const isHeadRequest = (exchange.edits.method ?? exchange.request.method) === 'HEAD';
    upstream.assign(
      exchange.relay,
      isHeadRequest,
      exchange.wantsUpgrade,
      exchange.request.head.acceptsTrailers,
      service!.readTimeoutMs,
      service!.writeTimeoutMs,
    );
    if (!isNew) this.send();
    else if (!this.isComplete) client.pauseRequest();
  }

  /** The upstream is there: everything at hand goes out. */
  send(): void {
    const upstream = this.upstream!;
    this.isSent = true;
    let hasRoom = upstream.send(this.written);
    if (!hasRoom) this.isTaken = false;
    const { parts } = this.kept;
    if (parts !== null) {
      if (!this.mayKeep(0)) this.kept.letGo();
      for (const bytes of parts) hasRoom = upstream.write(bytes);
    }
    if (this.isComplete) return;
    if (hasRoom) this.expectMore();
    else this.exchange.client.pauseRequest();
  }

  /** The client's turn: until its body is complete the upstream cannot be late with its answer. */
  private expectMore(): void {
    if (!this.isComplete) this.upstream!.deadlineMs = Number.POSITIVE_INFINITY;
    this.exchange.client.resumeRequest();
  }

  connected(): void {
    this.sentUs = this.exchange.engine.deadlines.touch();
    this.send();
  }

  drained(): void {
    if (this.exchange.isTunnel) this.exchange.client.resumeRequest();
    else if (!this.isComplete) this.expectMore();
  }

  /** More of the request body, with its framing. */
  body(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    if (isLast) this.isComplete = true;
    if (this.collecting !== null) {
      this.collect(this.collecting, bytes, start, end);
      return;
    }
    if (this.upstream === null || !this.isSent) {
      this.hold(bytes, start, end);
      return;
    }
    let part = bytes.subarray(start, end);
    if (this.mayKeep(end - start)) part = this.kept.keep(part);
    else this.kept.letGo();
    if (end > start && !this.upstream.write(part)) this.exchange.client.pauseRequest();
    else if (!this.isComplete && !this.exchange.isTunnel) this.upstream.deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Keeps bytes until there is an upstream; the client is asked to wait. */
  hold(bytes: Buffer, start: number, end: number): void {
    if (end > start) this.kept.keep(bytes.subarray(start, end));
    this.exchange.client.pauseRequest();
  }

  /** Whether another try may be worth keeping so much more of the body. */
  private mayKeep(size: number): boolean {
    const { exchange } = this;
    return (
      this.kept.hasRoomFor(size) &&
      !exchange.isTunnel &&
      exchange.route!.requestBuffering &&
      this.isIdempotent()
    );
  }

  /** What was held before the access phases had ended. */
  takeHeld(): Buffer {
    return this.kept.take();
  }

  private collect(collecting: WholeBody, bytes: Buffer, start: number, end: number): void {
    const taken = collecting.take(bytes, start, end);
    if (taken !== 'taken') {
      this.collecting = null;
      this.exchange.fail(taken === 'malformed' ? exits.badRequest : exits.bodyTooLarge);
      return;
    }
    if (!this.isComplete) return;
    this.collecting = null;
    this.whole = collecting.content();
    this.exchange.plugins.bodyGathered(this.whole);
  }

  private transform(whole: Buffer, { bytesMax, transforms }: BodyTransform): void {
    if (whole.length > bytesMax) {
      this.exchange.fail(exits.bodyTooLarge);
      return;
    }
    let body = whole;
    for (const step of transforms) {
      // A plugin may refuse the request for what its body says; then no other one sees it.
      const next = this.exchange.plugins.transformBody(step, body);
      if (next === null) return;
      body = next;
    }
    this.sendHead(body, 0, body.length, body.length);
  }

  /** The try failed before a response head was passed on: again, or an error for the client. */
  failed(failure: UpstreamFailure): void {
    const upstream = this.upstream;
    this.upstream = null;
    if (failure === 'descriptors_exhausted' && this.makeRoom()) {
      this.tries--;
      this.connect();
      return;
    }
    const target = this.target!;
    const exit = upstreamExits[failure];
    this.failures ??= [];
    this.failures.push({ host: target.endpoint.host, port: target.endpoint.port, failure: exit });
    const isGone = failure === 'closed_after_send' || failure === 'reset_after_send';
    const isStale = isGone && upstream?.isReused === true && !upstream.hasAnswered;
    if (this.mayRetry(failure, isStale)) {
      // A reused connection that closes has told nothing about its target: the same one, on a new connection.
      if (isStale) {
        this.needsFresh = true;
        this.tries--;
      } else {
        if (this.isItsFault(failure)) this.reportFailure(exit.status);
        this.needsFresh = false;
        this.tried ??= [];
        this.tried.push(target);
        this.unload(exit.status === 504);
        const next = this.exchange.service!.balancer.pick(this.tried, this.exchange);
        if (next === null) {
          this.exchange.fail(exits.noOtherEndpoint);
          return;
        }
        this.retarget(next);
      }
      this.exchange.engine.statistics.add(statisticsLayout.retries);
      this.connect();
      return;
    }
    if (this.isItsFault(failure)) {
      // Kong tells of the last try only what the client is told. Whoever counts that still does; the failure counts too.
      if (exit.status !== 504) target.health?.reportStatus(exit.status);
      this.reportFailure(exit.status);
    }
    this.exchange.fail(exit);
  }

  private reportFailure(status: number): void {
    const health = this.target!.health;
    if (status === 504) health?.reportTimeout();
    else health?.reportTcpFailure();
  }

  /** Not that we can open no more files, nor that its certificate is not for a name that the client chose. */
  private isItsFault(failure: UpstreamFailure): boolean {
    return failure !== 'descriptors_exhausted' && (failure !== 'tls_untrusted' || this.ownHost === null);
  }

  /** Whom the request was sent to, one after the other. */
  asked(): readonly AccessTry[] {
    const { target, failures } = this;
    if (target === null) return [];
    if (!this.exchange.isProxied && failures !== null) return failures;
    const { host, port } = target.endpoint;
    return [...(failures ?? []), { host, port, failure: null }];
  }

  /** Once: whether there is a descriptor now that there was not. */
  private makeRoom(): boolean {
    if (this.hasMadeRoom) return false;
    this.hasMadeRoom = true;
    return this.exchange.engine.room?.make() === true;
  }

  /** A stale connection does not count as a try: else retries=0 would make every keep-alive race a 502. */
  private mayRetry(failure: UpstreamFailure, isStale: boolean): boolean {
    const { service } = this.exchange;
    if (this.tries > service!.retries && !isStale) return false;
    if (isBeforeSend(failure)) return true;
    if (failure === 'bad_response' || failure === 'response_cut' || this.kept.hasStreamed) return false;
    return !this.isSent || this.isIdempotent();
  }

  private isIdempotent(): boolean {
    const { request, edits } = this.exchange;
    return (
      idempotentMethods.has(request.method) && (edits.method === null || idempotentMethods.has(edits.method))
    );
  }

  /** The try is over, and with it what it was to its target. `tells`: how long it took says something about the target. */
  unload(tells: boolean): void {
    const load = this.target?.load ?? null;
    if (load === null || this.isUnloaded) return;
    this.isUnloaded = true;
    const nowUs = this.exchange.engine.deadlines.touch();
    // As Kong does: nginx counts connecting within the time of the response, and it is added once more.
    const connectUs = Math.max(0, this.sentUs - this.triedUs);
    load.end(tells ? (nowUs - this.triedUs + connectUs) / 1_000_000 : -1);
  }

  private retarget(next: BalancedTarget): void {
    this.target = next;
    if (next.load !== null) {
      this.isUnloaded = false;
      this.triedUs = this.exchange.engine.deadlines.touch();
    }
    const { route, request } = this.exchange;
    if (route!.preserveHost && request.rawHost !== '') return;
    const { hostStart, hostEnd } = this.writer;
    this.ownHost = null;
    if (writtenHost(this.written, hostStart, hostEnd) === next.hostHeader) return;
    this.written = withHost(this.written, hostStart, hostEnd, next.hostHeader);
    this.writer.hostEnd = hostStart + next.hostHeader.length;
  }

  /** The response is through: the connection goes back, or closes. */
  release(): void {
    const upstream = this.upstream;
    this.upstream = null;
    upstream?.release(this.isComplete);
    this.written = emptyBytes;
  }

  /** The response has begun: there is no other try. */
  forget(): void {
    this.written = emptyBytes;
    this.kept.letGo();
  }

  /** Nobody waits for an answer any more. */
  cancel(): void {
    const upstream = this.upstream;
    this.upstream = null;
    this.written = emptyBytes;
    this.collecting = null;
    this.whole = null;
    this.kept.parts = null;
    upstream?.destroy();
  }
}

const continueBytes = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n', 'latin1');
