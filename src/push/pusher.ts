// Keeps one gateway at the newest config: whole or as a delta, again after a failure, again after the gateway has lost
// it. Only the newest target counts; what it replaced is forgotten.
import { type Backoff, createBackoff } from '../base/backoff.ts';
import type { GatewayConfig } from '../kong/config.ts';
import type { AdminApi } from '../ports/admin-api.ts';
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import { callJson, type JsonReply, type JsonRequest } from '../ports/json-call.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import type { Rejection } from './rejection.ts';
import {
  acceptedId,
  type ConfigStamp,
  deltaRequest,
  isEmptyId,
  readConfigId,
  readDelivery,
  readsDeltas,
  readsStamps,
  readVersion,
  wholeRequest,
} from './wire.ts';

export interface PusherEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface PushHandler {
  /**
   * Asked before each request. False: another controller configures the gateway now, and an old target of ours must not come
   * back when that gateway has lost its config; until the next `push` nothing is asked or sent.
   */
  mayPush(): boolean;
  onAccepted(config: GatewayConfig): void;
  /** The gateway keeps what it had. `rejections` is empty when it named no entity. */
  onRejected(config: GatewayConfig, message: string, rejections: readonly Rejection[]): void;
  /** The gateway runs another build than when it was asked before. */
  onOtherVersion(): void;
  /** The gateway was configured last in a newer epoch, or from a state that we have not seen; null: it does not say. */
  onSuperseded(epoch: number | null): void;
}

export interface PusherLimits {
  readonly timeoutMs: number;
  readonly replyBytesMax: number;
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How often a gateway is asked whether it still has its config. */
  readonly checkMs: number;
}

export const defaultPusherLimits: PusherLimits = {
  timeoutMs: 30_000,
  replyBytesMax: 256 * 1024 * 1024,
  retryFirstMs: 100,
  retryMaxMs: 10_000,
  checkMs: 3_000,
};

export interface PusherStatus {
  /** Id of the config the gateway is known to run; '' = not known. */
  readonly acceptedId: string;
  /** Requests that carried a config. */
  readonly pushes: number;
  readonly deltas: number;
  readonly failures: number;
  /** '' while all is well. */
  readonly lastFailure: string;
}

export interface Pusher {
  /** From now on the gateway shall run this config. */
  push(config: GatewayConfig, stamp: ConfigStamp): void;
  stop(): void;
  readonly gateway: string;
  readonly status: PusherStatus;
}

interface Delivery {
  readonly env: PusherEnv;
  readonly gateway: AdminApi;
  readonly handler: PushHandler;
  readonly limits: PusherLimits;
  readonly backoff: Backoff;
  readonly status: { -readonly [K in keyof PusherStatus]: PusherStatus[K] };
  target: { readonly config: GatewayConfig; readonly stamp: ConfigStamp } | null;
  /** Said yes or no to the target: nothing to do until it changes. */
  settled: boolean;
  /** What the gateway runs, when known. */
  accepted: GatewayConfig | null;
  /** A request with a config has failed since: whether it was carried out is not known. */
  inDoubt: boolean;
  /** null = not asked since the last failure. */
  deltas: boolean | null;
  /** It is told from which state and leader a config is. */
  stamps: boolean;
  /** Of the build that it runs; '' = not known yet. */
  version: string;
  call: HttpCall | null;
  timer: Timer | null;
  stopped: boolean;
}

export function createPusher(
  env: PusherEnv,
  gateway: AdminApi,
  handler: PushHandler,
  limits: Partial<PusherLimits> = {},
): Pusher {
  const all = { ...defaultPusherLimits, ...limits };
  const self: Delivery = {
    env,
    gateway,
    handler,
    limits: all,
    backoff: createBackoff({ firstMs: all.retryFirstMs, maxMs: all.retryMaxMs }),
    status: { acceptedId: '', pushes: 0, deltas: 0, failures: 0, lastFailure: '' },
    target: null,
    settled: true,
    accepted: null,
    inDoubt: false,
    deltas: null,
    stamps: false,
    version: '',
    call: null,
    timer: null,
    stopped: false,
  };
  return {
    push(config, stamp) {
      self.target = { config, stamp };
      self.settled = false;
      // Another controller may have given it this very config: ask what it runs.
      if (self.accepted === null && self.call === null) self.deltas = null;
      // A check or a retry that waits gives way; a request under way is let finish, so that its answer is known.
      if (self.call === null && !self.stopped) next(self, 0);
    },
    stop() {
      self.stopped = true;
      self.call?.cancel();
      self.timer?.cancel();
    },
    gateway: gateway.name,
    status: self.status,
  };
}

function next(self: Delivery, delayMs: number): void {
  self.timer?.cancel();
  self.timer = self.env.clock.after(delayMs, () => act(self));
}

function request(self: Delivery, what: JsonRequest, done: (reply: JsonReply) => void): void {
  const limits = { timeoutMs: self.limits.timeoutMs, bytesMax: self.limits.replyBytesMax };
  let answered = false;
  const call = callJson(self.gateway.http, self.env.clock, what, limits, (reply) => {
    answered = true;
    self.call = null;
    if (!self.stopped) done(reply);
  });
  if (!answered) self.call = call;
}

function act(self: Delivery): void {
  if (self.stopped || self.target === null || self.call !== null) return;
  if (!self.handler.mayPush()) {
    rest(self);
    return;
  }
  if (self.deltas === null) probe(self);
  else if (self.settled) check(self);
  else deliver(self);
}

/** Nothing to do; what the gateway runs is no longer known. */
function rest(self: Delivery): void {
  self.target = null;
  self.settled = true;
  self.deltas = null;
  self.status.acceptedId = '';
}

function failed(self: Delivery, message: string, waitMs: number): void {
  self.status.failures++;
  // Whether the request was carried out is not known: ask before the next one.
  self.deltas = null;
  if (self.status.lastFailure !== message)
    self.env.log.warn(`gateway ${self.gateway.name}: ${message}; trying again`);
  self.status.lastFailure = message;
  next(self, Math.max(waitMs, self.backoff.nextMs(self.env.random.uint32(`push/${self.gateway.name}`))));
}

/** What kind of gateway is it, and what does it run? */
function probe(self: Delivery): void {
  request(self, { method: 'GET', path: '/' }, (root) => {
    if (root.error !== null || root.status !== 200) {
      failed(self, `GET / answered ${root.error ?? `HTTP ${root.status}`}`, 0);
      return;
    }
    request(self, { method: 'GET', path: '/status' }, (reply) => {
      if (reply.error !== null || reply.status !== 200) {
        failed(self, `GET /status answered ${reply.error ?? `HTTP ${reply.status}`}`, 0);
        return;
      }
      self.deltas = readsDeltas(root.body);
      self.stamps = readsStamps(root.body);
      recognise(self, readVersion(root.body));
      found(self, readConfigId(reply.body));
      next(self, 0);
    });
  });
}

/** What another build refused, this one may take. */
function recognise(self: Delivery, version: string): void {
  const before = self.version;
  self.version = version;
  if (before !== '' && before !== version) self.handler.onOtherVersion();
}

/** Compares what the gateway says it runs with what we think. */
function found(self: Delivery, id: string): void {
  const target = self.target?.config ?? null;
  const { inDoubt } = self;
  self.inDoubt = false;
  // Other kinds of gateways name configs otherwise, and never as we name the target.
  if (target !== null && id === target.id && !isEmptyId(id)) {
    if (!self.settled) settle(self, target);
    return;
  }
  // So from what they say it cannot be told whether they took what failed.
  const lost = self.deltas === true ? id !== self.accepted?.id : inDoubt || (isEmptyId(id) && id !== '');
  if (!lost) return;
  if (self.accepted !== null && !inDoubt)
    self.env.log.warn(`gateway ${self.gateway.name} runs another config than it was given; sending it again`);
  const wasAccepted = self.accepted !== null && self.accepted === target;
  self.accepted = null;
  self.status.acceptedId = '';
  if (wasAccepted) self.settled = false;
}

function check(self: Delivery): void {
  request(self, { method: 'GET', path: '/status' }, (reply) => {
    if (reply.error !== null || reply.status !== 200) {
      failed(self, `GET /status answered ${reply.error ?? `HTTP ${reply.status}`}`, 0);
      return;
    }
    const had = self.accepted;
    found(self, readConfigId(reply.body));
    // Who has lost its config has started anew, perhaps as another build.
    if (had !== null && self.accepted === null) self.deltas = null;
    next(self, self.settled ? self.limits.checkMs : 0);
  });
}

function settle(self: Delivery, config: GatewayConfig): void {
  self.accepted = config;
  self.status.acceptedId = config.id;
  self.backoff.reset();
  if (self.status.lastFailure !== '') self.env.log.info(`gateway ${self.gateway.name} answers again`);
  self.status.lastFailure = '';
  if (self.target?.config.id === config.id) self.settled = true;
  self.handler.onAccepted(config);
}

function deliver(self: Delivery): void {
  const { config, stamp } = self.target!;
  if (self.accepted !== null && self.accepted.id === config.id) {
    settle(self, config);
    next(self, self.limits.checkMs);
    return;
  }
  const from = self.deltas === true ? self.accepted : null;
  self.status.pushes++;
  if (from !== null) self.status.deltas++;
  const what =
    from === null ? wholeRequest(config, self.stamps ? stamp : null) : deltaRequest(from, config, stamp);
  request(self, what, (reply) => {
    const result = readDelivery(reply);
    if (result.type === 'failed') {
      self.inDoubt = true;
      failed(self, result.message, result.retryAfterMs);
      return;
    }
    const isNewest = self.target!.config === config;
    if (result.type === 'accepted') distrust(self, config, acceptedId(reply));
    if (result.type === 'accepted' || (result.type === 'elsewhere' && result.currentId === config.id)) {
      settle(self, config);
    } else if (result.type === 'elsewhere') {
      self.accepted = null;
    } else {
      self.backoff.reset();
      if (isNewest) self.settled = true;
      if (result.type === 'rejected') self.handler.onRejected(config, result.message, result.rejections);
      else superseded(self, result.message, result.epoch);
    }
    // The target that came while this one was under way may be what the gateway has all along.
    if (!isNewest && self.accepted === null) self.deltas = null;
    next(self, self.settled ? self.limits.checkMs : 0);
  });
}

/** A gateway that names our config otherwise would refuse every delta: it gets whole configs. */
function distrust(self: Delivery, config: GatewayConfig, id: string): void {
  if (id === '' || id === config.id || self.deltas !== true) return;
  self.deltas = false;
  self.env.log.warn(
    `gateway ${self.gateway.name} reads the config as ${id}, not as ${config.id}; no deltas to it`,
  );
}

function superseded(self: Delivery, message: string, epoch: number | null): void {
  if (self.status.lastFailure !== message)
    self.env.log.warn(`gateway ${self.gateway.name} belongs to a newer controller: ${message}`);
  self.status.failures++;
  self.status.lastFailure = message;
  self.handler.onSuperseded(epoch);
}
