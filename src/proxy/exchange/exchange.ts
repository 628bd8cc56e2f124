// One request and its response: the phases in order. Reused by its connection for every request in turn.
//
//   begin -> route -> protocol check -> access (each plugin; may exit or wait) -> forward -> header filter -> body filter -> log
import { uuid4 } from '../../base/hash.ts';
import type { BalancedExchange } from '../balance/balancer.ts';
import type {
  Compiled,
  CompiledConsumer,
  CompiledRoute,
  CompiledService,
  RouteMatch,
} from '../compile/compiled.ts';
import { httpDate } from '../http/date.ts';
import type { Head } from '../http/head.ts';
import { normalisePath } from '../router/normalise.ts';
import { statisticsLayout } from '../server/statistics.ts';
import { filterWhole } from './body-chain.ts';
import type { ExchangeClient } from './client.ts';
import type { AccessContext, ExitReply, LogContext, PhaseResult } from './context.ts';
import { tellRoute } from './debug-headers.ts';
import type { Engine } from './engine.ts';
import type { ErrorPages } from './error-page.ts';
import { type Exit, type ExitReason, exits } from './exits.ts';
import { Forward } from './forward.ts';
import { RequestLeases } from './leased-slab.ts';
import type { NameWaiter } from './name-waiters.ts';
import { errorAnswer, type OwnAnswer, replyAnswer } from './own-answer.ts';
import { PluginRun } from './plugin-run.ts';
import { refuseProtocol } from './protocol-check.ts';
import { Relay } from './relay.ts';
import { RequestEditList } from './request-edits.ts';
import { RequestRecord } from './request-record.ts';
import {
  connectionClose,
  connectionDefault,
  connectionKeepAlive,
  type ResponseHeadWriter,
} from './response-head.ts';
import { ResponseRecord } from './response-record.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

const emptyBytes = Buffer.alloc(0);

export class Exchange implements AccessContext, LogContext, BalancedExchange, NameWaiter {
  readonly engine: Engine;
  readonly client: ExchangeClient;
  readonly request: RequestRecord;
  readonly edits: RequestEditList;
  readonly response = new ResponseRecord();
  readonly forward: Forward;
  readonly relay: Relay;
  readonly plugins: PluginRun;
  readonly leases = new RequestLeases();
  readonly match: RouteMatch = { route: null, prefixLength: 0, captures: null };
  compiled: Compiled;
  route: CompiledRoute | null = null;
  service: CompiledService | null = null;
  consumer: CompiledConsumer | null = null;
  credentialId = '';
  affinityKey: string | null = null;
  isAffinityNew = false;
  normalPath = '/';
  status = 0;
  isProxied = false;
  exitReason: ExitReason | '' = '';
  requestBytes = 0;
  responseBytes = 0;
  /** Of them the head's. */
  responseHeadBytes = 0;
  durationUs = 0;
  upstreamMs = -1;
  proxyMs = 0;
  /** The connection ends with this exchange. */
  closeAfter = false;
  /** Said by the connection before `begin`: more of a body is here, or announced, than may be. */
  isBodyTooLarge = false;
  isTunnel = false;
  wantsUpgrade = false;
  /** Between begin and the log phase. */
  isActive = false;
  /** Held until DNS has said something of the names that it could go to. */
  private isAwaitingNames = false;
  private readonly writer: ResponseHeadWriter;
  /** Whoever has connected speaks for others. */
  private readonly trusted: TrustedProxies | null;
  private startUs = 0;
  /** When the response was there and, as far as is known, all of it; negative: that takes a while, or there is none. */
  private answeredUs = -1;

  constructor(engine: Engine, client: ExchangeClient, writer: ResponseHeadWriter) {
    this.engine = engine;
    this.client = client;
    this.writer = writer;
    this.compiled = engine.current();
    this.request = new RequestRecord(client);
    const { trustedProxies } = engine;
    this.trusted = trustedProxies?.isTrusted(client.remoteAddress) === true ? trustedProxies : null;
    this.edits = new RequestEditList(this.request);
    this.forward = new Forward(this);
    this.relay = new Relay(this, writer);
    this.plugins = new PluginRun(this);
  }

  get errorPages(): ErrorPages {
    return this.engine.answers.errorPages;
  }

  get nowMs(): number {
    return this.engine.deadlines.nowMs;
  }

  get wallMs(): number {
    return this.engine.deadlines.wallMs;
  }

  get uriCaptures(): Readonly<Record<string, string>> | null {
    return this.match.captures;
  }

  get date(): string {
    return httpDate(this.engine.deadlines.wallMs);
  }

  /**
   * A request head with what came of its body, up to `end`; `isComplete`: that is all of it. The head's bytes are valid only
   * during this call.
   */
  begin(head: Head, end: number, isComplete: boolean): void {
    this.open(head, end, isComplete);
    const { request, match, compiled } = this;
    // CONNECT would turn a pooled connection into a tunnel, TRACE would show what we add to a request.
    if (request.method === 'TRACE' || request.method === 'CONNECT') {
      this.plugins.slots = compiled.globalPlugins;
      this.fail(exits.methodRefused);
      return;
    }
    if (head.hasExpect && !head.expectsContinue) {
      this.plugins.slots = compiled.globalPlugins;
      this.fail(exits.expectationFailed);
      return;
    }
    if (this.isBodyTooLarge) {
      this.plugins.slots = compiled.globalPlugins;
      this.fail(exits.bodyTooLarge);
      return;
    }
    // OPTIONS * is about the host: it goes where the host's root goes.
    this.normalPath = request.path === '*' ? '/' : normalisePath(request.path);
    compiled.match(request, this.normalPath, match);
    const { route } = match;
    const needsHttps = route?.allowsHttp === false && request.forwardedScheme !== 'https';
    const refusal = this.engine.clientCertificates?.refusal(request) ?? null;
    // Over TLS whoever may not pass learns of no route; without it, that there is none, or that it is to use TLS.
    if (refusal !== null && (request.isTls || (route !== null && !needsHttps))) {
      this.closeAfter = true;
      this.plugins.slots = compiled.globalPlugins;
      this.fail(refusal);
      return;
    }
    if (route === null) {
      this.plugins.slots = compiled.globalPlugins;
      this.fail(exits.noRoute);
      return;
    }
    this.route = route;
    this.service = route.service;
    if (route.hasPlugins) this.plugins.slots = route.plugins;
    if (this.engine.answers.allowsDebugHeader) tellRoute(this, route);
    if (refuseProtocol(this, route, needsHttps)) return;
    if (route.unavailableReason !== '') {
      this.fail(route.lacksPlugin ? exits.pluginUnavailable : exits.serviceUnavailable);
      return;
    }
    // Later phases, retries and errors read the request too, when the client's buffer is gone.
    const { bytes } = head;
    const bodyStart = head.end;
    request.detach(this.engine.requestSlab);
    this.leases.head = this.engine.requestSlab.lease();
    this.engine.clientCertificates?.tell(request, this.edits);
    if (route.hasPlugins) this.plugins.access(bytes, bodyStart, end);
    else this.proxy(bytes, bodyStart, end);
  }

  private open(head: Head, end: number, isComplete: boolean): void {
    const { engine, match } = this;
    this.startUs = engine.deadlines.touch();
    this.answeredUs = -1;
    this.compiled = engine.current();
    this.route = null;
    this.service = null;
    this.consumer = null;
    this.credentialId = '';
    this.affinityKey = null;
    this.isAffinityNew = false;
    this.status = 0;
    this.isProxied = false;
    this.exitReason = '';
    this.requestBytes = end - head.start;
    this.responseBytes = 0;
    this.responseHeadBytes = 0;
    this.proxyMs = 0;
    this.upstreamMs = -1;
    this.isTunnel = false;
    this.isActive = true;
    this.plugins.begin();
    match.route = null;
    match.prefixLength = 0;
    match.captures = null;
    this.request.begin(head);
    this.trusted?.read(this.request);
    this.edits.reset();
    this.response.reset();
    this.forward.begin(isComplete);
    this.relay.begin();
    this.forward.sentUs = this.startUs;
    this.wantsUpgrade = head.hasUpgrade && head.upgradeIsWebsocket && head.saysUpgrade && head.minor === 1;
    engine.requestIds.next(this.request.idBytes);
    engine.statistics.add(statisticsLayout.requests);
  }

  /** A request that could not be read: answered, and the connection closed. */
  refuse(head: Head, exit: Exit): void {
    head.minor = head.minor === 0 ? 0 : 1;
    head.methodStart = head.methodEnd = head.targetStart = head.targetEnd = 0;
    head.hostStart = head.hostEnd = 0;
    head.fieldsStart = head.fieldsEnd = head.start = head.end = 0;
    head.bytes = emptyBytes;
    head.reset();
    this.closeAfter = true;
    this.open(head, 0, true);
    this.plugins.slots = this.compiled.globalPlugins;
    this.fail(exit);
  }

  readBody(bytesMax: number, take: (body: Buffer) => PhaseResult): PhaseResult {
    return this.plugins.readBody(bytesMax, take);
  }

  /** No plugin has answered. */
  proxy(bytes: Buffer, start: number, end: number): void {
    if (this.service === null) {
      this.fail(exits.noService);
      return;
    }
    if (this.waitsForNames()) {
      this.isAwaitingNames = true;
      this.forward.hold(bytes, start, end);
      this.engine.nameWaiters.add(this);
    } else this.forward.start(bytes, start, end);
  }

  waitsForNames(): boolean {
    return this.service!.balancer.list.names === 'waiting';
  }

  namesCame(): void {
    if (!this.isAwaitingNames) return;
    this.isAwaitingNames = false;
    this.forward.sentUs = this.engine.deadlines.touch();
    const held = this.forward.takeHeld();
    this.forward.start(held, 0, held.length);
  }

  private stopWaiting(): void {
    this.plugins.stopWaiting();
    if (this.isAwaitingNames) this.engine.nameWaiters.remove(this);
    this.isAwaitingNames = false;
  }

  exit(reply: ExitReply): void {
    this.plugins.exit(reply);
  }

  resume(): void {
    this.plugins.resume();
  }

  addResponseHeader(name: string, value: string): void {
    if (this.status === 0) this.response.addEarly(name, value);
    else this.response.add(name, value);
  }

  responseHeader(name: string): string | null {
    return this.response.get(name);
  }

  setResponseHeader(name: string, value: string): void {
    this.response.set(name, value);
  }

  removeResponseHeader(name: string): void {
    this.response.remove(name);
  }

  /** One of our own errors. */
  fail(exit: Exit): void {
    this.exitReason = exit.reason;
    this.sendOwn(errorAnswer(exit, this.request, this.errorPages));
  }

  /** What a plugin or a check says instead of an upstream. */
  reply(reply: ExitReply): void {
    this.sendOwn(replyAnswer(reply));
  }

  private sendOwn({ status, lines, body: text }: OwnAnswer): void {
    const { forward, request, response } = this;
    this.stopWaiting();
    forward.cancel();
    this.status = status;
    this.isProxied = false;
    response.beginOwn(lines);
    let body: Buffer = Buffer.from(text, 'utf8');
    const filters = this.plugins.filterHeader();
    if (filters !== null) body = filterWhole(filters, body);
    if (!forward.isComplete || this.engine.isDraining) this.closeAfter = true;
    const nowUs = this.engine.deadlines.touch();
    this.answeredUs = nowUs;
    const { minor } = request.head;
    const sendsBody = request.method !== 'HEAD' && status !== 204 && status !== 304;
    const connection = this.closeAfter
      ? connectionClose
      : minor === 0
        ? connectionKeepAlive
        : connectionDefault;
    const written = this.writer.writeOwn(
      status,
      response.lines ?? lines,
      body,
      sendsBody,
      Math.floor((nowUs - this.startUs) / 1000),
      minor === 2 ? connectionDefault : connection,
      request.requestId,
      this.date,
    );
    this.responseBytes += written.length;
    this.responseHeadBytes = written.length - (sendsBody ? body.length : 0);
    // A client that takes nothing gets no next answer: else a pipeline of refusals would fill our memory.
    this.relay.sendWhole(written);
  }

  /** The upstream's final head is there. */
  proxied(head: Head): void {
    const nowUs = this.engine.deadlines.touch();
    this.status = head.status;
    this.isProxied = true;
    this.answeredUs = nowUs;
    const { forward } = this;
    this.upstreamMs = Math.floor((nowUs - forward.sentUs) / 1000);
    this.proxyMs = Math.floor((forward.sentUs - this.startUs) / 1000);
    forward.target!.health?.reportStatus(head.status);
    this.response.begin(head);
    const { affinity } = this.service!.balancer;
    if (affinity !== null) this.response.bringCookie(affinity.cookieFor(this, forward.target!));
  }

  freshId(): string {
    return uuid4(this.engine.random.bytes('affinity', 16));
  }

  /** The response is not over when its head is there. */
  takesLonger(): void {
    this.answeredUs = -1;
  }

  /** The response takes a while: nothing of it may hold on to room that many share. */
  settle(): void {
    this.takesLonger();
    this.request.settle();
    this.forward.forget();
    this.leases.giveBack(this.engine.requestSlab, this.forward.isTaken);
  }

  /** More of the request body; in a tunnel, more of anything. */
  requestBody(bytes: Buffer, start: number, end: number, isLast: boolean): void {
    this.requestBytes += end - start;
    if (this.plugins.isWaiting || this.isAwaitingNames) {
      if (isLast) this.forward.isComplete = true;
      this.forward.hold(bytes, start, end);
      return;
    }
    this.forward.body(bytes, start, end, isLast);
  }

  /** The body cannot be understood any further. */
  badBody(): void {
    if (this.relay.hasBegun) this.cutResponse('bad_request');
    else {
      this.closeAfter = true;
      this.fail(exits.badRequest);
    }
  }

  /** More of the body has come than may be. */
  bodyTooLarge(): void {
    if (this.relay.hasBegun) this.cutResponse('body_too_large');
    else {
      this.closeAfter = true;
      this.fail(exits.bodyTooLarge);
    }
  }

  /** The body does not come. */
  bodyTimeout(): void {
    if (this.relay.hasBegun) {
      this.cutResponse('body_timeout');
      return;
    }
    this.closeAfter = true;
    this.fail(exits.bodyTimeout);
  }

  clientDrained(): void {
    this.relay.clientDrained();
  }

  /** Nobody is left to answer. A tunnel may end with its client: that needs no reason. */
  clientGone(reason: ExitReason): void {
    if (!this.isActive) return;
    if (!this.isTunnel || reason !== 'client_gone') this.exitReason = reason;
    if (this.status === 0) this.status = 499;
    this.forward.cancel();
    this.log();
  }

  /** The response began and cannot be completed. */
  cutResponse(reason: ExitReason): void {
    this.exitReason = reason;
    this.forward.cancel();
    this.log();
    this.client.cut();
  }

  /** The response is complete and in the client's hands. */
  finish(): void {
    if (!this.isActive) return;
    if (!this.forward.isComplete) this.closeAfter = true;
    this.forward.release();
    this.log();
    this.client.exchangeDone();
  }

  finishTunnel(): void {
    this.forward.cancel();
    this.log();
    this.client.exchangeDone();
  }

  private log(): void {
    if (!this.isActive) return;
    this.isActive = false;
    const { engine, plugins } = this;
    this.stopWaiting();
    if (this.answeredUs < 0) this.answeredUs = engine.deadlines.touch();
    this.durationUs = this.answeredUs - this.startUs;
    engine.statistics.countResponse(this.status);
    if (this.exitReason !== '') engine.statistics.countExit(this.exitReason);
    if (this.route !== null)
      engine.routes.count(this.route.row, this.status, this.durationUs, this.upstreamMs);
    this.relay.end();
    this.forward.unload(this.isProxied || this.status === 504);
    plugins.log();
    engine.accessLog?.add(this);
    this.leases.giveBack(engine.requestSlab, this.forward.isTaken);
  }
}
