// What the client connections of one worker share, and the set of them.
import type { Engine } from '../exchange/engine.ts';
import { ResponseHeadWriter } from '../exchange/response-head.ts';
import type { HasDeadline } from '../upstream/deadlines.ts';
import { statisticsLayout } from './statistics.ts';

/** What a worker has to end. */
export interface OpenConnection extends HasDeadline {
  /** Position in the list of all; -1 = not in it. */
  listIndex: number;
  /** No request is under way: one has not come, or not whole, or has been answered. */
  readonly onlyWaits: boolean;
  /** Its socket is needed for somebody else. */
  displace(): void;
  /** Soon. */
  drain(): void;
  /** Now. */
  abort(): void;
}

/** Looking at all of them each time would make a crowd dear. */
const candidatesMax = 64;

/** nginx's, so Kong's. */
const requestsMaxDefault = 10_000;

export interface ListeningOptions {
  readonly requestsMax?: number;
  readonly publicPorts?: readonly (readonly [own: number, shown: number])[];
}

export class Listening {
  readonly engine: Engine;
  readonly writer: ResponseHeadWriter;
  readonly headTimeoutMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly activeWord = statisticsLayout.exchangesActive;
  readonly connections: OpenConnection[] = [];
  /** Called when the last connection is gone while draining. */
  onEmpty: (() => void) | null = null;
  /** Where the search for somebody who waits goes on. */
  private hand = 0;

  /** Of one connection. */
  readonly requestsMax: number;
  /** What clients connect to, by our own port, where a load balancer or a Service gives it another number. */
  private readonly publicPorts: ReadonlyMap<number, number>;

  constructor(
    engine: Engine,
    headTimeoutMs: number,
    keepaliveTimeoutMs: number,
    { requestsMax = requestsMaxDefault, publicPorts = [] }: ListeningOptions = {},
  ) {
    this.requestsMax = requestsMax;
    this.publicPorts = new Map(publicPorts);
    this.engine = engine;
    this.writer = new ResponseHeadWriter(engine.slab, engine.answers.shown);
    this.headTimeoutMs = headTimeoutMs;
    this.keepaliveTimeoutMs = keepaliveTimeoutMs;
  }

  publicPort(port: number): number {
    return this.publicPorts.get(port) ?? port;
  }

  opened(connection: OpenConnection): void {
    connection.listIndex = this.connections.length;
    this.connections.push(connection);
    this.engine.statistics.add(statisticsLayout.connectionsAccepted);
    this.engine.statistics.add(statisticsLayout.connectionsActive);
  }

  /** The same connection, from now on in other hands. */
  replace(before: OpenConnection, after: OpenConnection): void {
    this.engine.deadlines.remove(before);
    after.listIndex = before.listIndex;
    before.listIndex = -1;
    this.connections[after.listIndex] = after;
  }

  closed(connection: OpenConnection): void {
    const { connections } = this;
    const index = connection.listIndex;
    if (index < 0) return;
    connection.listIndex = -1;
    const last = connections.pop()!;
    if (last !== connection) {
      connections[index] = last;
      last.listIndex = index;
    }
    this.engine.deadlines.remove(connection);
    this.engine.statistics.subtract(statisticsLayout.connectionsActive);
    if (connections.length === 0) this.onEmpty?.();
  }

  /** Closes a client that has no request under way, of some the one that has waited longest; false: there is none. */
  displace(): boolean {
    const { connections } = this;
    let chosen: OpenConnection | null = null;
    let seen = 0;
    for (let left = connections.length; left > 0 && seen < candidatesMax; left--) {
      this.hand = (this.hand + 1) % connections.length;
      const connection = connections[this.hand]!;
      if (!connection.onlyWaits) continue;
      seen++;
      if (chosen === null || connection.deadlineMs < chosen.deadlineMs) chosen = connection;
    }
    if (chosen === null) return false;
    this.engine.statistics.add(statisticsLayout.connectionsDisplaced);
    chosen.displace();
    return true;
  }
}
