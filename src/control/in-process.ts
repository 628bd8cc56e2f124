// A gateway of the same process: its Admin API as a client, without sockets.
import type { AdminApi } from '../ports/admin-api.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpHandler } from '../ports/http.ts';
import { inProcessClient } from '../ports/in-process.ts';

export function inProcessGateway(clock: Clock, name: string, handle: HttpHandler): AdminApi {
  return { name, http: inProcessClient(clock, handle) };
}
