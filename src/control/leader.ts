// Leader election on a Lease, by the rules of client-go: a lease counts as abandoned when its record has not changed for
// its duration as seen on our own monotonic clock; times written by others are never compared with ours.
import type { Clock, Timer } from '../ports/clock.ts';
import type { HttpCall } from '../ports/http.ts';
import { callJson, type JsonReply, type JsonRequest } from '../ports/json-call.ts';
import type { KubeApi } from '../ports/kube-api.ts';
import type { Log } from '../ports/log.ts';
import type { Random } from '../ports/random.ts';
import {
  type LeaseName,
  type LeaseRecord,
  leasePath,
  leasesPath,
  microTime,
  readLease,
  writeLease,
} from './lease.ts';

export interface LeaderEnv {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface LeaderOptions {
  readonly lease: LeaseName;
  /** Unique among the candidates, e.g. the pod's name and a random part. */
  readonly identity: string;
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

export interface Leader {
  start(): void;
  /** Gives the lease back so that another can take it at once. */
  stop(done: () => void): void;
  /** Asked at every use: true only while the last renewal is young enough, whatever the timers do. */
  isLeader(): boolean;
  /** Number of changes of holder; 0 while not leading. Grows from leader to leader. */
  epoch(): number;
  /**
   * A gateway has seen this epoch already (a Lease that was deleted starts anew): the next renewal, which proves that
   * nobody else leads, makes ours greater. `onChange` tells when.
   */
  raise(seenEpoch: number): void;
}

interface Candidate {
  readonly env: LeaderEnv;
  readonly lease: LeaseName;
  readonly identity: string;
  readonly leaseMs: number;
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
  readonly onChange: (leading: boolean) => void;
  observed: LeaseRecord | null;
  observedUs: number;
  leading: boolean;
  /** When the request of the last successful renewal was sent. */
  renewedUs: number;
  call: HttpCall | null;
  timer: Timer | null;
  deadline: Timer | null;
  stopped: boolean;
  /** Transitions that the Lease must count at least. */
  transitionsMin: number;
}

/** leaseTransitions is a 32-bit integer. */
const transitionsMax = 0x7fffffff;

export function createLeader(
  env: LeaderEnv,
  options: LeaderOptions,
  onChange: (leading: boolean) => void,
): Leader {
  const self: Candidate = {
    env,
    lease: options.lease,
    identity: options.identity,
    leaseMs: options.leaseMs ?? 15_000,
    renewDeadlineMs: options.renewDeadlineMs ?? 10_000,
    retryMs: options.retryMs ?? 2_000,
    onChange,
    observed: null,
    observedUs: 0,
    leading: false,
    renewedUs: 0,
    call: null,
    timer: null,
    deadline: null,
    stopped: true,
    transitionsMin: 0,
  };
  const isLeader = (): boolean => self.leading && ageMs(self, self.renewedUs) < self.renewDeadlineMs;
  return {
    start() {
      if (!self.stopped) return;
      self.stopped = false;
      attempt(self);
    },
    stop: (done) => stop(self, done),
    isLeader,
    raise: (seenEpoch) => raise(self, seenEpoch),
    epoch: () => (isLeader() && self.observed !== null ? self.observed.transitions + 1 : 0),
  };
}

function ageMs(self: Candidate, sinceUs: number): number {
  return (self.env.clock.monotonicUs() - sinceUs) / 1000;
}

function send(self: Candidate, request: JsonRequest, done: (reply: JsonReply) => void): void {
  const limits = { timeoutMs: self.renewDeadlineMs / 2, bytesMax: 1024 * 1024 };
  self.call = callJson(self.env.api, self.env.clock, request, limits, (reply) => {
    if (!self.stopped) done(reply);
  });
}

/** The next attempt: candidates spread out, the leader keeps its period. */
function retry(self: Candidate): void {
  const draw = self.env.random.uint32(`leader/${self.identity}`) / 0x100000000;
  const delayMs = self.leading ? self.retryMs : self.retryMs * (1 + 0.2 * draw);
  self.timer = self.env.clock.after(Math.round(delayMs), () => attempt(self));
}

/** A leader renews what it wrote last: were it not the latest, the write would be refused. Others look first. */
function attempt(self: Candidate): void {
  self.timer = null;
  if (self.stopped) return;
  if (self.leading) write(self, self.observed, () => look(self));
  else look(self);
}

function look(self: Candidate): void {
  send(self, { method: 'GET', path: leasePath(self.lease) }, (reply) => {
    if (reply.error === null && reply.status === 404) {
      write(self, null);
    } else if (reply.error === null && reply.status === 200) {
      observe(self, readLease(reply.body));
      if (mayTake(self)) write(self, self.observed);
      else {
        lose(self, `${self.observed?.holder} holds the lease`);
        retry(self);
      }
    } else {
      self.env.log.debug('cannot read the lease', { status: reply.status, error: reply.error });
      retry(self);
    }
  });
}

function observe(self: Candidate, lease: LeaseRecord): void {
  const before = self.observed;
  if (before !== null && before.resourceVersion === lease.resourceVersion) return;
  self.observed = lease;
  self.observedUs = self.env.clock.monotonicUs();
}

function mayTake(self: Candidate): boolean {
  const { holder, durationSeconds } = self.observed!;
  if (holder === '' || holder === self.identity) return true;
  // The holder's own duration counts: it may have been configured otherwise.
  const validMs = Math.max(durationSeconds * 1000, self.leaseMs);
  return ageMs(self, self.observedUs) >= validMs;
}

/** `onStale`: what is done when another has written meanwhile, or taken the Lease away. */
function write(self: Candidate, current: LeaseRecord | null, onStale = () => retry(self)): void {
  const sentUs = self.env.clock.monotonicUs();
  const now = microTime(self.env.clock.wallMs());
  const isOurs = current !== null && current.holder === self.identity;
  const lease: LeaseRecord = {
    holder: self.identity,
    durationSeconds: Math.ceil(self.leaseMs / 1000),
    acquireTime: isOurs ? current.acquireTime : now,
    renewTime: now,
    transitions: Math.max(
      self.transitionsMin,
      current === null ? 0 : isOurs ? current.transitions : current.transitions + 1,
    ),
    resourceVersion: current?.resourceVersion ?? '',
  };
  const request: JsonRequest =
    current === null
      ? { method: 'POST', path: leasesPath(self.lease), body: writeLease(self.lease, lease) }
      : { method: 'PUT', path: leasePath(self.lease), body: writeLease(self.lease, lease) };
  send(self, request, (reply) => {
    if (reply.error === null && (reply.status === 200 || reply.status === 201)) {
      const before = self.observed?.transitions;
      observe(self, readLease(reply.body));
      gain(self, sentUs, before !== self.observed?.transitions);
    } else if (reply.error === null && (reply.status === 409 || reply.status === 404)) {
      onStale();
      return;
    } else {
      self.env.log.warn('cannot write the lease', {
        status: reply.status,
        error: reply.error,
        name: self.lease.name,
      });
    }
    retry(self);
  });
}

function raise(self: Candidate, seenEpoch: number): void {
  if (seenEpoch >= transitionsMax) {
    self.env.log.error('a gateway has seen an epoch beyond what a Lease can count; restart that gateway', {
      seenEpoch,
    });
    return;
  }
  if (seenEpoch <= self.transitionsMin) return;
  self.transitionsMin = seenEpoch;
  if (!self.leading || self.stopped || self.timer === null) return;
  // Between two renewals: the next one now.
  self.timer.cancel();
  self.timer = null;
  attempt(self);
}

function gain(self: Candidate, sentUs: number, otherEpoch: boolean): void {
  self.renewedUs = sentUs;
  self.deadline?.cancel();
  const leftMs = Math.max(0, Math.ceil(self.renewDeadlineMs - ageMs(self, sentUs)));
  self.deadline = self.env.clock.after(leftMs, () => lose(self, 'the lease could not be renewed in time'));
  if (self.leading && !otherEpoch) return;
  if (!self.leading) self.env.log.info('leading', { lease: self.lease.name, identity: self.identity });
  self.leading = true;
  self.onChange(true);
}

function lose(self: Candidate, why: string): void {
  if (!self.leading) return;
  self.leading = false;
  self.deadline?.cancel();
  self.env.log.info(`no longer leading: ${why}`, { lease: self.lease.name });
  self.onChange(false);
}

function stop(self: Candidate, done: () => void): void {
  const held = self.leading ? self.observed : null;
  self.stopped = true;
  self.call?.cancel();
  self.timer?.cancel();
  lose(self, 'stopping');
  if (held === null) {
    self.env.clock.after(0, done);
    return;
  }
  const released = {
    ...held,
    holder: '',
    durationSeconds: 1,
    renewTime: microTime(self.env.clock.wallMs()),
  };
  const request = { method: 'PUT', path: leasePath(self.lease), body: writeLease(self.lease, released) };
  callJson(self.env.api, self.env.clock, request, { timeoutMs: 2_000, bytesMax: 1024 * 1024 }, (reply) => {
    if (reply.status !== 200) self.env.log.info('the lease was not given back; it runs out by itself');
    done();
  });
}
