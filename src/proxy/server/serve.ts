// One worker's serving: its listeners, its connections, its pools, and how they start and drain.
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Random } from '../../ports/random.ts';
import type { SharedWords } from '../../ports/shared.ts';
import type { Tcp } from '../../ports/tcp.ts';
import type { Tls } from '../../ports/tls.ts';
import type { Compiled } from '../compile/compiled.ts';
import type { EndpointRegistry } from '../upstream/endpoint.ts';
import type { WorkerOptions } from './protocol.ts';

export interface ServingEnv {
  readonly clock: Clock;
  readonly random: Random;
  readonly tcp: Tcp;
  readonly tls: Tls;
  readonly log: Log;
}

export interface ServingHooks {
  /** Whole access log lines, each ending with a newline; called in batches. Absent: lines are dropped. */
  readonly onAccessLines?: (lines: string) => void;
  /** The statistics words of all workers (statistics.ts); absent: a private row. */
  readonly statistics?: SharedWords;
}

export interface ServingPorts {
  /** -1 = not served. */
  readonly httpPort: number;
  readonly httpsPort: number;
}

export interface Serving {
  readonly endpoints: EndpointRegistry;
  /** Listens. On an error nothing listens. */
  start(done: (error: string | null, ports: ServingPorts) => void): void;
  /** Stops accepting, lets exchanges finish, closes idle connections; after `deadlineMs` cuts what is left. */
  drain(deadlineMs: number, done: () => void): void;
  /** Open client connections. */
  connectionCount(): number;
}

export function createServing(
  _env: ServingEnv,
  _options: WorkerOptions,
  _current: () => Compiled,
  _hooks: ServingHooks = {},
): Serving {
  throw new Error('serving is not connected yet');
}
