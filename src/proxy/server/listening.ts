// What the client connections of one worker share, and the set of them.
import type { Engine } from '../exchange/engine.ts';
import { ResponseHeadWriter } from '../exchange/response-head.ts';
import type { HasDeadline } from '../upstream/deadlines.ts';
import { statisticsLayout } from './statistics.ts';

/** What a draining worker has to end. */
export interface OpenConnection extends HasDeadline {
  /** Soon. */
  drain(): void;
  /** Now. */
  abort(): void;
}

export class Listening {
  readonly engine: Engine;
  readonly writer: ResponseHeadWriter;
  readonly headTimeoutMs: number;
  readonly keepaliveTimeoutMs: number;
  readonly activeWord = statisticsLayout.exchangesActive;
  readonly connections = new Set<OpenConnection>();
  /** Called when the last connection is gone while draining. */
  onEmpty: (() => void) | null = null;

  constructor(engine: Engine, headTimeoutMs: number, keepaliveTimeoutMs: number) {
    this.engine = engine;
    this.writer = new ResponseHeadWriter(engine.slab);
    this.headTimeoutMs = headTimeoutMs;
    this.keepaliveTimeoutMs = keepaliveTimeoutMs;
  }

  opened(connection: OpenConnection): void {
    this.connections.add(connection);
    this.engine.statistics.add(statisticsLayout.connectionsAccepted);
    this.engine.statistics.add(statisticsLayout.connectionsActive);
  }

  /** The same connection, from now on in other hands. */
  replace(before: OpenConnection, after: OpenConnection): void {
    this.engine.deadlines.remove(before);
    this.connections.delete(before);
    this.connections.add(after);
  }

  closed(connection: OpenConnection): void {
    if (!this.connections.delete(connection)) return;
    this.engine.deadlines.remove(connection);
    this.engine.statistics.subtract(statisticsLayout.connectionsActive);
    if (this.connections.size === 0) this.onEmpty?.();
  }
}
