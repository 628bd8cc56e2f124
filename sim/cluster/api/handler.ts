// The HTTP front.
import type { HttpHandler } from '../../../src/ports/http.ts';
import type { Log } from '../../../src/ports/log.ts';
import type { WriteCore } from '../store-writes.ts';
import type { PodLogs } from './logs.ts';
export interface HttpFront {
  readonly handler: HttpHandler;
  disconnectWatches(how: 'close' | 'cut' | 'gone', resource?: string): number;
  readonly watches: number;
}
export function createHandler(_o: {
  core: WriteCore;
  token: string | null;
  logs: PodLogs | null;
  log: Log;
}): HttpFront {
  return {
    handler: (_q, r) => {
      r.head(404, {});
      r.end();
    },
    disconnectWatches: () => 0,
    watches: 0,
  };
}
