// What all exchanges of one worker share.
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { Room } from '../server/room.ts';
import type { RouteCounters } from '../server/route-counters.ts';
import type { Statistics } from '../server/statistics.ts';
import type { Deadlines } from '../upstream/deadlines.ts';
import type { AccessLog } from './access-log.ts';
import { type AnswerOptions, answersOfKong } from './answer-options.ts';
import type { ClientCertificates } from './client-certificates.ts';
import { LeasedSlab } from './leased-slab.ts';
import { NameWaiters } from './name-waiters.ts';
import { RequestIds } from './request-ids.ts';
import { Slab } from './slab.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

export class Engine {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: Random;
  readonly deadlines: Deadlines;
  readonly statistics: Statistics;
  readonly routes: RouteCounters;
  readonly current: () => Compiled;
  /** null = off */
  readonly accessLog: AccessLog | null;
  readonly slab = new Slab();
  readonly requestSlab = new LeasedSlab();
  readonly requestIds: RequestIds;
  readonly nameWaiters: NameWaiters;
  /** Set once there are connections to choose from. */
  room: Room | null = null;
  /** null: nobody speaks for clients in headers. */
  trustedProxies: TrustedProxies | null = null;
  /** null: no client is asked for a certificate. */
  clientCertificates: ClientCertificates | null = null;
  answers: AnswerOptions = answersOfKong;
  /** Of the bodies of requests; larger ones are refused. */
  bodyBytesMax = Number.POSITIVE_INFINITY;
  /** Responses announce the end of their connection. */
  isDraining = false;

  constructor(
    env: { readonly clock: Clock; readonly log: Log; readonly random: Random },
    deadlines: Deadlines,
    counters: { readonly statistics: Statistics; readonly routes: RouteCounters },
    current: () => Compiled,
    accessLog: AccessLog | null,
  ) {
    this.clock = env.clock;
    this.log = env.log;
    this.random = env.random;
    this.deadlines = deadlines;
    this.nameWaiters = new NameWaiters(deadlines);
    this.statistics = counters.statistics;
    this.routes = counters.routes;
    this.current = current;
    this.accessLog = accessLog;
    this.requestIds = new RequestIds(env.random);
  }
}
