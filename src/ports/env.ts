// Everything a simulated or real process needs from its surroundings, in one record. Product factories take the parts they use.
import type { Clock } from './clock.ts';
import type { Dns } from './dns.ts';
import type { HttpServer } from './http.ts';
import type { Log } from './log.ts';
import type { Random } from './random.ts';
import type { Shared } from './shared.ts';
import type { Tcp } from './tcp.ts';
import type { Tls } from './tls.ts';

export interface Env {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tcp: Tcp;
  readonly tls: Tls;
  readonly dns: Dns;
  readonly httpServer: HttpServer;
  readonly shared: Shared;
}
